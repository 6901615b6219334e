import { and, eq, isNull } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { issueLink, showLink } from '#app/services/enrolment/enrolment.server.ts'
import { revokePasskey } from '#app/services/enrolment/revoke-passkey.server.ts'
import { showPasskeys } from '#app/services/enrolment/show-passkeys.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { beginSignIn, findActor, finishSignIn } from '#app/services/sign-in/sign-in.server.ts'
import { credentialsOf, insertCredential } from '#db/queries/credentials.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { decisions, sessions } from '#db/schema/index.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { askForAccess, prepareApproval, signInAs } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

let app: TestApp
let officer: Actor
let approver: Actor

beforeEach(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	approver = app.actor('duty-officer')
	app.clock.advance(60_000)
})
afterEach(async () => {
	await app.stop()
})

const passkeyOf = async (actor: Actor) => {
	const [first] = await credentialsOf(app.deps.database.db, actor.personId)
	if (!first) throw new Error('Everybody here has a passkey.')
	return first
}
const revoke = async (actor: Actor, by = officer, cause: 'lost' | 'left' = 'lost') =>
	revokePasskey(app.deps, by, { personId: actor.personId, passkeyId: (await passkeyOf(actor)).id, cause })

const signIn = (actor: Actor) => signInAs(app, actor)

async function secondPasskey({ personId }: Actor): Promise<string> {
	const id = app.deps.newId()
	await app.deps.database.withTx((tx) =>
		insertCredential(tx, {
			id,
			personId,
			credentialId: `second-${personId}`,
			publicKey: new Uint8Array(1),
			signCount: 0,
			aaguid: '',
			transports: [],
			backedUp: false,
			entryId: app.deps.newId(),
			createdAt: app.clock.now(),
		}),
	)
	return id
}

const preparedDecision = async () => prepareApproval(app, await askForAccess(app), approver)

const openSessions = (personId: string) =>
	app.deps.database.db
		.select()
		.from(sessions)
		.where(and(eq(sessions.personId, personId), isNull(sessions.endedAt)))

describe('a revoked passkey', () => {
	test('signs nobody in, ends its own sessions and no others, and leaves an entry', async () => {
		const first = await signIn(approver)
		await secondPasskey(approver)
		const { challengeId } = await beginSignIn(app.deps)
		const { token: second } = await finishSignIn(app.deps, {
			challengeId,
			response: { ...app.answerOf(approver), id: `second-${approver.personId}` },
		})
		expect(await revoke(approver)).toEqual({ sessionsEnded: 1, endedOwn: false })
		expect(await findActor(app.deps, first)).toBeNull()
		expect((await findActor(app.deps, second))?.personId).toBe(approver.personId)
		await expect(signIn(approver)).rejects.toMatchObject({ code: 'PASSKEY_REVOKED' })
		await sequencePending(app.deps)
		const [entry] = await entriesAbout(app.deps.database.db, approver.personId, ['passkey.revoked'])
		const leaf = parseLeaf(new TextDecoder().decode(entry?.leaf))
		expect(leaf).toMatchObject({
			actor: officer.personId,
			open: { cause: 'lost', credentialEntry: (await passkeyOf(approver)).entryId },
		})
		const [newest, revoked] = await showPasskeys(app.deps, officer, approver.personId)
		expect(newest).toMatchObject({ revoked: null, mayRevoke: true })
		expect(revoked).toMatchObject({
			revoked: { cause: 'lost', entryIndex: entry?.index },
			mayRevoke: false,
		})
	})

	test('ends sessions of which the record does not say by which passkey they were opened', async () => {
		await app.deps.database.withTx((tx) =>
			tx.insert(sessions).values({
				id: app.deps.newId(),
				tokenSha256: 'unknown',
				personId: approver.personId,
				createdAt: app.clock.now(),
				lastSeenAt: app.clock.now(),
				expiresAt: new Date(app.clock.now().getTime() + 3_600_000),
			}),
		)
		expect((await revoke(approver)).sessionsEnded).toBe(1)
	})

	test('is no fact any more from then on, and still was one before', async () => {
		const before = app.clock.now()
		app.clock.advance(60_000)
		await revoke(approver)
		const { db } = app.deps.database
		const now = (await factsOfPerson(db, approver.personId)).credentials
		expect(now).toMatchObject([{ validUntil: (await passkeyOf(approver)).revokedAt?.toISOString() }])
		const then = (await factsOfPerson(db, approver.personId, before)).credentials
		expect(then).toMatchObject([{ validUntil: null }])
	})

	test('takes open enrolment links with it where the person has left, and leaves them where it was lost', async () => {
		const { token } = await issueLink(app.deps, approver.personId, officer)
		await secondPasskey(approver)
		await revoke(approver)
		expect((await showLink(app.deps, token)).personId).toBe(approver.personId)
		const { id: passkeyId } = (await credentialsOf(app.deps.database.db, approver.personId))[1] ?? { id: '' }
		await revokePasskey(app.deps, officer, { personId: approver.personId, passkeyId, cause: 'left' })
		await expect(showLink(app.deps, token)).rejects.toMatchObject({ code: 'LINK_INVALID' })
	})

	test('cannot be revoked twice', async () => {
		const outcomes = await Promise.allSettled([revoke(approver), revoke(approver)])
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
			code: 'STALE_VERSION',
		})
	})
})

