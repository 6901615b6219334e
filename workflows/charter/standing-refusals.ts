import type { Instant } from '../shared/instants.ts'
import type { CompiledCharter } from './compiled.ts'
import { partIn } from './eligibility.ts'
import type { PreparedFacts } from './prepared-facts.ts'
import { roleOf, type Question } from './term.ts'
import type { ClauseCode } from './verdict.ts'

/**
 * Codes for which somebody may not have a role, whoever asks for it: for themselves, or others for them where the charter says who
 * benefits. None where one of the two permits; else those of the one that refuses for the least. What only holds for hours is left out.
 */
export function standingRefusals(
	{ charter, judge }: Pick<CompiledCharter, 'charter' | 'judge'>,
	person: PreparedFacts,
	role: string,
	at: Instant,
): ClauseCode[] {
	const parts: Question['part'][] = [partIn(charter, role)]
	if (roleOf(charter, role)?.access?.benefits !== undefined) parts.push('beneficiary')
	const refusals = parts.map((part) => {
		const verdict = judge(person, { role, part, at, durationMs: 0, standing: true })
		return verdict.permit ? [] : [...new Set(verdict.denials.map(({ code }) => code))]
	})
	return refusals.reduce((nearest, codes) => (codes.length < nearest.length ? codes : nearest))
}
