import { timingSafeEqual } from 'node:crypto'
import {
	endScimToken,
	findScimToken,
	insertScimToken,
	listScimTokens,
	lockScimToken,
	touchScimToken,
} from '#db/queries/scim.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { hashToken, newToken } from '../sign-in/tokens.server.ts'

/** What a token begins with, so that a scanner for leaked secrets knows it when it sees it. */
const PREFIX = 'ckscim_'
const FORM = /^ckscim_[A-Za-z0-9_-]{43}$/
/** For how long the old token may work beside the new one, in hours. */
export const OVERLAP_HOURS = [0, 1, 24, 168] as const
const HOUR_MS = 3_600_000
/** How often use is noted; more often would be a write for each request. */
const TOUCH_MS = 60_000
const LISTED = 200

export type MadeToken = { tokenId: string; name: string; token: string }

export type TokenView = {
	id: string
	name: string
	createdBy: string
	createdAt: string
	lastUsedAt: string | null
	state: 'works' | 'expiring' | 'expired' | 'revoked'
	/** When it ended, or will. */
	endsAt: string | null
}

/** Makes a token for a provisioning system. It is given this once; only its hash is stored. */
export async function makeToken(deps: Deps, actor: Actor, { name }: { name: string }): Promise<MadeToken> {
	demand(actor, 'people:provision')
	return deps.database
		.withTx((tx) => storeToken(tx, deps, actor, { name, replaces: null }))
		.finally(deps.wake)
}

/** Makes a token that takes over from another one, which works on for `overlapHours`. STALE_VERSION when it is over. */
export async function rotateToken(
	deps: Deps,
	actor: Actor,
	{ tokenId, overlapHours }: { tokenId: string; overlapHours: number },
): Promise<MadeToken> {
	demand(actor, 'people:provision')
	if (!(OVERLAP_HOURS as readonly number[]).includes(overlapHours))
		throw new DomainError('INVALID_INPUT', 'Tokens overlap for one of the times offered.', {
			field: 'overlapHours',
			problem: 'INVALID_INPUT',
		})
	const at = deps.now()
	return deps.database
		.withTx(async (tx) => {
			const old = await lockScimToken(tx, tokenId, at)
			// One that gives way already has its successor.
			if (old === null || old.expiresAt !== null) throw over()
			const made = await storeToken(tx, deps, actor, { name: old.name, replaces: tokenId })
			const expiresAt = new Date(at.getTime() + overlapHours * HOUR_MS)
			await endScimToken(tx, tokenId, overlapHours === 0 ? { revokedAt: at } : { expiresAt })
			const base = { subject: null, actor: actor.personId, sealed: {}, at }
			if (overlapHours === 0)
				await recordEntry(tx, deps, { ...base, kind: 'scim.token_revoked', open: { tokenId } })
			else
				await recordEntry(tx, deps, {
					...base,
					kind: 'scim.token_expiring',
					open: { tokenId, expiresAt: expiresAt.toISOString() },
				})
			return made
		})
		.finally(deps.wake)
}

/** Ends a token at once. */
export async function revokeToken(deps: Deps, actor: Actor, tokenId: string): Promise<void> {
	demand(actor, 'people:provision')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		if ((await lockScimToken(tx, tokenId, at)) === null) throw over()
		await endScimToken(tx, tokenId, { revokedAt: at })
		await recordEntry(tx, deps, {
			kind: 'scim.token_revoked',
			subject: null,
			actor: actor.personId,
			open: { tokenId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

/** Every token, newest first, those that are over as well. Never the token itself. */
export async function showTokens({ database, now }: Deps, actor: Actor): Promise<TokenView[]> {
	demand(actor, 'people:provision')
	const at = now()
	return (await listScimTokens(database.db, LISTED)).map((row) => ({
		id: row.id,
		name: row.name,
		createdBy: row.creatorName,
		createdAt: row.createdAt.toISOString(),
		lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
		state:
			row.revokedAt !== null
				? 'revoked'
				: row.expiresAt === null
					? 'works'
					: row.expiresAt <= at
						? 'expired'
						: 'expiring',
		endsAt: (row.revokedAt ?? row.expiresAt)?.toISOString() ?? null,
	}))
}

/** Whoever presents this `Authorization` header, or null. What does not look like a token asks the database nothing. */
export async function authenticate(
	{ database, now }: Deps,
	authorization: string | null,
): Promise<{ tokenId: string } | null> {
	const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
	if (token === undefined || !FORM.test(token)) return null
	const hash = hashToken(token)
	const found = await findScimToken(database.db, hash)
	if (found === null || !timingSafeEqual(Buffer.from(found.tokenSha256), Buffer.from(hash))) return null
	const at = now()
	if (found.revokedAt !== null || (found.expiresAt !== null && found.expiresAt <= at)) return null
	if (found.lastUsedAt === null || at.getTime() - found.lastUsedAt.getTime() > TOUCH_MS)
		await database.withTx((tx) => touchScimToken(tx, found.id, at))
	return { tokenId: found.id }
}

async function storeToken(
	tx: Parameters<typeof insertScimToken>[0],
	deps: Deps,
	actor: Actor,
	{ name, replaces }: { name: string; replaces: string | null },
): Promise<MadeToken> {
	const at = deps.now()
	const tokenId = deps.newId()
	const token = PREFIX + newToken(deps.randomBytes).token
	await insertScimToken(tx, {
		id: tokenId,
		name,
		tokenSha256: hashToken(token),
		createdBy: actor.personId,
		createdAt: at,
		replaces,
	})
	await recordEntry(tx, deps, {
		kind: 'scim.token_made',
		subject: null,
		actor: actor.personId,
		open: { tokenId, ...(replaces === null ? {} : { replaces }) },
		sealed: { token: { name } },
		at,
	})
	return { tokenId, name, token }
}

const over = () =>
	new DomainError('STALE_VERSION', 'This token does not work any more, or gives way already.')
