import { gapOf } from '../access/routing.ts'
import { holdsAt, type Horizon, type Span } from '../charter/forecast/fit-spans.ts'
import type { Failing, StagesInForce } from './eligible-spans.ts'

/** Somebody who may be counted, and everything that keeps them from it. */
export type Member = {
	/** Of the person; of an account that is nobody here, what the provider calls it. */
	id: string
	/** An account that belongs to nobody who is registered here never counts. */
	isKnown: boolean
	/** When they hold the role. */
	held: readonly Span[]
	/** When they could activate it and have not: that is no holding. */
	eligibleOnly: readonly Span[]
	/** When the charter lets them decide. */
	fit: readonly Span[]
	failing: (at: number) => readonly Failing[]
	away: readonly Span[]
	/** Null: duty is not planned, so that they count at all hours. */
	onDuty: readonly Span[] | null
}

/** Why somebody who could be counted is not, or why there is nobody. */
export type Cause =
	| { kind: 'NOBODY_HOLDS' }
	/** Whoever there is is counted: more people are needed. */
	| { kind: 'NOBODY_ELSE' }
	/** The charter has no lockbox, or not this stage: nobody decides. */
	| { kind: 'NO_STAGE' }
	/** There are enough, but each of them can only be counted once, and other stages take them too. */
	| { kind: 'COUNTED_ELSEWHERE' }
	| { kind: 'UNKNOWN_HERE'; id: string }
	| { kind: 'NOT_ACTIVATED'; id: string }
	/** `from`: when they will hold it; null where that is over. */
	| { kind: 'NOT_HELD'; id: string; from: number | null }
	| { kind: 'NOT_ELIGIBLE'; id: string; failing: readonly Failing[] }
	| { kind: 'AWAY'; id: string; until: number }
	| { kind: 'OFF_DUTY'; id: string }

/** A stretch in which everything stays as it is. */
export type Piece = Span & {
	/** Distinct people who are counted. */
	count: number
	needed: number
	/** Seats that stay empty: 0 where it is covered. */
	missing: number
	/** Why others are not counted; told where seats stay empty. */
	causes: readonly Cause[]
}

/** A stretch in which there are too few, whole. */
export type Gap = Span & { missing: number; pieces: readonly Piece[] }
export type Coverage = { pieces: readonly Piece[]; gaps: readonly Gap[] }

/** When fewer people than needed hold the provider's role, may decide, are there and on duty. */
export function boundaryCoverage(members: readonly Member[], needed: number, horizon: Horizon): Coverage {
	return coverageOf(edgesOf(members, [], horizon), horizon, (at) => {
		const causes = members.map((member) => whyNot(member, at))
		const count = causes.filter((cause) => cause === null).length
		return {
			count,
			needed,
			missing: Math.max(0, needed - count),
			causes: members.some(({ held, eligibleOnly }) => holdsAt(held, at) || holdsAt(eligibleOnly, at))
				? named(causes)
				: [{ kind: 'NOBODY_HOLDS' }, ...named(causes)],
		}
	})
}

/** How a stage of the lockbox is called over the whole horizon: its place and its role. */
export type StageName = { stage: number; from: string }

/** Every stage that there is inside the horizon. */
export function stageNames(segments: readonly StagesInForce[]): StageName[] {
	const names = new Map<string, StageName>()
	for (const { stages } of segments)
		stages.forEach(({ from }, stage) => names.set(`${stage} ${from}`, { stage, from }))
	return [...names.values()].sort((a, b) => a.stage - b.stage || (a.from < b.from ? -1 : 1))
}

/**
 * When a stage cannot find its quorum of distinct people. Nobody is counted at two stages, so people whom the stages
 * before it need are not there for it: what is missing over all stages is what is missing at each of them together.
 */
export function stageCoverage(
	segments: readonly StagesInForce[],
	{ stage, from }: StageName,
	membersOf: (role: string) => readonly Member[],
	horizon: Horizon,
): Coverage {
	const roles = [...new Set(segments.flatMap(({ stages }) => stages.map((each) => each.from)))]
	const everybody = roles.flatMap((role) => membersOf(role))
	const own = membersOf(from)
	return coverageOf(edgesOf(everybody, segments, horizon), horizon, (at) => {
		const stages = segments.find((segment) => segment.from <= at && at < segment.until)?.stages ?? []
		const rule = stages[stage]
		// A stage of another role at this place has a course of its own; without any, nobody decides here.
		if (rule?.from !== from)
			return stages.length > 0
				? { count: 0, needed: 0, missing: 0, causes: [] }
				: { count: 0, needed: 1, missing: 1, causes: [{ kind: 'NO_STAGE' }] }
		const route = stages.slice(0, stage + 1).map((each, i) => ({
			stage: i,
			group: 0,
			from: each.from,
			quorum: each.quorum,
			able: membersOf(each.from)
				.filter((member) => whyNot(member, at) === null)
				.map(({ id }) => id),
		}))
		const empty = (upTo: number) => gapOf(route.slice(0, upTo))?.missing ?? 0
		const missing = empty(stage + 1) - empty(stage)
		const count = route[stage]?.able.length ?? 0
		const causes = named(own.map((member) => whyNot(member, at)))
		return {
			count,
			needed: rule.quorum,
			missing,
			causes:
				count >= rule.quorum
					? [{ kind: 'COUNTED_ELSEWHERE' }, ...causes]
					: own.length === 0
						? [{ kind: 'NOBODY_HOLDS' }]
						: causes,
		}
	})
}

