import { FACT_RULES, type FactKind } from './fact-kinds.ts'

/** What a fact says and when; values as they are stored, or as they are about to be. */
export type SaidFact = { values: Readonly<Record<string, unknown>>; validFrom: Date; validUntil: Date | null }

/**
 * Whether two facts of a kind say the same at the same time, so that the second says nothing new. Where several of a kind
 * are usual (attendance, journeys), only the same one of the same begin does.
 */
export function saysTheSame(kind: FactKind, one: SaidFact, other: SaidFact): boolean {
	const { sameBy, leftOpen } = FACT_RULES[kind]
	const names = sameBy.length > 0 ? sameBy : Object.keys(one.values)
	const isSaid = (name: string) =>
		!leftOpen.includes(name) || (asText(one.values[name]) !== '' && asText(other.values[name]) !== '')
	if (!names.every((name) => !isSaid(name) || asText(one.values[name]) === asText(other.values[name])))
		return false
	if (sameBy.length === 0) return one.validFrom.getTime() === other.validFrom.getTime()
	return (
		(other.validUntil === null || other.validUntil > one.validFrom) &&
		(one.validUntil === null || other.validFrom < one.validUntil)
	)
}

/** Whether a fact says nothing beside what another of its kind says, and holds over the same time. */
export function isAlike(kind: FactKind, one: SaidFact, other: SaidFact): boolean {
	const { leftOpen } = FACT_RULES[kind]
	return (
		one.validFrom.getTime() === other.validFrom.getTime() &&
		(one.validUntil?.getTime() ?? null) === (other.validUntil?.getTime() ?? null) &&
		Object.keys(one.values).every(
			(name) =>
				asText(one.values[name]) === asText(other.values[name]) ||
				(leftOpen.includes(name) && asText(one.values[name]) === ''),
		)
	)
}

const asText = (value: unknown) =>
	Array.isArray(value)
		? value.join(',')
		: typeof value === 'boolean'
			? String(value)
			: typeof value === 'string'
				? value
				: ''
