import type { Tx } from '#db/client.ts'
import { lockPeople } from '#db/queries/people.ts'
import { openSuspensionOf } from '#db/queries/suspensions.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** SUSPENDED while a suspension of this person holds. Whoever suspends them meanwhile waits for this transaction. */
export async function demandUnsuspended(tx: Tx, personId: string): Promise<void> {
	await lockPeople(tx, [personId], 'share')
	if ((await openSuspensionOf(tx, personId)) !== null)
		throw new DomainError('SUSPENDED', 'This person is suspended.')
}
