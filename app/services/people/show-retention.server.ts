import { factsHeld } from '#db/queries/erasure-by-kind.ts'
import { leaversDue, type Leaver } from '#db/queries/retention.ts'
import type { Reader } from '#db/client.ts'
import { erasableKinds } from '#workflows/people/facts/erasable-kinds.ts'
import { FACT_KINDS, type FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { dueDates } from '#workflows/people/facts/retention.ts'
import { shift } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

export type DueKind = { kind: FactKind; facts: number }
export type RetentionRow = {
	personId: string
	name: string
	leftAt: string
	/** Kinds that are held and whose time is over. */
	due: DueKind[]
	/** When all of it is; before then nothing needs to be erased as a whole. */
	allDueAt: string
	isAllDue: boolean
}
export type RetentionView = {
	rows: RetentionRow[]
	months: { kind: FactKind; months: number }[]
	isMore: boolean
}

/** So many people are shown, and may be erased of, at once. */
export const SHOWN = 200

/** Former people of whom some kind of fact has been kept for as long as the settings say. Nothing is erased by this. */
export async function showRetention(deps: Deps, actor: Actor): Promise<RetentionView> {
	demand(actor, 'record:erase')
	const at = deps.now()
	const now = at.toISOString()
	const { db } = deps.database
	const leavers = await leaversDue(db, { at, cutoffs: cutoffsOf(deps), limit: SHOWN + 1 })
	const due = await dueOf(db, deps, leavers.slice(0, SHOWN))
	return {
		rows: leavers.slice(0, SHOWN).flatMap(({ personId, displayName, leftAt }) => {
			const kinds = due.get(personId) ?? []
			const allDueAt = dueDates(deps.retention, leftAt.toISOString()).at(-1)?.at ?? now
			const row = { personId, name: displayName, leftAt: leftAt.toISOString() }
			return kinds.length === 0 ? [] : [{ ...row, due: kinds, allDueAt, isAllDue: allDueAt <= now }]
		}),
		months: dueDates(deps.retention, now).map(({ kind }) => ({ kind, months: deps.retention[kind] })),
		isMore: leavers.length > SHOWN,
	}
}

/** Before when somebody must have left for each kind to be due. */
export const cutoffsOf = ({ now, retention }: Pick<Deps, 'now' | 'retention'>) =>
	FACT_KINDS.map((kind) => ({
		kind,
		before: new Date(shift(now().toISOString(), { months: retention[kind], ms: 0 }, -1)),
	}))

/** Kinds of each of these people that are held and due, with how many facts there are. */
export async function dueOf(
	reader: Reader,
	{ now, retention }: Pick<Deps, 'now' | 'retention'>,
	leavers: readonly Leaver[],
): Promise<Map<string, DueKind[]>> {
	const held = await factsHeld(
		reader,
		leavers.map(({ personId }) => personId),
	)
	return new Map(
		leavers.map(({ personId, leftAt }) => {
			const own = held.get(personId) ?? new Map<FactKind, number>()
			const dates = dueDates(retention, leftAt.toISOString())
			const kinds = erasableKinds(dates, new Set(own.keys()), now().toISOString())
			return [personId, kinds.map((kind) => ({ kind, facts: own.get(kind) ?? 0 }))]
		}),
	)
}
