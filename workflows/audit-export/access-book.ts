import type { Leaf, LeafOf } from '../ledger/entry.schema.ts'
import type { Instant } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import { coverageOf, type Coverage } from './coverage.ts'
import type { createPersonHistory } from './person-history.ts'
import { lockboxPartOf, tellLockbox, type LockboxPart } from './lockbox-row.ts'
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
	/** From Entra's word on; where that is only that it took the removal of what nobody had seen, from when it was asked for it. */
	startsAt: Instant | null
	endsAt: Instant | null
	endedAt: Instant | null
	/** The access laid against charter and facts; null where it never began, or where facts or charters are sealed. */
	coverage: Coverage | null
	/** Of a use of break-glass, its reviews and whether they are done; null for any other access. */
	breakGlass: { isOffline: boolean; isReviewed: boolean; reviews: Review[] } | null
	/** Of a request for customer content, what lies open of it; null for any other access. */
	lockbox: LockboxPart | null
}

export type Review = { entry: number; person: Named; verdict: 'justified' | 'not_justified'; at: Instant }

const ENDS = {
	'break_glass.withdrawn': 'withdrawn',
	'break_glass.timed_out': 'timed_out',
	'break_glass.voided': 'voided',
	'request.timed_out': 'timed_out',
	'request.withdrawn': 'withdrawn',
	'request.voided': 'voided',
	'grant.failed': 'failed',
} as const satisfies Partial<Record<Leaf['kind'], AccessState>>

/** Ends of what was there, whether or not anybody had seen it. */
const WAS_THERE: ReadonlySet<string> = new Set(['removed', 'expired'])

/** The accesses that a bundle chose, gathered from its entries. */
export function createAccessBook() {
	const rows = new Map<string, AccessRow>()
	const names = new Map<string, string>()
	/** When Entra was asked for an access, and until when, by its request. */
	const sent = new Map<string, { at: Instant; endsAt: Instant }>()

	function beginUnseen(row: AccessRow): void {
		row.endsAt ??= sent.get(row.requestId)?.endsAt ?? null
		row.startsAt ??= sent.get(row.requestId)?.at ?? null
	}

	/** The row of a request that has just been filed. */
	function file(index: number, leaf: LeafOf<'request.filed'>, openings: Openings): void {
		const request = opened('request.filed', 'request', openings)
		begin(index, leaf, leaf.open.role, leaf.open.durationSeconds, request)
	}

	function fileUse(
		index: number,
		leaf: LeafOf<'break_glass.signed'> | LeafOf<'break_glass.offline_recorded'>,
		openings: Openings,
	): void {
		if (leaf.kind === 'break_glass.signed') {
			const { role, durationSeconds, outcome } = leaf.open
			begin(index, leaf, role, durationSeconds, opened(leaf.kind, 'use', openings))
			const row = rows.get(leaf.open.requestId)
			if (row) row.breakGlass = { isOffline: false, isReviewed: false, reviews: [] }
			if (row && outcome === 'inUse') row.state = 'approved'
			return
		}
		const use = opened(leaf.kind, 'use', openings)
		const { usingRole, from, until } = leaf.open
		const told = use === null ? null : { reason: use.reason, ticket: `${use.account}, ${use.envelope}` }
		begin(index, leaf, usingRole, (Date.parse(until) - Date.parse(from)) / 1000, told)
		const row = rows.get(leaf.open.requestId)
		if (!row) return
		row.breakGlass = { isOffline: true, isReviewed: false, reviews: [] }
		row.state = 'ended'
	}

	function begin(
		index: number,
		leaf: { subject: string | null; time: Instant; open: { requestId: string } },
		role: string,
		durationSeconds: number,
		request: { reason: string; ticket: string } | null,
	): void {
		const { requestId } = leaf.open
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
			breakGlass: null,
			lockbox: null,
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
			if (leaf.kind === 'break_glass.signed' || leaf.kind === 'break_glass.offline_recorded')
				fileUse(index, leaf, openings)
			if (leaf.kind === 'lockbox.imported') {
				const request = opened(leaf.kind, 'request', openings)
				const told = request && { reason: request.cause, ticket: request.supportRequest }
				begin(index, leaf, request?.role ?? '', leaf.open.durationSeconds ?? 0, told)
				const row = rows.get(leaf.open.requestId)
				if (row) row.lockbox = lockboxPartOf(leaf, request)
			}
			const row = rows.get(leaf.open.requestId)
			if (!row) return
			switch (leaf.kind) {
				case 'request.filed':
				case 'break_glass.signed':
				case 'break_glass.offline_recorded':
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
				case 'break_glass.seconded': {
					const isConfirmed = leaf.open.verdict === 'confirm'
					row.decisions.push({
						entry: index,
						person: { id: leaf.actor ?? '', name: null },
						verdict: isConfirmed ? 'approve' : 'deny',
						at: leaf.time,
					})
					row.state = isConfirmed ? 'approved' : 'denied'
					break
				}
				case 'break_glass.reviewed':
					if (row.breakGlass === null) break
					row.breakGlass.reviews.push({
						entry: index,
						person: { id: leaf.actor ?? '', name: null },
						verdict: leaf.open.verdict,
						at: leaf.time,
					})
					row.breakGlass.isReviewed = leaf.open.outcome === 'reviewed'
					break
				case 'lockbox.imported':
				case 'lockbox.decided':
				case 'lockbox.seen':
				case 'lockbox.clock':
				case 'lockbox.approval_fell':
				case 'lockbox.requester_fell':
				case 'lockbox.send_failed':
				case 'lockbox.retried':
					tellLockbox(row, index, leaf)
					break
				case 'grant.confirmed':
					row.state = 'active'
					row.startsAt = leaf.open.startsAt
					row.endsAt = leaf.open.endsAt
					break
				case 'grant.extended':
				case 'grant.drift_accepted':
					row.endsAt = leaf.open.endsAt
					break
				case 'grant.sending':
					row.state = 'sent'
					sent.set(leaf.open.requestId, { at: leaf.time, endsAt: leaf.open.endsAt })
					break
				case 'grant.ended':
					row.state = 'ended'
					row.endedAt = leaf.time
					if (WAS_THERE.has(leaf.open.how)) beginUnseen(row)
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
				if (row.breakGlass)
					row.breakGlass.reviews = row.breakGlass.reviews.map((each) => ({
						...each,
						person: named(each.person),
					}))
				// What a provider's people are fit for was judged by nobody here.
				if (row.startsAt === null || row.lockbox !== null) continue
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
