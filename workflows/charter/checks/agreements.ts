import type { Charter } from '../charter.schema.ts'
import { CLEARANCE_SCHEMES, findLevel, MARKINGS, reachesMarking, type Marking } from '../clearance-schemes.ts'
import { UNION_STATES } from '../nations.ts'
import type { ClearanceRule } from '../person-rules.schema.ts'
import type { Problem } from './problem.ts'

/** Acceptance of another nation's clearance must rest on an agreement that both are party to, and on the same height. */
export function agreementProblems(charter: Charter): Problem[] {
	const rules: { path: (string | number)[]; rule: ClearanceRule }[] = Object.entries(charter.roles).map(
		([key, { clearance }]) => ({ path: ['roles', key, 'clearance'], rule: clearance }),
	)
	if (charter.everyone?.clearance)
		rules.push({ path: ['everyone', 'clearance'], rule: charter.everyone.clearance })
	return [
		...rules.flatMap(({ path, rule }) => equivalenceProblems(charter, path, rule)),
		...Object.entries(charter.agreements).flatMap(([key, { from, until, parties }]): Problem[] => [
			...(from !== undefined && until !== undefined && until <= from
				? [{ path: ['agreements', key, 'until'], message: 'The agreement ends before it begins.' }]
				: []),
			...(parties.length > 1 && new Set(parties).size === 1
				? [{ path: ['agreements', key, 'parties'], message: 'An agreement has two parties at least.' }]
				: []),
		]),
	]
}

function equivalenceProblems(
	charter: Charter,
	path: (string | number)[],
	{ anyOf, acceptEquivalent }: ClearanceRule,
): Problem[] {
	if (anyOf.length === 0 && acceptEquivalent.length > 0)
		return [
			{
				path: [...path, 'acceptEquivalent'],
				message: 'There is nothing to be equivalent to: anyOf is empty, which means nobody.',
			},
		]
	return acceptEquivalent.flatMap(({ scheme, level, agreement }, i): Problem[] => {
		// Said where the form is checked; nothing more can be said of it.
		if (agreement === undefined) return []
		const at = (part: string) => [...path, 'acceptEquivalent', i, part]
		const found = Object.hasOwn(charter.agreements, agreement) ? charter.agreements[agreement] : undefined
		if (!found)
			return [
				{
					path: at('agreement'),
					message: `No agreement is called ${agreement}: describe it under agreements, or correct the name.`,
				},
			]
		const problems: Problem[] = []
		const { jurisdiction } = charter.charter
		for (const party of [partyOf(scheme), jurisdiction]) {
			if (!isParty(found.parties, party))
				problems.push({
					path: at('agreement'),
					message: `${party} is not a party to ${agreement}: it cannot make ${scheme} ${level} acceptable in ${jurisdiction}.`,
				})
		}
		if (anyOf.some((own) => own.scheme === scheme))
			problems.push({
				path: at('scheme'),
				message: `The rule names a level of ${scheme} itself: put the lowest one that suffices under anyOf.`,
			})
		const lowest = lowestMarking(anyOf)
		if (lowest !== null && !reachesMarking(scheme, level, lowest)) {
			problems.push({
				path: at('level'),
				message: `${scheme} ${level} (${findLevel(scheme, level)?.name ?? level}) is ${findLevel(scheme, level)?.marking ?? 'unknown'}, below the ${lowest} that the role asks for: names that look alike are not equal.`,
			})
		}
		return problems
	})
}

const partyOf = (scheme: string) => CLEARANCE_SCHEMES[scheme]?.state ?? scheme

/** A member state is bound by what the Union is party to. */
const isParty = (parties: readonly string[], party: string) =>
	parties.includes(party) || (parties.includes('EU') && UNION_STATES.includes(party))

function lowestMarking(anyOf: ClearanceRule['anyOf']): Marking | null {
	const markings = anyOf.flatMap(({ scheme, level }) => findLevel(scheme, level)?.marking ?? [])
	return markings.sort((a, b) => MARKINGS.indexOf(a) - MARKINGS.indexOf(b))[0] ?? null
}
