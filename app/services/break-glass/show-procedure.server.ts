import { factsOf } from '#db/queries/facts.ts'
import { appointedTo, namesOf } from '#db/queries/people.ts'
import { breakGlassRule } from '#workflows/access/judge-break-glass.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { roleName, titleOf } from '../access/summarise.server.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { isHolder } from './standing.server.ts'
import type { RoleName } from '../views.ts'
import type { ProcedureView } from './views.ts'

/** Roles that may open the sealed envelope, for whoever records afterwards that one did. */
export async function usingRoles({ database, charters }: Deps, actor: Actor): Promise<RoleName[]> {
	demand(actor, 'break_glass:record')
	const { charter } = await charters.inForce(database.db)
	return (breakGlassRule(charter)?.usedBy ?? []).map((role) => roleName(charter, role))
}

/**
 * The procedure for when this app itself is down, as the charter in force has it, with who holds which role at this
 * moment. It is printed and laid beside the sealed envelope; the charter's digest and the date tell when it is out of date.
 */
export async function showProcedure(deps: Deps, _actor: Actor): Promise<ProcedureView> {
	const { database, charters, now } = deps
	const { db } = database
	const at = now()
	const { charter, version, textSha256, inForceFrom } = await charters.inForce(db)
	const rule = breakGlassRule(charter)
	if (rule === null)
		throw new DomainError('BREAK_GLASS_NOT_ALLOWED', 'The charter in force has no break-glass section.')
	const holders = async (role: string) => {
		const candidates = await appointedTo(db, [role], at)
		const facts = await factsOf(db, candidates)
		const able = candidates.filter((id) => {
			const person = facts.get(id)
			return person !== undefined && isHolder(charter, person, role, at)
		})
		const names = [...(await namesOf(db, able)).values()].sort((a, b) => a.localeCompare(b))
		return { title: titleOf(charter, role), people: names }
	}
	const { review } = rule
	return {
		organisation: charter.charter.organisation,
		boundary: charter.charter.boundary,
		charterVersion: version,
		charterTextSha256: textSha256,
		inForceFrom: inForceFrom.toISOString(),
		printedAt: at.toISOString(),
		usedBy: await Promise.all(rule.usedBy.map(holders)),
		roles: rule.roles.map((role) => {
			const entra = charter.roles[role]?.access?.entra
			return {
				title: titleOf(charter, role),
				entraRole: entra?.name ?? '',
				scope: entra && 'scope' in entra ? entra.scope : '',
			}
		}),
		maximumSeconds: rule.maximumMs / 1000,
		tells: await Promise.all(rule.tells.map(holders)),
		review: {
			...(await holders(review.by)),
			quorum: review.quorum,
			withinSeconds: review.withinMs / 1000,
		},
	}
}
