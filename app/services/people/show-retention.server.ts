import { leaversBefore } from '#db/queries/retention.ts'
import { dueDates } from '#workflows/people/facts/retention.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { shift } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

export type RetentionRow = {
	personId: string
	name: string
	leftAt: string
	/** Kinds whose time is over. */
	due: FactKind[]
	/** When all of it is; before then nothing needs to be erased as a whole. */
	allDueAt: string
	isAllDue: boolean
}
export type RetentionView = {
	rows: RetentionRow[]
	months: { kind: FactKind; months: number }[]
	isMore: boolean
}

const SHOWN = 200

/** Former people of whom some kind of fact has been kept for as long as the settings say. Nothing is erased by this. */
export async function showRetention(deps: Deps, actor: Actor): Promise<RetentionView> {
	demand(actor, 'record:erase')
	const at = deps.now()
	const now = at.toISOString()
	const shortest = Math.min(...Object.values(deps.retention))
	const before = new Date(shift(now, { months: shortest, ms: 0 }, -1))
	const leavers = await leaversBefore(deps.database.db, { at, before, limit: SHOWN + 1 })
	return {
		rows: leavers.slice(0, SHOWN).map(({ personId, displayName, leftAt }) => {
			const dates = dueDates(deps.retention, leftAt.toISOString())
			const allDueAt = dates.at(-1)?.at ?? now
			return {
				personId,
				name: displayName,
				leftAt: leftAt.toISOString(),
				due: dates.filter((date) => date.at <= now).map(({ kind }) => kind),
				allDueAt,
				isAllDue: allDueAt <= now,
			}
		}),
		months: dueDates(deps.retention, now).map(({ kind }) => ({ kind, months: deps.retention[kind] })),
		isMore: leavers.length > SHOWN,
	}
}