describe('who may', () => {
	test('a person their own while another is left, and not to say that they have left', async () => {
		await expect(revoke(approver, approver)).rejects.toMatchObject({ code: 'LAST_PASSKEY' })
		await secondPasskey(approver)
		await expect(revoke(approver, approver, 'left')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
		await revoke(approver, approver)
		expect((await passkeyOf(approver)).revokedAt).not.toBeNull()
	})

	test('nobody those of others but officers, and no passkey under the name of somebody else', async () => {
		await expect(revoke(approver, app.actor('operator'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
		await expect(showPasskeys(app.deps, app.actor('operator'), approver.personId)).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		const { id: passkeyId } = await passkeyOf(approver)
		await expect(
			revokePasskey(app.deps, officer, {
				personId: app.actor('operator').personId,
				passkeyId,
				cause: 'lost',
			}),
		).rejects.toMatchObject({ code: 'STALE_VERSION' })
		expect((await passkeyOf(approver)).revokedAt).toBeNull()
	})
})

describe('while a ceremony is open', () => {
	test('a prepared decision can no longer be signed', async () => {
		const prepared = await preparedDecision()
		await revoke(approver)
		await expect(decideRequest(app.deps, approver, prepared)).rejects.toMatchObject({
			code: 'CHALLENGE_INVALID',
		})
		await expect(
			prepareDecision(app.deps, approver, {
				requestId: prepared.requestId,
				verdict: 'approve',
				reason: '',
			}).then(({ challengeId }) => decideRequest(app.deps, approver, { ...prepared, challengeId })),
		).rejects.toMatchObject({ code: 'PASSKEY_REVOKED' })
		expect(await app.deps.database.db.select().from(decisions)).toEqual([])
	})

	test('a decision and a revocation at once: the decision stands only if it came first', async () => {
		for (let round = 0; round < 3; round++) {
			const prepared = await preparedDecision()
			await Promise.allSettled([decideRequest(app.deps, approver, prepared), revoke(approver)])
			await sequencePending(app.deps)
			const { rows } = await app.deps.database.pool.query<{ kind: string }>(
				"select kind from ledger_entries where kind in ('request.decided', 'passkey.revoked') order by index",
			)
			expect(rows.map(({ kind }) => kind).at(-1)).toBe('passkey.revoked')
			await app.stop()
			app = await createTestApp()
			officer = app.actor('security-officer')
			approver = app.actor('duty-officer')
		}
	})

	test('a sign-in that began before ends without a session, and one at the same moment leaves none open', async () => {
		const { challengeId } = await beginSignIn(app.deps)
		const ceremonies = await Promise.all([0, 1, 2, 3].map(() => beginSignIn(app.deps)))
		await Promise.allSettled([
			...ceremonies.map((ceremony) =>
				finishSignIn(app.deps, { challengeId: ceremony.challengeId, response: app.answerOf(approver) }),
			),
			revoke(approver),
		])
		expect(await openSessions(approver.personId)).toEqual([])
		await expect(
			finishSignIn(app.deps, { challengeId, response: app.answerOf(approver) }),
		).rejects.toMatchObject({ code: 'PASSKEY_REVOKED' })
	})
})
