import { bytesToHex, sha256 } from '../shared/bytes.ts'
import { canonicalBytes } from '../shared/canonical-json.ts'
import type { Instant } from '../shared/instants.ts'
import { SIGNATURES_NEEDED } from './amendment.machine.ts'
import type { Charter } from './charter.schema.ts'
import { compileCharter } from './compiled.ts'
import type { CompiledTerm } from './compiled-terms.ts'
import { NOT_NOW } from './fact-cover.ts'
import { partIn } from './eligibility.ts'
import type { EndReason } from './enforcement.ts'
import type { PersonFacts } from './facts.ts'
import { createSymbols, parseInstant, prepareFacts, type PreparedFacts } from './prepared-facts.ts'
import { deciders, quorumGaps, type QuorumGap } from './quorum.ts'
import { roleOf, type Question } from './term.ts'
import { CLAUSE_CODES, type ClauseCode } from './verdict.ts'

export type { QuorumGap } from './quorum.ts'

export type RoleImpact = {
	role: string
	title: string
	/** Whether the role is in both charters, only in the new one, or only in the old one. */
	status: 'kept' | 'added' | 'removed'
	/** How many people may have it: asked for where it can be, held where it is held by appointment. */
	before: number
	after: number
	gains: number
	loses: number
	/** Clauses of the new charter that those who lose it fail, most frequent first. ROLE_KNOWN: the role is gone. */
	reasons: { code: ClauseCode; count: number }[]
}

export type ImpactSummary = {
	at: Instant
	people: number
	roles: RoleImpact[]
	quorumGaps: QuorumGap[]
	/** People who could amend the charter, before and after. */
	owners: { before: number; after: number; needed: number }
}

export type Change = { personId: string; role: string; change: 'gains' | 'loses'; reasons: ClauseCode[] }

export type Impact = {
	/** Judges one person under both charters. */
	add(person: PersonFacts): void
	/** Counts over everybody who was added. */
	summary(): ImpactSummary
	/** Everybody whose standing in a role changes, in the order in which they were added. */
	changes(): Iterable<Change>
}

/** One role under one charter, as numbers of the clauses that both charters share. */
type Side = { clauses: Uint16Array }
type Tally = { before: number; after: number; gains: number; loses: number; reasons: Uint32Array }

/**
 * What an amendment changes, person by person: standing verdicts at `at` under the charter in force (`before`) and the
 * new one (`after`). What only ever holds for hours (presence, working hours, duration) is left out. Each clause that
 * the two charters have in common is judged once for a person, however many roles ask for it.
 */
