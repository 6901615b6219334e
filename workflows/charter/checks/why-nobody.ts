import { statesOfCaveat } from '../caveats.ts'
import type { Charter, CharterRole } from '../charter.schema.ts'
import { effectiveRole, type EffectiveRole } from '../effective.ts'
import { UNION_STATES } from '../nations.ts'

/** Why nobody at all could satisfy the role, in words for the charter's author; null when somebody could. */
export function whyNobody(charter: Charter, role: CharterRole): string | null {
	const effective = effectiveRole(charter, role)
	const { residence, clearance, employer, facilities, credential } = effective
	const byCitizenship = whyNoCitizen(effective)
	if (byCitizenship !== null) return byCitizenship
	if (residence.anyOf?.length === 0) return 'its residence rule allows no state'
	if (residence.anyOf && residence.unionResident && !residence.anyOf.some(isUnion))
		return 'it asks for residence in the European Union, and in states outside it'
	if (
		clearance.accepted.every(
			({ levels, issuers, agreement }) =>
				levels.length === 0 || issuers?.length === 0 || isNeverInForce(agreement),
		)
	)
		return 'it accepts no clearance'
	if (employer?.anyOf.length === 0) return 'it allows no employer'
	if (facilities.length === 0) return 'no facility is approved and certified for it'
	return credential?.aaguids?.length === 0 ? 'it allows no authenticator' : null
}

const isUnion = (state: string) => UNION_STATES.includes(state)

const isNeverInForce = (agreement: EffectiveRole['clearance']['accepted'][number]['agreement']) =>
	agreement !== null &&
	agreement.from !== null &&
	agreement.until !== null &&
	agreement.until <= agreement.from

/** Whether any set of citizenships meets every rule about them at once. */
function whyNoCitizen({ citizenship, caveats }: EffectiveRole): string | null {
	const allowed = (list: readonly string[]) => list.filter((state) => !citizenship.noneOf.includes(state))
	const [anyOf, soleOf] = [citizenship.anyOf, citizenship.soleOf].map((list) => (list ? allowed(list) : null))
	if (anyOf?.length === 0 || soleOf?.length === 0) return 'its citizenship rule allows no state'
	if (soleOf && anyOf && !soleOf.some((state) => anyOf.includes(state)))
		return 'the sole citizenship it asks for is none of those it allows'
	if (soleOf && citizenship.unionCitizen && !soleOf.some(isUnion))
		return 'the sole citizenship it asks for is of no member state of the European Union'
	const rules = [anyOf, soleOf, citizenship.unionCitizen ? allowed(UNION_STATES) : null].filter(
		(list) => list !== null && list !== undefined,
	)
	const admitted = caveats.map((caveat) => ({ caveat, states: allowed(statesOfCaveat(caveat) ?? []) }))
	const excluded = admitted.find(({ states }) => states.length === 0)
	if (excluded) return `its citizenship rule excludes everybody whom ${excluded.caveat} admits`
	const lists = [...rules, ...admitted.map(({ states }) => states)]
	if (lists.some((list) => list.length === 0)) return 'its citizenship rule allows no state'
	const second = soleOf ? [] : citizenship.dualOnlyWith
	if (second === null) return null
	// One citizenship that qualifies, and beside it only such as are listed: those must meet all the rules together.
	const first =
		rules.length > 0 ? rules.reduce((all, next) => all.filter((state) => next.includes(state))) : lists.flat()
	const isMet = first.some((state) =>
		lists.every((list) => list.includes(state) || list.some((other) => second.includes(other))),
	)
	return lists.length === 0 || isMet
		? null
		: 'no citizen meets its rules and caveats at once without a second citizenship that it forbids'
}
