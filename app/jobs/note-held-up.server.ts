import { tenantOfGrant } from '#db/queries/tenant-troubles.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { endGrantTrouble, noteGrantTrouble } from '#app/services/tenant/note-trouble.server.ts'
import { TryAgain } from './try-again.ts'

/** Which tenant this is, without the address by which it is reached. */
export const tenantIdOf = ({ directory }: Pick<Deps, 'directory'>): string =>
	directory.tenant.split(' ')[0] ?? ''

/**
 * Runs a job on an access and notes what keeps it from its end, so that people learn of it; it runs again in any case. An access
 * that was asked of another tenant is left alone: that this one does not list it says nothing.
 */
export async function notingHeldUp(deps: Deps, grantId: string, work: () => Promise<void>): Promise<void> {
	try {
		const asked = await tenantOfGrant(deps.database.db, grantId)
		if (asked !== null && asked !== tenantIdOf(deps))
			throw new TryAgain('This access was given in another tenant than the one that is set.', 30_000, {
				code: 'OtherTenant',
			})
		await work()
	} catch (error) {
		const code = codeOf(error)
		if (code !== null) await noteGrantTrouble(deps, grantId, code)
		throw error
	}
	await endGrantTrouble(deps, grantId)
}

const codeOf = (error: unknown): string | null =>
	error instanceof TryAgain || error instanceof GrantPortUnavailable ? error.code : null