export function beginImpact(before: Charter, after: Charter, at: Instant): Impact {
	const symbols = createSymbols()
	const shared = new Map<string, CompiledTerm>()
	const roles = [...new Set([...Object.keys(before.roles), ...Object.keys(after.roles)])]
	const pool: CompiledTerm[] = []
	const numbers = new Map<CompiledTerm, number>()
	const numberOf = (term: CompiledTerm) => {
		const known = numbers.get(term)
		if (known !== undefined) return known
		numbers.set(term, pool.length)
		return pool.push(term) - 1
	}
	/** The clauses of a question; null where the charter has no such role. */
	const sideIn = (charter: Charter) => {
		const compiled = compileCharter(charter, symbols, shared)
		return (question: Omit<Question, 'at' | 'durationMs'>): Side | null => {
			const terms = compiled
				.termsFor({ ...question, standing: true })
				?.filter(({ maximumMs }) => maximumMs === null)
			return terms ? { clauses: Uint16Array.from(terms.map(numberOf)) } : null
		}
	}
	const inCharter = { before: sideIn(before), after: sideIn(after) }
	const sides = {
		before: roles.map((role) => inCharter.before({ role, part: partIn(before, role) })),
		after: roles.map((role) => inCharter.after({ role, part: partIn(after, role) })),
	}
	const decided = { before: deciders(before), after: deciders(after) }
	const stages = [...decided.after].map(([from, question]) => ({
		from,
		// A role that did not decide before is counted by its holders.
		before: inCharter.before(decided.before.get(from) ?? { role: from, part: 'holder' }),
		after: inCharter.after(question),
		count: { before: 0, after: 0 },
	}))
	const codes = pool.map(({ term }) => CLAUSE_CODES.indexOf(term.code))
	const tallies = roles.map((): Tally => ({
		before: 0,
		after: 0,
		gains: 0,
		loses: 0,
		reasons: new Uint32Array(CLAUSE_CODES.length),
	}))
	const ownerRoles = { before: rolesWithDuty(before, roles), after: rolesWithDuty(after, roles) }
	const owners = { before: 0, after: 0 }
	const log = changeLog()
	const instant = parseInstant(at)
	/** 0: not judged yet for this person, 1: holds, 2: does not. */
	const known = new Uint8Array(pool.length)
	let people = 0

	const holds = (person: PreparedFacts, clause: number): boolean => {
		const answer = known[clause]
		if (answer !== 0) return answer === 1
		const does = isHeld(pool[clause]!, person, instant, at)
		known[clause] = does ? 1 : 2
		return does
	}
	const permits = (person: PreparedFacts, side: Side | null): boolean => {
		if (side === null) return false
		const { clauses } = side
		for (let i = 0; i < clauses.length; i++) if (!holds(person, clauses[i]!)) return false
		return true
	}
	const failing = (person: PreparedFacts, side: Side | null): number => {
		if (side === null) return 1 << CLAUSE_CODES.indexOf('ROLE_KNOWN')
		let mask = 0
		for (const clause of side.clauses) if (!holds(person, clause)) mask |= 1 << codes[clause]!
		return mask
	}

	return {
		add(facts) {
			people += 1
			known.fill(0)
			const person = prepareFacts(facts, symbols)
			let [ownsBefore, ownsAfter] = [false, false]
			for (let i = 0; i < roles.length; i++) {
				const had = permits(person, sides.before[i]!)
				const has = permits(person, sides.after[i]!)
				if (!had && !has) continue
				const tally = tallies[i]!
				if (had) {
					tally.before += 1
					ownsBefore ||= ownerRoles.before[i]!
				}
				if (has) {
					tally.after += 1
					ownsAfter ||= ownerRoles.after[i]!
				}
				if (had === has) continue
				const reasons = had ? failing(person, sides.after[i]!) : 0
				if (had) {
					tally.loses += 1
					for (let code = 0; code < CLAUSE_CODES.length; code++)
						if (reasons & (1 << code)) tally.reasons[code]! += 1
				} else tally.gains += 1
				log.push(facts.personId, i, reasons)
			}
			for (const { before: old, after: next, count } of stages) {
				if (permits(person, old)) count.before += 1
				if (permits(person, next)) count.after += 1
			}
			if (ownsBefore) owners.before += 1
			if (ownsAfter) owners.after += 1
		},
		summary: () => ({
			at,
			people,
			roles: roles.map((role, i) => roleImpact(before, after, role, tallies[i]!)),
			quorumGaps: quorumGaps(
				after,
				(role) => stages.find(({ from }) => from === role)?.count ?? { before: 0, after: 0 },
			),
			owners: { ...owners, needed: SIGNATURES_NEEDED },
		}),
		*changes() {
			for (const { personId, role, reasons } of log.rows()) {
				yield {
					personId,
					role: roles[role]!,
					change: reasons === 0 ? 'gains' : 'loses',
					reasons: CLAUSE_CODES.filter((_, code) => reasons & (1 << code)),
				}
			}
		},
	}
}

/** A request that waits, or an access that is live, and does not survive the new charter. */
export type Ending = { requestId: string; isPending: boolean; reasons: readonly EndReason[] }
/** All that an amendment comes to, as charter owners are shown it before they sign. */
export type ShownImpact = { summary: ImpactSummary; endings: readonly Ending[] }

/** SHA-256, in hex, over the canonical form of an impact: charter owners sign what they were shown. */
export function impactDigest(shown: ShownImpact): string {
	return bytesToHex(sha256(canonicalBytes(shown)))
}

function isHeld(term: CompiledTerm, person: PreparedFacts, at: number, atText: Instant): boolean {
	try {
		return term.holdsUntil(person, at, atText) !== NOT_NOW
	} catch {
		return false
	}
}

const rolesWithDuty = (charter: Charter, roles: readonly string[]) =>
	roles.map((role) => roleOf(charter, role)?.duties.includes('charter_owner') ?? false)

function roleImpact(before: Charter, after: Charter, role: string, tally: Tally): RoleImpact {
	const [old, next] = [roleOf(before, role), roleOf(after, role)]
	return {
		role,
		title: next?.title ?? old?.title ?? role,
		status: old === null ? 'added' : next === null ? 'removed' : 'kept',
		before: tally.before,
		after: tally.after,
		gains: tally.gains,
		loses: tally.loses,
		reasons: CLAUSE_CODES.map((code, i) => ({ code, count: tally.reasons[i] ?? 0 }))
			.filter(({ count }) => count > 0)
			.sort((a, b) => b.count - a.count),
	}
}

/** Rows of numbers rather than objects: an amendment may touch a million standings. */
function changeLog() {
	const people: string[] = []
	let rows = new Uint32Array(3 * 1024)
	let length = 0
	return {
		push(personId: string, role: number, reasons: number) {
			if (people.at(-1) !== personId) people.push(personId)
			if (length === rows.length) {
				const larger = new Uint32Array(rows.length * 2)
				larger.set(rows)
				rows = larger
			}
			rows[length++] = people.length - 1
			rows[length++] = role
			rows[length++] = reasons
		},
		*rows() {
			for (let i = 0; i < length; i += 3)
				yield { personId: people[rows[i]!]!, role: rows[i + 1]!, reasons: rows[i + 2]! }
		},
	}
}
