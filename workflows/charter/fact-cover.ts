import { NO_END, textOfEnd, type FactList, type PreparedFacts, type Symbols } from './prepared-facts.ts'
import type { Finding } from './verdict.ts'

export const NONE: Finding = Object.freeze({ is: 'none' })
export const NOT_SATISFIED: Finding = Object.freeze({ is: 'not_satisfied' })
export const NOT_GRANTED: Finding = Object.freeze({ is: 'not_granted' })

/** Before any instant: the clause does not hold. */
export const NOT_NOW = -Infinity

/** Which of all symbols are these names. */
export function maskOf(names: readonly string[], symbols: Symbols): Uint8Array {
	const ids = names.map((name) => symbols.idOf(name))
	const mask = new Uint8Array(Math.max(1, ...ids.map((id) => id + 1)))
	for (const id of ids) mask[id] = 1
	return mask
}

export const isIn = (mask: Uint8Array, key: number) => key < mask.length && mask[key] === 1

/** Until when the facts in the mask cover the time from `at` on, one taking over from another. */
export function coverOf(list: FactList, mask: Uint8Array, at: number): number {
	let end = NOT_NOW
	for (let i = 0; i < list.length; i += 3) {
		const until = list[i + 2]!
		if (isIn(mask, list[i]!) && list[i + 1]! <= at && until > at && until > end) end = until
	}
	if (end === NOT_NOW || end === NO_END) return end
	for (let grew = true; grew;) {
		grew = false
		for (let i = 0; i < list.length; i += 3) {
			if (list[i + 1]! <= end && list[i + 2]! > end && isIn(mask, list[i]!)) {
				end = list[i + 2]!
				grew = true
			}
		}
	}
	return end
}

/** What a clause that asks for a fact says when none covers the instant. */
export function missing(person: PreparedFacts, list: FactList, mask: Uint8Array, at: number): Finding {
	let ended = NOT_NOW
	let next = NO_END
	for (let i = 0; i < list.length; i += 3) {
		const [from, until] = [list[i + 1]!, list[i + 2]!]
		if (from >= until || !isIn(mask, list[i]!)) continue
		if (until <= at && until > ended) ended = until
		if (from > at && from < next) next = from
	}
	return missingFrom(person, ended, next, list.length > 0)
}

/** The finding that says most: what ended last, else what begins next. */
export function missingFrom(person: PreparedFacts, ended: number, next: number, hasOthers: boolean): Finding {
	if (ended !== NOT_NOW) return { is: 'lapsed', at: textOfEnd(person, ended) ?? '' }
	if (next !== NO_END) return { is: 'not_yet', at: new Date(next).toISOString() }
	return hasOthers ? NOT_SATISFIED : NONE
}
