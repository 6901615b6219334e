import type { Tx } from '#db/client.ts'
import {
	listApiTokensOf,
	listApiTokensOfOthers,
	lockApiToken,
	revokeApiToken,
	revokeApiTokensOf,
	type ListedToken,
} from '#db/queries/api-tokens.ts'
import type { ApiScope } from '#workflows/people/api-scopes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

const LISTED = 200

export type TokenView = {
	id: string
	name: string
	owner: { id: string; name: string }
	scopes: readonly ApiScope[]
	createdAt: string
	endsAt: string
	lastUsedAt: string | null
	state: 'works' | 'expired' | 'revoked' | 'passkey_revoked'
	/** When it was revoked and by whom, where somebody did. */
	revoked: { at: string; by: string | null } | null
}
export type TokensView = {
	own: TokenView[]
	/** Those of everybody else that work, for whoever may revoke them; null for others. */
	others: TokenView[] | null
}

/** The tokens of this person, and for officers those of everybody that work. Never the token itself. */
export async function showTokens(deps: Deps, actor: Actor): Promise<TokensView> {
	const { db } = deps.database
	const at = deps.now()
	const own = await listApiTokensOf(db, actor.personId, LISTED)
	const others = actor.permissions.has('token:revoke_any')
		? await listApiTokensOfOthers(db, actor.personId, at, LISTED)
		: null
	const view = (row: ListedToken) => viewOf(row, at)
	return { own: own.map(view), others: others?.map(view) ?? null }
}

function viewOf({ token, ownerName, revokerName, passkeyRevokedAt }: ListedToken, at: Date): TokenView {
	const { id, name, personId, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = token
	return {
		id,
		name,
		owner: { id: personId, name: ownerName },
		scopes,
		createdAt: createdAt.toISOString(),
		endsAt: expiresAt.toISOString(),
		lastUsedAt: lastUsedAt?.toISOString() ?? null,
		state:
			revokedAt !== null
				? 'revoked'
				: passkeyRevokedAt !== null
					? 'passkey_revoked'
					: expiresAt <= at
						? 'expired'
						: 'works',
		revoked: revokedAt === null ? null : { at: revokedAt.toISOString(), by: revokerName },
	}
}

/** Ends a token at once: its owner their own, an officer anybody's. STALE_VERSION where it is over already. */
export async function revokeToken(deps: Deps, actor: Actor, tokenId: string): Promise<void> {
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const token = await lockApiToken(tx, tokenId, at)
		const isOthers = token !== null && token.personId !== actor.personId
		if (isOthers && !actor.permissions.has('token:revoke_any'))
			throw new DomainError('NOT_FOUND', 'No such token.', { id: tokenId })
		if (token === null) throw new DomainError('STALE_VERSION', 'This token does not work any more.')
		await revokeApiToken(tx, tokenId, { revokedAt: at, revokedBy: actor.personId })
		await recordEntry(tx, deps, {
			kind: 'api.token_revoked',
			subject: token.personId,
			actor: actor.personId,
			open: { tokenId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

/**
 * Ends every token of somebody who is stopped, has left or is erased, in that transaction and with an entry for each: none
 * comes back with them.
 */
export async function endTokensOf(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	personId: string,
	actorId: string | null,
	at: Date,
): Promise<void> {
	const ended = await revokeApiTokensOf(tx, personId, { revokedAt: at, revokedBy: actorId })
	for (const tokenId of ended)
		await recordEntry(tx, deps, {
			kind: 'api.token_revoked',
			subject: personId,
			actor: actorId,
			open: { tokenId },
			sealed: {},
			at,
		})
}
