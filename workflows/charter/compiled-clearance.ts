import { shiftMs } from '../shared/instants.ts'
import type { Form } from './compiled-terms.ts'
import { isIn, maskOf, missingFrom, NOT_GRANTED, NOT_NOW } from './fact-cover.ts'
import { levelName, NO_END, parseInstant, type Symbols } from './prepared-facts.ts'
import type { Term } from './term.ts'

type Way = { issuers: Uint8Array | null; from: number; until: number }

/** The clause on clearances: those that count by their level, each way for as long as its agreement is in force. */
export function cleared(
	term: Term,
	test: Extract<Term['test'], { kind: 'cleared' }>,
	symbols: Symbols,
): Form {
	/** By level: the ways in which it is accepted. */
	const ways: Way[][] = []
	for (const { scheme, levels, issuers, agreement } of test.accepted) {
		const way: Way = {
			issuers: issuers === null ? null : maskOf(issuers, symbols),
			from: agreement?.from ? parseInstant(agreement.from) : NOT_NOW,
			until: agreement?.until ? parseInstant(agreement.until) : NO_END,
		}
		for (const level of levels) (ways[symbols.idOf(levelName(scheme, level))] ??= []).push(way)
	}
	const byLevel = Array.from(ways, (accepted) => accepted ?? null)
	const { minimumRemaining } = test
	return {
		holdsUntil: ({ clearances }, at) => {
			let end = at
			for (let grew = true; grew && end !== NO_END;) {
				grew = false
				for (let i = 0; i < clearances.length; i += 5) {
					if (clearances[i + 3] !== 1 || clearances[i + 1]! > end || clearances[i + 2]! <= end) continue
					const accepted = byLevel[clearances[i]!]
					if (!accepted) continue
					for (const way of accepted) {
						if (way.issuers !== null && !isIn(way.issuers, clearances[i + 4]!)) continue
						const until = Math.min(clearances[i + 2]!, way.until)
						if (way.from <= end && until > end) {
							end = until
							grew = true
						}
					}
				}
			}
			if (end === at) return NOT_NOW
			if (minimumRemaining.length === 0 || end === NO_END) return end
			const drawn = Math.min(...minimumRemaining.map((period) => shiftMs(end, period, -1)))
			return Math.min(end, drawn) > at ? Math.min(end, drawn) : NOT_NOW
		},
		explain:
			minimumRemaining.length > 0 || test.accepted.some(({ agreement }) => agreement !== null)
				? null
				: (person, at) => {
						const { clearances } = person
						let ended = NOT_NOW
						let next = NO_END
						let enough = 0
						let granted = 0
						for (let i = 0; i < clearances.length; i += 5) {
							const accepted = byLevel[clearances[i]!]
							const fits = accepted?.some(
								({ issuers }) => issuers === null || isIn(issuers, clearances[i + 4]!),
							)
							if (!fits) continue
							enough++
							if (clearances[i + 3] !== 1) continue
							granted++
							const [from, until] = [clearances[i + 1]!, clearances[i + 2]!]
							if (from >= until) continue
							if (until <= at && until > ended) ended = until
							if (from > at && from < next) next = from
						}
						if (enough > 0 && granted === 0) return NOT_GRANTED
						return missingFrom(person, ended, next, clearances.length > 0)
					},
	}
}
