import { accountsById } from '#db/queries/reconcile-runs.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { saysAbsent } from '#app/integrations/graph/outcome.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { isConnectionTrouble } from '#workflows/tenant/tenant-troubles.ts'
import { demandTenant } from './other-tenant.ts'
import { BARRED, THROTTLED } from './send-removal.server.ts'
import { TryAgain } from './try-again.ts'

/**
 * What became of ending somebody's sessions: `absent`: the tenant has no such account, and so none of its sessions. `foreign`: it
 * is a guest's or may be, whose sessions its own tenant keeps and only that one ends, whatever this one answers. `refused`: for a
 * reason that may last, and then somebody is to learn of it; `again` is to be thrown.
 */
export type SessionsOutcome =
	{ kind: 'ended' } | { kind: 'absent' } | { kind: 'foreign' } | { kind: 'refused'; again: TryAgain }

/** How soon a refusal that somebody has to mend is worth trying again. */
const REFUSED_AGAIN_MS = 60_000

/**
 * Has the tenant end the sessions of an account, and tells what that came to. Throws TryAgain where another tenant than
 * `tenantId` is set, before anything is asked, and where the tenant cannot be asked just now: then nothing is known. A second run
 * does no harm.
 */
export async function endSessionsOf(
	deps: Deps,
	principalId: string,
	tenantId: string | null,
): Promise<SessionsOutcome> {
	demandTenant(deps, tenantId)
	try {
		await deps.grants.revokeSessions(principalId)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		return saysAbsent(error.code) ? { kind: 'absent' } : refusedOf(error)
	}
	return { kind: await whoseSessions(deps, principalId) }
}

/** What holds for all calls passes by itself, or is told as such; everything else may be about this one. */
function refusedOf(error: GrantPortUnavailable): Extract<SessionsOutcome, { kind: 'refused' }> {
	const { message, retryAfterMs, code } = error
	if (code === null || code === THROTTLED || isConnectionTrouble(code))
		throw new TryAgain(message, retryAfterMs, { code })
	const afterMs = retryAfterMs ?? (BARRED.has(code) ? REFUSED_AGAIN_MS : null)
	return { kind: 'refused', again: new TryAgain(message, afterMs, { code }) }
}

/** Who was invited keeps a mark of it in the name, also where the tenant calls them a member. */
const INVITED = /#ext#/i
/** What passes: another attempt may read it. Where reading is not allowed, nobody is said to be a member. */
const PASSING: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'unreadable'])

/** By the mirror, or by the tenant where the mirror does not know them. */
async function whoseSessions(deps: Deps, principalId: string): Promise<'ended' | 'absent' | 'foreign'> {
	const known = (await accountsById(deps.database.db, [principalId])).get(principalId.toLowerCase())
	const isOwn = (type: string, name: string | null) => type === 'member' && !INVITED.test(name ?? '')
	const type = known?.userType?.toLowerCase()
	if (known !== undefined && (type === 'member' || type === 'guest'))
		return isOwn(type, known.userPrincipalName) ? 'ended' : 'foreign'
	const user = await deps.reader.account(principalId)
	if (user === 'absent') return 'absent'
	if (!('why' in user)) return isOwn(user.userType, user.userPrincipalName) ? 'ended' : 'foreign'
	if (PASSING.has(user.why))
		throw new TryAgain('Whose sessions these are cannot be read just now.', null, {
			code: 'code' in user ? user.code : null,
		})
	return 'foreign'
}
