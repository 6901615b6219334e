import { createHash } from 'node:crypto'
import { beginShare, finishShare, insertPiece } from '#db/queries/shares.ts'
import type { Language } from '#app/messages/create-text.ts'
import type { Profile } from '#workflows/audit-export/manifest.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../../actor.ts'
import type { Deps } from '../../deps.ts'
import { recordEntry } from '../../record-entry.server.ts'
import { newToken } from '../../sign-in/tokens.server.ts'
import { exportBundle } from '../export-bundle.server.ts'
import { countAnswer, questionText, type Answer, type Question } from '../question/answer-question.server.ts'

/** For how long a link may work, in days. */
export const SHARE_DAYS = [1, 7, 14, 30] as const
const MAX_DAYS = 30
const DAY_MS = 86_400_000
/** The file is stored in pieces of this many bytes, each in a transaction of its own. */
const PIECE_BYTES = 256 * 1024

/** `url` is the link with its token, on the configured origin. */
export type MadeShare = { shareId: string; url: string; expiresAt: Date }

/**
 * Puts the answer to a question and the bundle of its accesses behind a link that needs no account, for `days` days.
 * The token is given once; only its hash is stored. The link works from the moment that all of the file is stored and
 * the record says so, and not before.
 */
export async function createShare(
	deps: Deps,
	actor: Actor,
	question: Question,
	{ days, profile, language }: { days: number; profile: Profile; language: Language },
): Promise<MadeShare> {
	demand(actor, 'record:export')
	if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS)
		throw new DomainError('INVALID_INPUT', `A link works for 1 to ${MAX_DAYS} days.`, {
			field: 'days',
			problem: 'SHARE_TOO_LONG',
		})
	const answer = await countAnswer(deps, question)
	const { from, until } = question
	const { fileName, bytes } = await exportBundle(
		deps,
		actor,
		{ people: [], roles: [], facilities: [], boundaries: [], from, until },
		{ profile, language, timeZone: question.zone },
	)
	const createdAt = deps.now()
	const expiresAt = new Date(createdAt.getTime() + days * DAY_MS)
	const shareId = deps.newId()
	const { token, tokenSha256 } = newToken(deps.randomBytes)
	await deps.database.withTx((tx) =>
		beginShare(tx, {
			id: shareId,
			tokenSha256,
			createdBy: actor.personId,
			query: answer satisfies Answer,
			fileName,
			createdAt,
			expiresAt,
		}),
	)
	const file = await storePieces(deps, shareId, bytes)
	await deps.database.withTx(async (tx) => {
		await finishShare(tx, { id: shareId, fileName, ...file })
		await recordEntry(tx, deps, {
			kind: 'record.shared',
			subject: null,
			actor: actor.personId,
			open: { shareId, expiresAt: expiresAt.toISOString() },
			sealed: { query: { filter: { ...questionText(question), fileSha256: file.fileSha256 } } },
			at: deps.now(),
		})
	})
	deps.wake()
	return { shareId, url: `${deps.passkeys.origin}/shared/${token}`, expiresAt }
}

/** Stores the file in pieces of even length and gives its hash; no more than one piece is held at a time. */
async function storePieces(
	{ database }: Deps,
	shareId: string,
	chunks: AsyncIterable<Uint8Array>,
): Promise<{ fileSha256: string; fileBytes: number }> {
	const hash = createHash('sha256')
	let fileBytes = 0
	let position = 0
	for await (const bytes of evenly(chunks, PIECE_BYTES)) {
		hash.update(bytes)
		fileBytes += bytes.length
		const piece = { shareId, position, bytes }
		await database.withTx((tx) => insertPiece(tx, piece))
		position += 1
	}
	return { fileSha256: hash.digest('hex'), fileBytes }
}

/** The same bytes in pieces of this length, the last one shorter. */
async function* evenly(chunks: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
	let piece = new Uint8Array(length)
	let filled = 0
	for await (const chunk of chunks) {
		for (let at = 0; at < chunk.length;) {
			const part = chunk.subarray(at, at + length - filled)
			piece.set(part, filled)
			filled += part.length
			at += part.length
			if (filled < length) continue
			yield piece
			piece = new Uint8Array(length)
			filled = 0
		}
	}
	if (filled > 0) yield piece.subarray(0, filled)
}
