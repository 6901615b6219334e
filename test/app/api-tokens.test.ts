import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { authenticate } from '#app/services/api/authenticate.server.ts'
import { prepareToken, signToken } from '#app/services/api/make-token.server.ts'
import { revokeToken, showTokens } from '#app/services/api/manage-tokens.server.ts'
import { newTokenText, tokenIn } from '#app/services/api/token-text.server.ts'
import { revokePasskey } from '#app/services/enrolment/revoke-passkey.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { apiTokens, credentials, scimUsers } from '#db/schema/index.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { API_SCOPES } from '#workflows/people/api-scopes.ts'
import { tokenFor } from '#test/app/api-client.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
const db = () => app.deps.database.db
const who = (token: string) => authenticate(app.deps, `Bearer ${token}`)

beforeAll(async () => {
	app = await createTestApp()
})
afterAll(async () => {
	await app.stop()
})

async function leavesOf({ personId }: Actor) {
	await sequencePending(app.deps)
	const rows = await entriesAbout(db(), personId, ['api.token_made', 'api.token_revoked'])
	return rows.map(({ leaf }) => parseLeaf(new TextDecoder().decode(leaf)))
}

describe('a token', () => {
	test('is made with the passkey of its owner, shown once, kept as a hash, and recorded', async () => {
		const operator = app.actor('operator')
		const made = await tokenFor(app, operator, ['requests:read', 'grants:end'], {
			days: 7,
			name: 'Night job',
		})
		const rows = await db().select().from(apiTokens)
		expect(JSON.stringify(rows)).not.toContain(made.token)
		expect(JSON.stringify(await showTokens(app.deps, operator))).not.toContain(made.token)
		expect(await who(made.token)).toMatchObject({
			actor: { personId: operator.personId, tokenId: made.tokenId },
			token: { name: 'Night job', scopes: ['requests:read', 'grants:end'] },
		})
		const { own } = await showTokens(app.deps, operator)
		expect(own).toMatchObject([{ id: made.tokenId, name: 'Night job', state: 'works', revoked: null }])
		expect(own[0]?.lastUsedAt).not.toBeNull()
		const leaf = (await leavesOf(operator)).find((each) => each?.kind === 'api.token_made')
		expect(leaf).toMatchObject({
			subject: operator.personId,
			actor: operator.personId,
			open: { tokenId: made.tokenId, scopes: ['requests:read', 'grants:end'], expiresAt: made.endsAt },
		})
		expect(Object.keys(leaf?.seals ?? {}).sort()).toEqual(['evidence', 'token'])
		expect(JSON.stringify(leaf)).not.toContain('Night job')
	})

	test('has a form that a scanner knows and can check without asking anybody', () => {
		const token = newTokenText(app.deps.randomBytes)
		expect(token).toMatch(/^ckp_[A-Za-z0-9_-]{49}$/)
		expect(tokenIn(`Bearer ${token}`)).toBe(token)
		expect(tokenIn(`bearer   ${token} `)).toBe(token)
		for (const wrong of [
			token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'),
			token.replace('ckp_', 'ckscim_'),
			token.slice(0, -1),
			`${token}A`,
			token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(),
		])
			expect(tokenIn(`Bearer ${wrong}`), wrong).toBeNull()
		for (const header of [null, '', 'Bearer', `Basic ${token}`, token, `Bearer ${token} x`])
			expect(tokenIn(header)).toBeNull()
	})

	test('lasts at most 90 days, and does at least one thing', async () => {
		const operator = app.actor('operator')
		for (const days of [0, 91, 1.5, Number.NaN])
			await expect(
				prepareToken(app.deps, operator, { name: 'x', scopes: ['requests:read'], days }),
			).rejects.toMatchObject({ code: 'TOKEN_TOO_LONG', details: { days: 90 } })
		await expect(prepareToken(app.deps, operator, { name: 'x', scopes: [], days: 1 })).rejects.toMatchObject({
			code: 'INVALID_INPUT',
		})
	})

	test('is signed for by its owner alone, once, and never by another token', async () => {
		const operator = app.actor('operator')
		const form = { name: 'x', scopes: ['requests:read'] as const, days: 1 }
		const { challengeId } = await prepareToken(app.deps, operator, form)
		const second = app.actor('second-operator')
		await expect(
			signToken(app.deps, second, { challengeId, response: app.answerOf(second) }),
		).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' })
		// Used up by whoever tried.
		await expect(
			signToken(app.deps, operator, { challengeId, response: app.answerOf(operator) }),
		).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' })
		const { token } = await tokenFor(app, operator, API_SCOPES, { days: 1 })
		const program = await who(token)
		if (program === null) throw new Error('The token works.')
		await expect(prepareToken(app.deps, program.actor, form)).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})

	test('passes on what its owner may do at that moment and its scopes name, and nothing that decides or ends for others', async () => {
		const officer = app.actor('security-officer')
		const { token } = await tokenFor(app, officer, API_SCOPES, { days: 1 })
		expect([...((await who(token))?.actor.permissions ?? [])].sort()).toEqual([
			'finding:read',
			'grant:read_all',
			'request:read_all',
		])
		const duty = app.actor('duty-officer')
		const { token: dutys } = await tokenFor(app, duty, API_SCOPES, { days: 1 })
		expect((await who(dutys))?.actor.permissions).not.toContain('request:decide')
		const { token: narrow } = await tokenFor(app, officer, ['grants:end'], { days: 1 })
		expect([...((await who(narrow))?.actor.permissions ?? [])]).toEqual([])
	})

	test('works for its time and no longer', async () => {
		const operator = app.actor('operator')
		const { token, tokenId } = await tokenFor(app, operator, API_SCOPES, { days: 1 })
		app.clock.advance(86_400_000 - 1000)
		expect(await who(token)).not.toBeNull()
		app.clock.advance(2000)
		expect(await who(token)).toBeNull()
		const { own } = await showTokens(app.deps, operator)
		expect(own.find(({ id }) => id === tokenId)?.state).toBe('expired')
	})

	test('nobody has more than twenty that work, however many were prepared', async () => {
		const owner = app.actor('data-owner')
		const form = { name: 'x', scopes: ['requests:read'] as const, days: 1 }
		const prepared: string[] = []
		for (let i = 0; i < 21; i++) prepared.push((await prepareToken(app.deps, owner, form)).challengeId)
		const response = app.answerOf(owner)
		for (const challengeId of prepared.slice(1)) await signToken(app.deps, owner, { challengeId, response })
		const full = { code: 'TOO_MANY_TOKENS', details: { count: 20 } }
		await expect(
			signToken(app.deps, owner, { challengeId: prepared[0] ?? '', response }),
		).rejects.toMatchObject(full)
		await expect(prepareToken(app.deps, owner, form)).rejects.toMatchObject(full)
	})
})

