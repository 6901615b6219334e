import { lowestIn, type Cause, type Coverage, type Gap, type Piece } from '#workflows/lockbox/coverage.ts'
import type { Day } from '#workflows/lockbox/hours.ts'
import { coarseGroup } from '#workflows/people/coarse-reasons.ts'
import type { FoundCoverage, FoundRoster } from './find-roster.server.ts'
import type { CauseView, DayView, GapOwner, GapView, PieceView, RowView } from './views.ts'

export type Names = ReadonlyMap<string, string> | null

/** A boundary or a stage with how it is covered, and how it would be with somebody away. */
export type FoundRow = Pick<RowView, 'key' | 'kind' | 'title' | 'stage' | 'needed'> & {
	/** Null for a boundary. */
	role: string | null
	coverage: Coverage
	before: Coverage
}

/** Names of rows stay the same from look to look: what was told of a gap is found by them. */
export const boundaryKey = (id: string) => `boundary:${id}`
export const stageKey = (stage: number, from: string) => `stage:${stage + 1}:${from}`

/** Every boundary, then every stage in order. */
export function rowsOf(
	{ boundaries, segments, titles }: FoundRoster,
	found: FoundCoverage,
	before: FoundCoverage,
): FoundRow[] {
	const nothing: Coverage = { pieces: [], gaps: [] }
	return [
		...boundaries.map(({ boundary: { id, name, holdersNeeded } }): FoundRow => ({
			key: boundaryKey(id),
			kind: 'boundary',
			title: name,
			stage: null,
			role: null,
			needed: holdersNeeded,
			coverage: found.boundaries.get(id) ?? nothing,
			before: before.boundaries.get(id) ?? nothing,
		})),
		...found.stages.map(({ name: { stage, from }, coverage }, i): FoundRow => {
			const rules = segments.map(({ stages }) => stages[stage]).filter((rule) => rule?.from === from)
			return {
				key: stageKey(stage, from),
				kind: 'stage',
				title: titles[from] ?? from,
				stage: stage + 1,
				role: from,
				needed: rules[0]?.quorum ?? 1,
				coverage,
				before: before.stages[i]?.coverage ?? nothing,
			}
		}),
	]
}

/** One row as its reader may see it: without names where they may not see people, and with reasons no finer than that. */
export function rowView(
	{ role: _role, coverage, before, ...row }: FoundRow,
	names: Names,
	days: readonly Day[],
): RowView {
	return {
		...row,
		gaps: coverage.gaps.map((gap) => gapView(gap, row.kind, names, before)),
		days: days.map(({ day, hours }): DayView => ({
			day,
			cells: hours.map(({ hour, offset, from, until }) => {
				const lowest = lowestIn(coverage, { from, until })
				return {
					hour,
					offset,
					from: iso(from),
					count: lowest?.count ?? 0,
					missing: lowest?.missing ?? 0,
					isNeeded: lowest?.isNeeded ?? false,
				}
			}),
		})),
	}
}

const iso = (ms: number) => new Date(ms).toISOString()

export function gapView(gap: Gap, kind: RowView['kind'], names: Names, before: Coverage): GapView {
	const pieces = gap.pieces.map((piece) => pieceView(piece, kind, names))
	return {
		from: iso(gap.from),
		until: iso(gap.until),
		missing: gap.missing,
		isNew: !isWithin(gap, before),
		pieces,
		owners: ownersOf(pieces.flatMap(({ causes }) => causes)),
	}
}

/** Whether there is nothing in a gap, stretch for stretch, that was not missing before. */
const isWithin = ({ pieces }: Gap, before: Coverage) =>
	pieces.every((piece) =>
		before.pieces
			.filter(({ from, until }) => from < piece.until && until > piece.from)
			.every(({ missing }) => missing >= piece.missing),
	)

export const pieceView = (
	{ from, until, count, needed, causes }: Piece,
	kind: RowView['kind'],
	names: Names,
): PieceView => ({
	from: iso(from),
	until: iso(until),
	count,
	needed,
	causes: causes.map((cause) => causeView(cause, kind, names)),
})

function causeView(cause: Cause, kind: RowView['kind'], names: Names): CauseView {
	const id = 'id' in cause ? cause.id : null
	const name = id === null ? undefined : names?.get(id)
	const failing = cause.kind === 'NOT_ELIGIBLE' ? cause.failing : []
	const at = cause.kind === 'AWAY' ? cause.until : cause.kind === 'NOT_HELD' ? cause.from : null
	return {
		kind: cause.kind,
		who: id !== null && name !== undefined ? { id, name } : null,
		account: cause.kind === 'UNKNOWN_HERE' && names !== null ? cause.id : null,
		// To whoever may not see who it is, why would tell of somebody.
		codes: names === null ? [] : [...new Set(failing.map(({ code }) => coarseGroup(code)))],
		at: names === null || at === null || !Number.isFinite(at) ? null : iso(at),
		owners: ownersOfCause(cause, kind),
	}
}

function ownersOfCause(cause: Cause, kind: RowView['kind']): GapOwner[] {
	switch (cause.kind) {
		case 'NOBODY_HOLDS':
		case 'NOBODY_ELSE':
			return [kind === 'boundary' ? 'provider_admin' : 'charter_owner']
		case 'NO_STAGE':
		case 'COUNTED_ELSEWHERE':
			return ['charter_owner']
		case 'NOT_HELD':
			return ['provider_admin']
		case 'NOT_ACTIVATED':
		case 'AWAY':
			return ['person']
		case 'UNKNOWN_HERE':
		case 'OFF_DUTY':
			return ['security_officer']
		case 'NOT_ELIGIBLE':
			// Without a stage that anybody could decide at, the charter is what is missing.
			if (cause.failing.length === 0) return ['charter_owner']
			return [
				...new Set(
					cause.failing.flatMap(({ fixedBy }): GapOwner[] =>
						// Hours of work and what nobody can mend are the charter's.
						fixedBy === 'requester' || fixedBy === 'nobody' ? ['charter_owner'] : [fixedBy],
					),
				),
			]
	}
}

const ownersOf = (causes: readonly CauseView[]): GapOwner[] => [
	...new Set(causes.flatMap(({ owners }) => owners)),
]
