import type { Tx } from '#db/client.ts'
import {
	areGrantsElsewhere,
	claimForTenant,
	lockFindingsOf,
	tenantElsewhere,
} from '#db/queries/finding-tenants.ts'
import type { Deps } from '../deps.ts'
import { endElsewhereTrouble, noteConnectionTrouble } from '../tenant/note-trouble.server.ts'
import { applyFindingEvents } from './step-finding.server.ts'

const OTHER_TENANT = 'OtherTenant'

/**
 * What is known is of another tenant than the one that is set. What that one does not list says nothing, and what it lists by the
 * same ids of roles is not what the charter was written for.
 */
class OtherTenant extends Error {
	override readonly name = OTHER_TENANT
}

/** The other tenant that accesses, findings or the last look are of; null where there is none. */
export const elsewhereOf = ({ database: { db }, tenant: { id, former } }: Deps): Promise<string | null> =>
	tenantElsewhere(db, [id, ...former])

/** Throws before anything is read, and has the officers told, where what is known is of another tenant. */
export async function demandOneTenant(deps: Deps): Promise<void> {
	const elsewhere = await elsewhereOf(deps)
	if (elsewhere === null) return
	await noteConnectionTrouble(deps, OTHER_TENANT)
	throw new OtherTenant(`What is known is of the tenant ${elsewhere}, and another is set.`)
}

/** A look at this tenant could be done: that something is of another is over, where no access is held there any more. */
export async function endOtherTenant(deps: Deps): Promise<void> {
	if (await areGrantsElsewhere(deps.database.db, deps.tenant.id)) return
	await endElsewhereTrouble(deps)
}

/**
 * Makes what is open this tenant's: what was not known to be of any is of this one, and what was found in a tenant that was left
 * for good is closed, without a word on whether that one still holds it.
 */
export async function settleTenants(
	tx: Tx,
	deps: Deps,
	{ at, charterEntry }: { at: string; charterEntry: string },
): Promise<void> {
	await claimForTenant(tx, deps.tenant.id)
	const left = await lockFindingsOf(tx, deps.tenant.former)
	if (left.length === 0) return
	const why = 'leftTenant' as const
	await applyFindingEvents(
		tx,
		deps,
		left.map((before) => ({
			before,
			event: before.snapshot.can({ type: 'MISSED', why, at })
				? { type: 'MISSED' as const, why, at }
				: { type: 'EXPLAINED' as const, why, at },
		})),
		{ charterEntry },
	)
}
