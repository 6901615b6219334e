import { describe, expect, test } from 'vitest'
import { createTokenStory } from '#workflows/audit-export/token-story.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { Assertion, TokenEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const [OWNER, OTHER, OFFICER, TOKEN, PASSKEY] = [id(1), id(2), id(3), id(4), id(5)]
const NOON = '2026-11-24T12:00:00.000Z'
const LATER = '2026-11-25T12:00:00.000Z'

function leaf<K extends EntryKind>(kind: K, open: LeafOf<K>['open'], more: object = {}): LeafOf<K> {
	return { v: 1, id: id(99), kind, time: NOON, subject: OWNER, actor: OWNER, open, seals: {}, ...more }
}
const made = (more: object = {}) =>
	leaf(
		'api.token_made',
		{ tokenId: TOKEN, scopes: ['requests:write'], expiresAt: LATER, credentialEntry: PASSKEY },
		more,
	)
const revoked = leaf('api.token_revoked', { tokenId: TOKEN }, { actor: OFFICER })
const use = (more: object = {}) => ({ actor: OWNER, time: NOON, open: { tokenId: TOKEN }, ...more })
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)

/** A story whose signatures agree exactly when the entry says what was signed. */
const storyOf = () =>
	createTokenStory({
		check: ({ isAgreed }) =>
			isAgreed ? [] : [{ code: 'ENVELOPE_DIFFERS', detail: '', severity: 'failure' } as never],
	})

describe('tokens in the story of a log', () => {
	test('are used by their owner, for what they may do, while they work', () => {
		const story = storyOf()
		expect(story.tellMade(made(), undefined)).toEqual([])
		expect(story.used(use(), 'requests:write')).toEqual([])
		expect(story.used({ actor: OTHER, time: NOON, open: {} }, 'requests:write')).toEqual([])
		expect(codes(story.used(use({ actor: OTHER }), 'requests:write'))).toEqual(['TOKEN_OF_ANOTHER'])
		expect(codes(story.used(use(), 'grants:end'))).toEqual(['TOKEN_SCOPE'])
		expect(codes(story.used(use({ time: LATER }), 'requests:write'))).toEqual(['TOKEN_OVER'])
		expect(codes(story.used(use({ open: { tokenId: id(77) } }), 'requests:write'))).toEqual(['TOKEN_UNKNOWN'])
	})

	test('are worth nothing once they, or the passkey that signed for them, are revoked', () => {
		const story = storyOf()
		story.tellMade(made(), undefined)
		expect(story.tellRevoked(revoked)).toEqual([])
		expect(codes(story.used(use(), 'requests:write'))).toEqual(['TOKEN_OVER'])
		const other = storyOf()
		other.tellMade(made(), undefined)
		other.tellPasskeyRevoked(leaf('passkey.revoked', { credentialEntry: PASSKEY, cause: 'lost' }))
		expect(codes(other.used(use(), 'requests:write'))).toEqual(['TOKEN_OVER'])
	})

	test('are made once, by their owner, and revoked only where they were made', () => {
		const story = storyOf()
		expect(codes(story.tellRevoked(revoked))).toEqual(['TOKEN_UNKNOWN'])
		expect(codes(story.tellMade(made({ actor: OTHER }), undefined))).toEqual(['TOKEN_OF_ANOTHER'])
		expect(codes(story.tellMade(made(), undefined))).toEqual(['SECOND_TOKEN'])
	})

	test('are exactly what was signed for: person, scopes, end and name', () => {
		const nonce = 'n'.repeat(43)
		const envelope: TokenEnvelope = {
			v: 1,
			purpose: 'api.token',
			nonce,
			tokenId: TOKEN,
			personId: OWNER,
			nameSha256: digestOf({ nonce, name: 'Pipeline' }),
			scopes: ['requests:write'],
			endsAt: LATER,
			expiresAt: NOON,
		}
		const assertion: Assertion = {
			credentialId: 'c',
			clientDataJson: 'd',
			authenticatorData: 'a',
			signature: 's',
		}
		const told = (signed: TokenEnvelope, name = 'Pipeline') =>
			codes(
				storyOf().tellMade(made(), {
					evidence: { salt: '', record: { envelope: signed, assertion } },
					token: { salt: '', record: { name } },
				}),
			)
		expect(told(envelope)).toEqual([])
		expect(told(envelope, 'Another name')).toEqual(['ENVELOPE_DIFFERS'])
		for (const change of [
			{ personId: OTHER },
			{ tokenId: id(8) },
			{ endsAt: NOON },
			{ scopes: ['requests:write', 'grants:end'] },
		] as Partial<TokenEnvelope>[])
			expect(told({ ...envelope, ...change }), JSON.stringify(change)).toEqual(['ENVELOPE_DIFFERS'])
	})
})
