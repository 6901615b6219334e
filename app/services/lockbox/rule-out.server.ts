import type { Reader } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import type { StoredLockbox } from '#db/queries/lockbox.ts'
import { approvalStands, judgeInsider, judgeLockbox } from '#workflows/lockbox/judge-lockbox.ts'
import { isDisclosed } from '#workflows/lockbox/provider-request.ts'
import type { Deps } from '../deps.ts'

/**
 * Why a request may not be approved now, under the charter it is pinned to and the one in force; empty where it may. What
 * came in permitted may be ruled out by now: by a new charter, by facts of whom it benefits, or by an approver who has
 * lapsed. Asked when somebody approves, and once more before the answer goes out.
 */
export async function codesAgainst(
	reader: Reader,
	{ charters: store }: Pick<Deps, 'charters'>,
	{ row, snapshot }: Pick<StoredLockbox, 'row' | 'snapshot'>,
	at: Date,
): Promise<string[]> {
	const { context } = snapshot
	const pinned = await store.version(reader, row.charterVersionId)
	const inForce = await store.inForce(reader)
	const charters = (pinned.id === inForce.id ? [pinned] : [pinned, inForce]).map(({ charter }) => charter)
	const standing = context.decisions.filter(({ fell }) => fell === undefined)
	const givers = standing.map(({ approverId }) => approverId)
	const facts = await factsOf(reader, row.beneficiaryId === null ? givers : [...givers, row.beneficiaryId])
	const { asked } = row
	const beneficiary = row.beneficiaryId === null ? undefined : facts.get(row.beneficiaryId)
	const codes: string[] = charters.flatMap((charter) =>
		judgeLockbox(charter, {
			durationMs: context.durationMs,
			isDisclosed: row.beneficiaryId !== null || isDisclosed(asked.disclosed),
			hasBoundary: row.boundaryId !== null,
			requester:
				beneficiary === undefined
					? null
					: judgeInsider(charter, beneficiary, asked.role ?? '', context.durationMs ?? 0, at.toISOString()),
		}),
	)
	const hasLapsed = standing.some(({ approverId, stage }) => {
		const giver = facts.get(approverId)
		const role = context.stages[stage]?.from ?? ''
		return giver === undefined || !approvalStands(charters, giver, role, at.toISOString())
	})
	return [...new Set(hasLapsed ? [...codes, 'APPROVER_LAPSED'] : codes)]
}
