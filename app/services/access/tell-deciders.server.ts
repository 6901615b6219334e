import type { Tx } from '#db/client.ts'
import { awayAt } from '#db/queries/absences.ts'
import { appointedTo } from '#db/queries/people.ts'
import { requestsById } from '#db/queries/requests.ts'
import type { TimerRow } from '#db/queries/workflow-rows.ts'
import { deadlineKind } from '#workflows/access/privileged.machine.ts'
import { rolesThatDecide } from '#workflows/access/request-context.ts'
import type { Deps } from '../deps.ts'
import type { StepBatch } from '../lapse/step-batch.server.ts'

const CODES = { half: 'HALF_LEFT', quarter: 'QUARTER_LEFT', escalated: 'ESCALATED', timed_out: 'TIMED_OUT' }

/**
 * Reminds those who may decide on these requests, after their deadlines were stepped in the batch and before it is saved.
 * Who is away is not reminded; who stands in for them is. Whether they may decide is judged when they do.
 */
export async function tellDeciders(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'now'>,
	batch: StepBatch,
	timers: readonly TimerRow[],
): Promise<void> {
	if (timers.length === 0) return
	const at = deps.now()
	const requests = await requestsById(
		tx,
		timers.map(({ workflowId }) => workflowId),
	)
	for (const { workflowId, event } of timers) {
		const request = requests.get(workflowId)
		if (!request) continue
		const { context, requesterId, filedBy } = request
		const kind = deadlineKind(event)
		const to = context.stages[context.stage]?.escalation?.to
		const roles = kind === 'escalated' && to !== undefined ? [to] : rolesThatDecide(context)
		const holders = await appointedTo(tx, roles, at)
		const away = await awayAt(tx, holders, at)
		const without = new Set([requesterId, filedBy, ...context.decisions.map(({ approverId }) => approverId)])
		const told = holders
			.map((id) => (away.has(id) ? (away.get(id)?.standInId ?? null) : id))
			.filter((id) => id !== null && !without.has(id))
		batch.addNotices(
			[...new Set(told)].flatMap((personId) =>
				personId === null
					? []
					: [
							{
								id: deps.newId(),
								personId,
								kind: 'decision_due' as const,
								requestId: request.id,
								code: CODES[kind],
								at,
							},
						],
			),
		)
	}
}
