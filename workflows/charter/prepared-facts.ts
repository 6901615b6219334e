import { isInstant, twoDigits, type Instant } from '../shared/instants.ts'
import { isDated, type PersonFacts, type Validity } from './facts.ts'

/**
 * Numbers in place of the names that charters and facts use (states, levels, roles, facilities), so that a clause is a
 * look-up in a table. One table serves every charter and every person that are judged together.
 */
export type Symbols = { idOf(name: string): number; size(): number }

export function createSymbols(): Symbols {
	const ids = new Map<string, number>()
	return {
		idOf(name) {
			const known = ids.get(name)
			if (known !== undefined) return known
			ids.set(name, ids.size)
			return ids.size - 1
		},
		size: () => ids.size,
	}
}

/** No stated end. */
export const NO_END = Infinity

/** Facts of one kind, flat: key, from and until (milliseconds) one after the other; some kinds carry more. */
export type FactList = readonly number[]

/**
 * The facts of one person, ready to be judged by compiled charters many times: names as numbers, instants as
 * milliseconds. Says nothing that the facts do not.
 */
export type PreparedFacts = {
	/** What it was made of: rare clauses and findings go back to it. */
	facts: PersonFacts
	citizenships: FactList
	residences: FactList
	briefings: FactList
	training: FactList
	appointments: FactList
	facilities: FactList
	live: FactList
	/** In fives: level, from, until, 1 when granted, issuer. */
	clearances: FactList
	/** Ends that facts state, as number and as text, so that a verdict need not write them anew. */
	ends: readonly number[]
	endTexts: readonly string[]
}

/** Makes facts ready. The symbols must be those that the charters were compiled with. */
export function prepareFacts(facts: PersonFacts, symbols: Symbols): PreparedFacts {
	const ends: number[] = []
	const endTexts: string[] = []
	const listOf = <T extends Validity>(list: readonly T[], keyOf: (fact: T) => string) => {
		const flat: number[] = []
		for (const fact of list) {
			flat.push(symbols.idOf(keyOf(fact)), parseInstant(fact.validFrom), endOf(fact, ends, endTexts))
		}
		return flat
	}
	const clearances: number[] = []
	for (const fact of facts.clearances) {
		clearances.push(
			symbols.idOf(levelName(fact.scheme, fact.level)),
			parseInstant(fact.validFrom),
			endOf(fact, ends, endTexts),
			fact.state === 'granted' ? 1 : 0,
			symbols.idOf(fact.issuer),
		)
	}
	const prepared: PreparedFacts = {
		facts,
		citizenships: listOf(facts.citizenships, countryOf),
		residences: listOf(facts.residences, countryOf),
		briefings: listOf(facts.briefings, keyOf),
		training: listOf(facts.training, keyOf),
		appointments: listOf(facts.appointments, roleOf),
		facilities: listOf(facts.facilities, facilityOf),
		live: listOf(facts.live, roleOf),
		clearances,
		ends,
		endTexts,
	}
	for (const kind of PREPARED_KINDS) if (!facts[kind].every(isDated)) makeUnreadable(prepared, kind)
	return prepared
}

const PREPARED_KINDS = [
	'citizenships',
	'residences',
	'clearances',
	'briefings',
	'training',
	'appointments',
	'facilities',
	'live',
] as const

/** A clause that looks at facts without readable dates cannot be evaluated, here as in the plain form. */
function makeUnreadable(prepared: PreparedFacts, kind: (typeof PREPARED_KINDS)[number]): void {
	Object.defineProperty(prepared, kind, {
		enumerable: true,
		get: () => {
			throw new TypeError('A fact has no readable dates.')
		},
	})
}

const countryOf = ({ country }: { country: string }) => country
const keyOf = ({ key }: { key: string }) => key
const roleOf = ({ role }: { role: string }) => role
const facilityOf = ({ facility }: { facility: string }) => facility

/** The name of a level across schemes. */
export const levelName = (scheme: string, level: string) => `${scheme} ${level}`

function endOf({ validUntil }: Validity, ends: number[], endTexts: string[]): number {
	if (validUntil === null) return NO_END
	const end = parseInstant(validUntil)
	if (!ends.includes(end)) {
		ends.push(end)
		endTexts.push(validUntil)
	}
	return end
}

/** An end as text: the fact's own where one states it. */
export function textOfEnd({ ends, endTexts }: PreparedFacts, end: number): Instant | null {
	if (end === NO_END) return null
	for (let i = 0; i < ends.length; i++) if (ends[i] === end) return endTexts[i] ?? null
	return new Date(end).toISOString()
}

/** The end of the year 9900: all that is counted from a question still has a date of four digits. */
const LATEST_QUESTION_MS = 250_278_163_199_999

/** Whether a question can be evaluated that asks from this instant (NaN: unreadable) for so long. */
export const isAskable = (atMs: number, durationMs: number) =>
	atMs <= LATEST_QUESTION_MS && atMs + durationMs <= LATEST_QUESTION_MS && Number.isSafeInteger(durationMs)

/** `Date.parse` for instants, several times faster; NaN for every other text. */
export function parseInstant(text: Instant): number {
	if (!isInstant(text)) return NaN
	const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
	const month = twoDigits(text, 5)
	const day = twoDigits(text, 8)
	const shifted = month > 2 ? year : year - 1
	// Days from the civil calendar (Gregorian, proleptic), counted from March so that a leap day comes last.
	const era = Math.floor(shifted / 400)
	const ofEra = shifted - era * 400
	const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
	const days =
		era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
	return (
		days * 86_400_000 +
		twoDigits(text, 11) * 3_600_000 +
		twoDigits(text, 14) * 60_000 +
		twoDigits(text, 17) * 1000 +
		(text.charCodeAt(20) - 48) * 100 +
		twoDigits(text, 21)
	)
}
