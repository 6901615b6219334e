import { findGrant } from '#db/queries/requests.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { endGrantTrouble, noteGrantTrouble } from '#app/services/tenant/note-trouble.server.ts'
import { demandTenant } from './other-tenant.ts'
import { TryAgain } from './try-again.ts'

/**
 * Runs a job on an access and notes what keeps it from its end, so that people learn of it; it runs again in any case. An access
 * that was asked of another tenant is left alone: that this one does not list it says nothing.
 */
export async function notingHeldUp(deps: Deps, grantId: string, work: () => Promise<void>): Promise<void> {
	const before = await findGrant(deps.database.db, grantId)
	try {
		demandTenant(deps, before.tenantId)
		await work()
	} catch (error) {
		const code = codeOf(error)
		if (code !== null) await noteGrantTrouble(deps, grantId, code)
		throw error
	}
	await endGrantTrouble(deps, grantId, WORKED_ON.has(before.state) && !(await wasUnreached(deps, grantId)))
}

/** In every other state there was nothing to do, and nobody was asked anything. */
const WORKED_ON = new Set(['planned', 'provisioning', 'removing', 'notConfirmed'])

const wasUnreached = async (deps: Deps, grantId: string) =>
	(await findGrant(deps.database.db, grantId)).context.failure === 'TENANT_UNREACHABLE'

const codeOf = (error: unknown): string | null =>
	error instanceof TryAgain || error instanceof GrantPortUnavailable ? error.code : null
