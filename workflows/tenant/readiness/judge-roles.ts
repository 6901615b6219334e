import type { Charter } from '../../charter/charter.schema.ts'
import { compiledOf } from '../../charter/compiled.ts'
import type { PersonFacts } from '../../charter/facts.ts'
import { prepareFacts } from '../../charter/prepared-facts.ts'
import { standingRefusals } from '../../charter/standing-refusals.ts'
import type { ClauseCode } from '../../charter/verdict.ts'
import type { Instant } from '../../shared/instants.ts'
import type { Held } from '../held-through.ts'

type IsApart = (role: string) => boolean

/**
 * Judges one holding: the codes for which the role that is nearest refuses somebody, none where one of the roles permits. `isApart` says of
 * a role that they are active in another one beside which the charter does not let it be active.
 */
export function roleJudge(
	charter: Charter,
	at: Instant,
): (roles: readonly string[], facts: PersonFacts, isApart: IsApart) => ClauseCode[] {
	const compiled = compiledOf(charter)
	const kept = new Map<string, ClauseCode[]>()
	const refusals = (role: string, facts: PersonFacts): ClauseCode[] => {
		const key = `${facts.personId} ${role}`
		const known = kept.get(key)
		if (known) return known
		const found = standingRefusals(compiled, prepareFacts(facts, compiled.symbols), role, at)
		kept.set(key, found)
		return found
	}
	return (roles, facts, isApart) => {
		const each = roles.map((role): ClauseCode[] => {
			const standing = refusals(role, facts)
			return isApart(role) ? [...standing, 'SEPARATION_ACTIVE'] : standing
		})
		return each.reduce((nearest, codes) => (codes.length < nearest.length ? codes : nearest), each[0] ?? [])
	}
}

/**
 * Of each account, beside which roles it is active in one that must never be so together with them. Whoever holds for the whole tenant what
 * each of several roles gives in a part of it is active in all of them.
 */
export function activeTogether(
	{ separationOfDuty }: Pick<Charter, 'separationOfDuty'>,
	holdings: readonly (Pick<Held, 'principalId' | 'standing'> & { roles: readonly string[] })[],
): (principalId: string) => IsApart {
	const pairs = separationOfDuty?.neverActiveTogether ?? []
	if (pairs.length === 0) return () => () => false
	const active = new Map<string, Set<string>>()
	for (const { principalId, standing, roles } of holdings) {
		if (standing !== 'active') continue
		const known = active.get(principalId) ?? new Set()
		active.set(principalId, known)
		for (const role of roles) known.add(role)
	}
	return (principalId) => {
		const there = active.get(principalId)
		return (role) =>
			pairs.some(([a = '', b = '']) => (a === role && there?.has(b)) || (b === role && there?.has(a)))
	}
}
