import type { Tx } from '#db/client.ts'
import { casesOfPerson } from '#db/queries/vetting.ts'
import { takesPlaceOf } from '#workflows/people/clearance-models.ts'
import type { VettingState } from '#workflows/people/vetting-case.events.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** States in which a clearance was active once and two officers alone can bring it back. */
const STOPPED: readonly VettingState[] = ['review_for_cause', 'suspended', 'revoked', 'appeal']

/**
 * CLEARANCE_STOPPED when a case of this person has stopped such a clearance: recording one by hand would give back alone
 * what takes two officers. The caller has locked the person.
 */
export async function demandNotStopped(
	tx: Tx,
	personId: string,
	clearance: { scheme: string; level: string; post: string | null },
): Promise<void> {
	const cases = await casesOfPerson(tx, personId, clearance.scheme, STOPPED)
	const stopped = cases.find(
		({ row, snapshot }) => snapshot.context.clearanceId !== null && takesPlaceOf(clearance, row),
	)
	if (stopped)
		throw new DomainError('CLEARANCE_STOPPED', 'A vetting case has stopped this clearance.', {
			number: stopped.row.number,
		})
}
