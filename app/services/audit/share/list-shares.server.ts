import { endShare as endShareRow, listShares } from '#db/queries/shares.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../../actor.ts'
import type { Deps } from '../../deps.ts'
import { recordEntry } from '../../record-entry.server.ts'
import type { Answer } from '../question/answer-question.server.ts'
import { answerOf } from './open-share.server.ts'

/** `stopped`: whoever made it is suspended, and until that is lifted the link does not open. */
export type ShareState = 'open' | 'stopped' | 'ended' | 'expired'

export type ShareView = {
	id: string
	answer: Answer
	createdBy: string
	createdAt: string
	expiresAt: string
	state: ShareState
	endedAt: string | null
	fileSha256: string
	fileBytes: number
}

const LISTED = 200

/** Share links that were made, newest first, those that are over as well. */
export async function showShares({ database, now }: Deps, actor: Actor): Promise<ShareView[]> {
	demand(actor, 'record:export')
	const at = now()
	return (await listShares(database.db, LISTED)).map((row) => ({
		id: row.id,
		answer: answerOf(row),
		createdBy: row.creatorName,
		createdAt: row.createdAt.toISOString(),
		expiresAt: row.expiresAt.toISOString(),
		state: stateOf(row, at),
		endedAt: row.endedAt?.toISOString() ?? null,
		fileSha256: row.fileSha256,
		fileBytes: row.fileBytes,
	}))
}

function stateOf(
	{ endedAt, expiresAt, isStopped }: { endedAt: Date | null; expiresAt: Date; isStopped: boolean },
	at: Date,
): ShareState {
	if (endedAt !== null) return 'ended'
	if (expiresAt <= at) return 'expired'
	return isStopped ? 'stopped' : 'open'
}

/** Ends a share at once, whoever made it: the link works no longer and its file is deleted. */
export async function endShare(deps: Deps, actor: Actor, shareId: string): Promise<void> {
	demand(actor, 'record:export')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		if (!(await endShareRow(tx, shareId, at)))
			throw new DomainError('STALE_VERSION', 'This share is not open any more.')
		await recordEntry(tx, deps, {
			kind: 'record.share_ended',
			subject: null,
			actor: actor.personId,
			open: { shareId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}