/** What keeps somebody from being counted at this instant, the first of it; null when nothing does. */
export function whyNot(member: Member, at: number): Cause | null {
	const { id, isKnown, held, eligibleOnly, fit, failing, away, onDuty } = member
	if (!isKnown) return { kind: 'UNKNOWN_HERE', id }
	if (!holdsAt(held, at)) {
		if (holdsAt(eligibleOnly, at)) return { kind: 'NOT_ACTIVATED', id }
		return { kind: 'NOT_HELD', id, from: held.find(({ from }) => from > at)?.from ?? null }
	}
	if (!holdsAt(fit, at)) return { kind: 'NOT_ELIGIBLE', id, failing: failing(at) }
	const absence = away.find(({ from, until }) => from <= at && at < until)
	if (absence !== undefined) return { kind: 'AWAY', id, until: absence.until }
	return onDuty !== null && !holdsAt(onDuty, at) ? { kind: 'OFF_DUTY', id } : null
}

const named = (causes: readonly (Cause | null)[]) => causes.filter((cause) => cause !== null)

/** Every instant of the horizon at which something may change, the first being its beginning. */
function edgesOf(
	members: readonly Member[],
	segments: readonly StagesInForce[],
	{ from, until }: Horizon,
): number[] {
	const edges = new Set([from])
	const add = (spans: readonly Span[] | null) => {
		for (const span of spans ?? [])
			for (const at of [span.from, span.until]) if (at > from && at < until) edges.add(at)
	}
	for (const { held, eligibleOnly, fit, away, onDuty } of members)
		for (const spans of [held, eligibleOnly, fit, away, onDuty]) add(spans)
	add(segments)
	return [...edges].sort((a, b) => a - b)
}

function coverageOf(
	edges: readonly number[],
	horizon: Horizon,
	look: (at: number) => Omit<Piece, 'from' | 'until'>,
): Coverage {
	const pieces: Piece[] = []
	edges.forEach((from, i) => {
		const until = edges[i + 1] ?? horizon.until
		const seen = look(from)
		const causes: readonly Cause[] = seen.causes.length > 0 ? seen.causes : [{ kind: 'NOBODY_ELSE' }]
		const piece = { ...seen, causes: seen.missing > 0 ? causes : [], from, until }
		const last = pieces.at(-1)
		if (last !== undefined && isSame(last, piece)) last.until = until
		else pieces.push(piece)
	})
	return { pieces, gaps: gapsOf(pieces) }
}

const isSame = (a: Piece, b: Piece) =>
	a.count === b.count &&
	a.needed === b.needed &&
	a.missing === b.missing &&
	JSON.stringify(a.causes) === JSON.stringify(b.causes)

function gapsOf(pieces: readonly Piece[]): Gap[] {
	const gaps: { from: number; until: number; missing: number; pieces: Piece[] }[] = []
	for (const piece of pieces) {
		if (piece.missing === 0) continue
		const last = gaps.at(-1)
		if (last?.until === piece.from) {
			last.until = piece.until
			last.missing = Math.max(last.missing, piece.missing)
			last.pieces.push(piece)
		} else gaps.push({ from: piece.from, until: piece.until, missing: piece.missing, pieces: [piece] })
	}
	return gaps
}

/** The fewest people, and the most empty seats, at any instant of a stretch; null outside of what was looked at. */
export function lowestIn({ pieces }: Coverage, { from, until }: Span) {
	const inside = pieces.filter((piece) => piece.from < until && piece.until > from)
	if (inside.length === 0) return null
	const missing = Math.max(...inside.map((piece) => piece.missing))
	const counted = inside.filter(({ needed }) => needed > 0)
	return {
		count: Math.min(...(counted.length > 0 ? counted : inside).map(({ count }) => count)),
		missing,
		isNeeded: counted.length > 0,
	}
}
