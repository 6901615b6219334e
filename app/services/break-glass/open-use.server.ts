import type { Tx } from '#db/client.ts'
import { insertUseRequest, type UseRow } from '#db/queries/break-glass.ts'
import { findRequest } from '#db/queries/requests.ts'
import { openGrant } from '../access/open-grant.server.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { tellUse } from './tell.server.ts'

/**
 * Opens the access of a use that has every signature the charter asks for, in the transaction of the last one: the request
 * that it hangs on, the same grant as of any other access with its first job, the deadline at which its permit ends, and
 * everybody is told.
 */
export async function openUse(
	tx: Tx,
	deps: Deps,
	use: UseRow,
	{ entryId, at }: { entryId: string; at: Date },
): Promise<void> {
	// What stands for its filing is the signature of its user, whoever's signature opened it.
	const filed = { event: { type: 'BREAK_GLASS' }, actorId: use.userId, entryId: use.entryId, at }
	await insertUseRequest(tx, use, filed)
	const grantId = await openGrant(tx, deps, await findRequest(tx, use.id), entryId, at)
	await settleMany(tx, deps, { requestIds: [], grantIds: [grantId] }, { cause: 'lapse' })
	await tellUse(tx, deps, use, 'break_glass_used', at)
}