describe('a token is worth nothing', () => {
	test('once its owner, or an officer, has revoked it; others cannot, and do not learn of it', async () => {
		const operator = app.actor('operator')
		const officer = app.actor('security-officer')
		const { token, tokenId } = await tokenFor(app, operator)
		await expect(revokeToken(app.deps, app.actor('second-operator'), tokenId)).rejects.toMatchObject({
			code: 'NOT_FOUND',
		})
		expect((await showTokens(app.deps, app.actor('second-operator'))).others).toBeNull()
		const { others } = await showTokens(app.deps, officer)
		expect(others?.find(({ id }) => id === tokenId)?.owner.id).toBe(operator.personId)
		await revokeToken(app.deps, officer, tokenId)
		expect(await who(token)).toBeNull()
		await expect(revokeToken(app.deps, operator, tokenId)).rejects.toMatchObject({ code: 'STALE_VERSION' })
		const { own } = await showTokens(app.deps, operator)
		expect(own.find(({ id }) => id === tokenId)).toMatchObject({
			state: 'revoked',
			revoked: { by: expect.any(String) as string },
		})
		expect((await leavesOf(operator)).at(-1)).toMatchObject({
			kind: 'api.token_revoked',
			actor: officer.personId,
			open: { tokenId },
		})
		const mine = await tokenFor(app, operator)
		await revokeToken(app.deps, operator, mine.tokenId)
		expect(await who(mine.token)).toBeNull()
	})

	test('once the passkey that signed for it is revoked', async () => {
		const auditor = app.actor('auditor')
		const { token } = await tokenFor(app, auditor)
		expect(await who(token)).not.toBeNull()
		const [passkey] = await db().select().from(credentials).where(eq(credentials.personId, auditor.personId))
		await revokePasskey(app.deps, app.actor('security-officer'), {
			personId: auditor.personId,
			passkeyId: passkey?.id ?? '',
			cause: 'compromised',
		})
		expect(await who(token)).toBeNull()
		expect((await showTokens(app.deps, auditor)).own[0]?.state).toBe('passkey_revoked')
	})

	test('while the account of its owner is deactivated', async () => {
		const operator = app.actor('operator')
		const { token } = await tokenFor(app, operator)
		const row = { personId: operator.personId, active: false, updatedAt: app.clock.now() }
		await app.deps.database.withTx((tx) => tx.insert(scimUsers).values(row))
		expect(await who(token)).toBeNull()
		await app.deps.database.withTx((tx) => tx.delete(scimUsers).where(eq(scimUsers.personId, row.personId)))
		expect(await who(token)).not.toBeNull()
	})

	test('once its owner is suspended, for good, and each end is recorded', async () => {
		const second = app.actor('second-operator')
		const officer = app.actor('security-officer')
		const { token, tokenId } = await tokenFor(app, second)
		const step = { personId: second.personId, step: 'suspend' as const }
		const { challengeId } = await prepareSuspension(app.deps, officer, { ...step, reason: 'A leaked laptop' })
		await signSuspension(app.deps, officer, { ...step, challengeId, response: app.answerOf(officer) })
		expect(await who(token)).toBeNull()
		expect((await leavesOf(second)).at(-1)).toMatchObject({
			kind: 'api.token_revoked',
			actor: officer.personId,
			open: { tokenId },
		})
		// What a suspension ended stays ended, whoever lifts it.
		const { own } = await showTokens(app.deps, second)
		expect(own.find(({ id }) => id === tokenId)?.state).toBe('revoked')
	})
})
