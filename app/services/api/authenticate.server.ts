import { timingSafeEqual } from 'node:crypto'
import { findApiToken, touchApiToken } from '#db/queries/api-tokens.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { isDeactivated } from '#db/queries/scim.ts'
import { openSuspensionOf } from '#db/queries/suspensions.ts'
import { permissionsThrough, type ApiScope } from '#workflows/people/api-scopes.ts'
import { dutiesOf, permissionsOf } from '#workflows/people/permissions.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { hashToken } from '../sign-in/tokens.server.ts'
import { tokenIn } from './token-text.server.ts'

/** How often use is noted; more often would be a write for each call. */
const TOUCH_MS = 60_000

/** A program that acts in a person's place. */
export type Program = {
	/** The person, with what the scopes of the token pass on of what they may do at this moment. */
	actor: Actor & { tokenId: string }
	token: { id: string; name: string; scopes: readonly ApiScope[]; endsAt: string }
}

/**
 * Whose token this `Authorization` header shows; null where it is none that works. Asked at each call: a token is worth
 * nothing once it is revoked or over, once the passkey that signed for it is revoked, and while its owner is suspended or
 * their account is deactivated. What does not look like a token asks the database nothing.
 */
export async function authenticate(deps: Deps, authorization: string | null): Promise<Program | null> {
	const { database, now, charters } = deps
	const { db } = database
	const text = tokenIn(authorization)
	if (text === null) return null
	const hash = hashToken(text)
	const found = await findApiToken(db, hash)
	if (found === null || !timingSafeEqual(Buffer.from(found.token.tokenSha256), Buffer.from(hash))) return null
	const at = now()
	const { token, ownerName, passkeyRevokedAt } = found
	if (token.revokedAt !== null || passkeyRevokedAt !== null || token.expiresAt <= at) return null
	const { personId } = token
	if ((await openSuspensionOf(db, personId)) !== null || (await isDeactivated(db, personId))) return null
	if (token.lastUsedAt === null || at.getTime() - token.lastUsedAt.getTime() > TOUCH_MS)
		await database.withTx((tx) => touchApiToken(tx, token.id, at))
	const { charter } = await charters.inForce(db, at)
	const own = permissionsOf(dutiesOf(charter, await factsOfPerson(db, personId), at.toISOString()))
	return {
		actor: {
			personId,
			sessionId: token.id,
			tokenId: token.id,
			displayName: ownerName,
			permissions: permissionsThrough(token.scopes, own),
		},
		token: {
			id: token.id,
			name: token.name,
			scopes: token.scopes,
			endsAt: token.expiresAt.toISOString(),
		},
	}
}
