import { findOpenShare, piecesOf, type ShareRow } from '#db/queries/shares.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../../deps.ts'
import { hashToken } from '../../sign-in/tokens.server.ts'
import type { Answer } from '../question/answer-question.server.ts'
import { writeReading } from '../record-read.server.ts'

/** What whoever holds a link may see: the answer, and the file that proves it. Nothing about who made it. */
export type SharedView = {
	answer: Answer
	fileName: string
	fileSha256: string
	fileBytes: number
	expiresAt: string
	vkey: string
}

/** Opens a share for whoever holds its link; the opening is an entry before anything is shown. */
export async function openShare(deps: Deps, token: string): Promise<SharedView> {
	const share = await opened(deps, token, 'page')
	const { fileName, fileSha256, fileBytes, expiresAt } = share
	return {
		answer: answerOf(share),
		fileName,
		fileSha256,
		fileBytes,
		expiresAt: expiresAt.toISOString(),
		vkey: deps.signer.vkey,
	}
}

/** The file of a share; that it is taken is an entry as well. */
export async function takeShare(
	deps: Deps,
	token: string,
): Promise<{ fileName: string; fileBytes: number; pieces: AsyncIterable<Uint8Array> }> {
	const share = await opened(deps, token, 'file')
	return {
		fileName: share.fileName,
		fileBytes: share.fileBytes,
		pieces: piecesOf(deps.database.db, share),
	}
}

/** What was stored with the share is what the page and the bundle said when it was made. */
export const answerOf = ({ query }: Pick<ShareRow, 'query'>) => query as Answer

/**
 * Each opening is an entry of its own: two people may hold one link, and nobody can tell them apart. A link that is
 * unknown, has ended, has expired or is not finished looks the same.
 */
async function opened(deps: Deps, token: string, what: 'page' | 'file'): Promise<ShareRow> {
	const at = deps.now()
	const share = await deps.database.withTx(async (tx) => {
		const found = await findOpenShare(tx, hashToken(token), at)
		if (found === null) return null
		await writeReading(
			tx,
			deps,
			null,
			{ view: 'shared', rows: answerOf(found).counts.accesses, filter: { share: found.id, what } },
			at,
		)
		return found
	})
	if (share === null) throw new DomainError('NOT_FOUND', 'There is no such share, or it is over.')
	deps.wake()
	return share
}
