import type { Leaf, LeafOf } from '../ledger/entry.schema.ts'
import type { Instant } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import { coverageOf, type Coverage } from './coverage.ts'
import type { createPersonHistory } from './person-history.ts'
import { opened, type Openings } from './problem.ts'

/** Whom an entry names: the id that stands in the log, and the name where that is laid open. */
export type Named = { id: string; name: string | null }

export type AccessState =
	| 'waiting'
	| 'approved'
	| 'denied'
	| 'timed_out'
	| 'withdrawn'
	| 'voided'
	| 'sent'
	| 'active'
	| 'failed'
	| 'ended'

/** One request and the access that came of it, as the entries tell it. */
export type AccessRow = {
	requestId: string
	/** Index of the entry that filed it. */
	entry: number
	person: Named
	role: string
	/** As the charter that it was filed under calls the role; null where that is sealed. */
	roleTitle: string | null
	filedAt: Instant
	durationSeconds: number
	/** Null where the request is not laid open. */
	reason: string | null
	ticket: string | null
	charterVersion: number | null
	state: AccessState
	decisions: { entry: number; person: Named; verdict: 'approve' | 'deny'; at: Instant }[]
	startsAt: Instant | null
	endsAt: Instant | null
	endedAt: Instant | null
	/** The access laid against charter and facts; null where it never began, or where facts or charters are sealed. */
	coverage: Coverage | null
}

const ENDS = {
	'request.timed_out': 'timed_out',
	'request.withdrawn': 'withdrawn',
	'request.voided': 'voided',
	'grant.sending': 'sent',
	'grant.failed': 'failed',
} as const satisfies Partial<Record<Leaf['kind'], AccessState>>

/** The accesses that a bundle chose, gathered from its entries. */
export function createAccessBook() {
	const rows = new Map<string, AccessRow>()
	const names = new Map<string, string>()

	function file(index: number, leaf: LeafOf<'request.filed'>, openings: Openings): void {
		const request = opened('request.filed', 'request', openings)
		const { requestId, role, durationSeconds } = leaf.open
		rows.set(requestId, {
			requestId,
			entry: index,
			person: { id: leaf.subject ?? '', name: null },
			role,
			roleTitle: null,
			filedAt: leaf.time,
			durationSeconds,
			reason: request?.reason ?? null,
			ticket: request?.ticket ?? null,
			charterVersion: null,
			state: 'waiting',
			decisions: [],
			startsAt: null,
			endsAt: null,
			endedAt: null,
			coverage: null,
		})
	}

	return {
		/** Takes in an entry; `isSelected` says whether it was chosen. */
		tell(index: number, leaf: Leaf, openings: Openings, isSelected: boolean, charters: CharterBook): void {
			if (leaf.kind === 'person.recorded' && leaf.subject !== null) {
				const identity = opened('person.recorded', 'identity', openings)
				if (identity !== null) names.set(leaf.subject, identity.displayName)
				return
			}
			if (!isSelected || !('requestId' in leaf.open)) return
			if (leaf.kind === 'request.filed') file(index, leaf, openings)
			const row = rows.get(leaf.open.requestId)
			if (!row) return
			switch (leaf.kind) {
				case 'request.filed':
					row.charterVersion = charters.versionOf(leaf.open.charterEntry)
					row.roleTitle = charters.charterOf(leaf.open.charterEntry)?.roles[row.role]?.title ?? null
					break
				case 'request.decided': {
					const { verdict, outcome } = leaf.open
					row.decisions.push({
						entry: index,
						person: { id: leaf.actor ?? '', name: null },
						verdict,
						at: leaf.time,
					})
					if (outcome !== 'pending') row.state = outcome
					break
				}
				case 'grant.confirmed':
					row.state = 'active'
					row.startsAt = leaf.open.startsAt
					row.endsAt = leaf.open.endsAt
					break
				case 'grant.extended':
				case 'grant.drift_accepted':
					row.endsAt = leaf.open.endsAt
					break
				case 'grant.ended':
					row.state = 'ended'
					row.endedAt = leaf.time
					break
				default:
					if (leaf.kind in ENDS) row.state = ENDS[leaf.kind as keyof typeof ENDS]
			}
		},
		/** Every access in the order of filing, with its coverage; `sealed` counts those that could not be laid against facts. */
		finish(
			charters: CharterBook,
			people: ReturnType<typeof createPersonHistory>,
			asOf: Instant,
		): { rows: AccessRow[]; sealed: number } {
			let sealed = 0
			const spans = charters.spans()
			const named = ({ id }: Named): Named => ({ id, name: names.get(id) ?? null })
			for (const row of rows.values()) {
				row.person = named(row.person)
				row.decisions = row.decisions.map((each) => ({ ...each, person: named(each.person) }))
				if (row.startsAt === null) continue
				const known = people.factsOf(row.person.id, asOf)
				if (spans === null || known.sealed.length > 0) sealed += 1
				else {
					const access = { role: row.role, from: row.startsAt, until: row.endedAt }
					row.coverage = coverageOf(access, { charters: spans, facts: known.facts, asOf })
				}
			}
			return { rows: [...rows.values()], sealed }
		},
	}
}
