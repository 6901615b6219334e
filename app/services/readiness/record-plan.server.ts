import type { Tx } from '#db/client.ts'
import type { PlanChange } from '#db/queries/readiness.ts'
import { MOST_PLANNED_IN_ENTRY } from '#workflows/ledger/readiness-parts.schema.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

/** Writes down what a report made of the plan, in as many entries as it takes: so every task is bound to a report. */
export async function recordPlan(
	tx: Tx,
	deps: Deps,
	madeBy: string,
	{ reportId, change: { found, again, mended }, at }: { reportId: string; change: PlanChange; at: Date },
): Promise<void> {
	const most = Math.max(found.length, again.length, mended.length)
	for (let from = 0; from < most; from += MOST_PLANNED_IN_ENTRY) {
		const dueAgain = again
			.slice(from, from + MOST_PLANNED_IN_ENTRY)
			.flatMap(({ id, dueOn, isDueAnew }) => (isDueAnew ? [{ taskId: id, dueOn }] : []))
		const part = <T>(list: readonly T[]) => list.slice(from, from + MOST_PLANNED_IN_ENTRY)
		await recordEntry(tx, deps, {
			kind: 'readiness.planned',
			subject: null,
			actor: madeBy,
			open: {
				reportId,
				found: part(found).map(({ id, dueOn }) => ({ taskId: id, dueOn })),
				again: part(again).map(({ id }) => id),
				...(dueAgain.length === 0 ? {} : { dueAgain }),
				mended: part(mended).map(({ id }) => id),
			},
			sealed: {
				plan: {
					tasks: [...part(found), ...part(again), ...part(mended)].map(({ id, key }) => ({
						taskId: id,
						what: key,
					})),
				},
			},
			at,
		})
	}
}
