import { countApiTokens, insertApiToken } from '#db/queries/api-tokens.ts'
import { lockPeople } from '#db/queries/people.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { tokenEnvelopeSchema, type TokenEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import { API_SCOPES, LONGEST_TOKEN_DAYS, type ApiScope } from '#workflows/people/api-scopes.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { hashToken } from '../sign-in/tokens.server.ts'
import {
	consumeSignature,
	countSignature,
	prepareSignature,
	SIGN_WITHIN_MS,
	verifySignature,
	type PreparedSignature,
} from '../step-up/step-up.server.ts'
import { demandUnsuspended } from '../suspension/demand-unsuspended.server.ts'
import { newTokenText } from './token-text.server.ts'

const DAY_MS = 86_400_000
/** More than this are not looked after by anybody. */
const MOST_TOKENS = 20

export type TokenForm = { name: string; scopes: readonly ApiScope[]; days: number }
export type PreparedToken = PreparedSignature<TokenEnvelope>
/** The token itself is shown once. */
export type MadeToken = { tokenId: string; name: string; token: string; endsAt: string }

/** Fixes what a token is to be and makes it what the person's passkey signs. TOKEN_TOO_LONG, TOO_MANY_TOKENS. */
export async function prepareToken(
	deps: Deps,
	actor: Actor,
	{ name, scopes, days }: TokenForm,
): Promise<PreparedToken> {
	demandPerson(actor)
	const at = deps.now()
	if (!Number.isInteger(days) || days < 1 || days > LONGEST_TOKEN_DAYS)
		throw new DomainError('TOKEN_TOO_LONG', 'A token works for 1 to 90 days.', { days: LONGEST_TOKEN_DAYS })
	const chosen = API_SCOPES.filter((scope) => scopes.includes(scope))
	if (chosen.length === 0)
		throw new DomainError('INVALID_INPUT', 'A token may do at least one thing.', {
			field: 'scopes',
			problem: 'tokenScopes',
		})
	demandRoom(await countApiTokens(deps.database.db, actor.personId, at))
	const nonce = toBase64Url(deps.randomBytes(32))
	const envelope: TokenEnvelope = {
		v: 1,
		purpose: 'api.token',
		nonce,
		tokenId: deps.newId(),
		personId: actor.personId,
		nameSha256: digestOf({ nonce, name }),
		scopes: chosen,
		endsAt: new Date(at.getTime() + days * DAY_MS).toISOString(),
		expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
	}
	return prepareSignature(deps, actor, 'api_token', envelope, at, { name })
}

/** Makes the token that was signed for. The challenge is used up first, then the signature is verified. */
export async function signToken(
	deps: Deps,
	actor: Actor,
	input: { challengeId: string; response: AssertionResponse },
): Promise<MadeToken> {
	demandPerson(actor)
	const at = deps.now()
	const { envelope, beside } = await consumeSignature(
		deps,
		actor,
		'api_token',
		input.challengeId,
		tokenEnvelopeSchema,
		({ personId }) => personId === actor.personId,
		at,
	)
	const { name = '' } = (beside ?? {}) as { name?: string }
	const signature = await verifySignature(deps, actor, envelope, input.response)
	const token = newTokenText(deps.randomBytes)
	const { tokenId, scopes, endsAt } = envelope
	await deps.database.withTx(async (tx) => {
		// Two that are made at once are counted one after the other.
		await lockPeople(tx, [actor.personId], 'update')
		await demandUnsuspended(tx, actor.personId)
		demandRoom(await countApiTokens(tx, actor.personId, at))
		await countSignature(tx, signature, at)
		await insertApiToken(tx, {
			id: tokenId,
			personId: actor.personId,
			name,
			tokenSha256: hashToken(token),
			scopes,
			credentialId: signature.credential.id,
			createdAt: at,
			expiresAt: new Date(endsAt),
		})
		await recordEntry(tx, deps, {
			kind: 'api.token_made',
			subject: actor.personId,
			actor: actor.personId,
			open: { tokenId, scopes, expiresAt: endsAt, credentialEntry: signature.credential.entryId },
			sealed: { token: { name }, evidence: { envelope, assertion: signature.assertion } },
			at,
		})
	})
	deps.wake()
	return { tokenId, name, token, endsAt }
}

/** A token makes no tokens. */
function demandPerson({ tokenId }: Actor): void {
	if (tokenId !== undefined) throw new DomainError('FORBIDDEN', 'A token makes no tokens.')
}

function demandRoom(count: number): void {
	if (count >= MOST_TOKENS)
		throw new DomainError('TOO_MANY_TOKENS', 'This person has as many tokens as anybody may.', { count })
}
