import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import {
	draftAmendment,
	editAmendment,
	proposeAmendment,
	withdrawAmendment,
} from '#app/services/amendments/draft-amendment.server.ts'
import { findImpact } from '#app/services/amendments/find-impact.server.ts'
import { rejudgeOpen } from '#app/services/amendments/rejudge-open.server.ts'
import { prepareAmendment, signAmendment } from '#app/services/amendments/sign-amendment.server.ts'
import { exportChanges, showChanges } from '#app/services/amendments/show-impact.server.ts'
import { withVersion } from '#app/services/amendments/splice-charter.ts'
import { loadAmendment } from '#db/queries/amendments.ts'
import {
	amendments,
	appointments,
	charterVersions,
	citizenships,
	clearances,
	facilityAuthorisations,
	grants,
	ledgerPending,
	people,
	requests,
	timers,
} from '#db/schema/index.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
let jobs: OutwardCommand[]

beforeEach(async () => {
	app = await createTestApp()
	jobs = []
	app.deps.enqueue = (_, commands) => {
		jobs.push(...commands)
		return Promise.resolve()
	}
})
afterEach(async () => {
	await app.stop()
})

const REASON = 'Accounts of the directory are run with Ü3 only from now on.'
const owner = () => app.actor('charter-owner')
const second = () => app.actor('second-charter-owner')
const db = () => app.deps.database.db

/** The charter in force as the next version, with one passage replaced; the passage must be there. */
async function nextText(passage: string | RegExp, instead: string): Promise<string> {
	const { yaml, charterId, version } = await app.deps.charters.inForce(db())
	const changed = yaml.replace(passage, instead)
	if (changed === yaml) throw new Error('The passage to replace is not in the charter.')
	return withVersion(changed, { id: charterId, version: version + 1 })
}

/** Operators cleared below Ü3 lose the user administrator; everybody keeps the other roles. */
const withU3 = () =>
	nextText(/(user-administrator:[\s\S]*?clearance: \{ anyOf: )\[[^\]]*\]/, '$1[{ scheme: DE, level: U3 }]')
/** One who is a charter owner must be French: nobody is left. */
const lockingOut = () => nextText(/(charter-owner:[\s\S]*?citizenship: \{ anyOf: \[)DE\]/, '$1FR]')

const draft = (yaml: string, inForceFrom: string | null = null) =>
	draftAmendment(app.deps, owner(), { yaml, reason: REASON, inForceFrom })

async function sign(amendmentId: string, actor: Actor, verdict: 'sign' | 'reject' = 'sign') {
	const { challengeId } = await prepareAmendment(app.deps, actor, { amendmentId, verdict, reason: '' })
	return signAmendment(app.deps, actor, { amendmentId, challengeId, response: app.answerOf(actor) })
}

async function proposed(yaml: string, inForceFrom: string | null = null): Promise<string> {
	const id = await draft(yaml, inForceFrom)
	await proposeAmendment(app.deps, owner(), id)
	return id
}

const stateOf = async (id: string) => (await loadAmendment(db(), id)).row.state
const versionInForce = async () => (await app.deps.charters.inForce(db())).version
const file = (role = 'user-administrator') =>
	fileRequest(app.deps, app.actor('operator'), {
		role,
		reason: 'Lock the accounts',
		ticket: 'CHG-20417',
		durationSeconds: 1800,
	})
async function approve(requestId: string, persona: string) {
	const actor = app.actor(persona)
	const { challengeId } = await prepareDecision(app.deps, actor, {
		requestId,
		verdict: 'approve',
		reason: '',
	})
	return decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
}
const kinds = async () =>
	(await db().select({ kind: ledgerPending.kind }).from(ledgerPending)).map(({ kind }) => kind)

describe('a draft', () => {
	test('keeps comments and takes only the next version of the same charter', async () => {
		const yaml = await withU3()
		expect(yaml).toContain('# Where people may work from.')
		const { row } = await loadAmendment(db(), await draft(yaml))
		expect(row).toMatchObject({ state: 'draft', version: 2, yaml })
		const wrong = withVersion(yaml, { id: 'btr-charter', version: 3 })
		await expect(draft(wrong)).rejects.toMatchObject({ code: 'AMENDMENT_VERSION', details: { version: 2 } })
	})

	test('that is no charter, or says nothing new, is refused and nothing is stored', async () => {
		const broken = await nextText('quorum: 1, within: PT4H', 'quorum: 0, within: PT4H')
		await expect(draft(broken)).rejects.toMatchObject({
			code: 'CHARTER_INVALID',
			details: {
				problems: [{ line: expect.any(Number) as number, path: expect.stringContaining('quorum') as string }],
			},
		})
		const comment = await nextText('# Where people may work from.', '# Where people work.')
		await expect(draft(comment)).rejects.toMatchObject({ code: 'NOTHING_CHANGED' })
		await expect(draft(await withU3(), '2020-01-01T00:00:00.000Z')).rejects.toMatchObject({
			code: 'AMENDMENT_LATE',
		})
		expect(await kinds()).not.toContain('amendment.drafted')
	})

	test.each<[string, (yaml: string) => string, RegExp]>([
		[
			'a circle in the separation of duty',
			(yaml) =>
				yaml.replace('neverAcross:', 'neverAcross:\n    - { requests: duty-officer, approves: operator }'),
			/circle/,
		],
		[
			'an unknown scheme',
			(yaml) => yaml.replace('scheme: NATO', 'scheme: OTAN'),
			/No clearance scheme is called OTAN/,
		],
		['an unknown level', (yaml) => yaml.replace('level: U3', 'level: U4'), /has no such level as U4/],
		[
			'an equivalence without an agreement',
			(yaml) =>
				yaml.replace(
					'clearance: { anyOf: [{ scheme: DE, level: U3 }] }',
					'clearance: { anyOf: [{ scheme: DE, level: U3 }], acceptEquivalent: [{ scheme: FR, level: TS }] }',
				),
			/agreement/,
		],
		[
			'a facility outside the jurisdiction',
			(yaml) => yaml.replace('country: DE\n    city: Bonn', 'country: FR\n    city: Bonn'),
			/outside the jurisdiction DE/,
		],
		[
			'a stage whose approvers cannot exist',
			(yaml) =>
				yaml.replace('from: duty-officer, quorum: 1, within: PT4H', 'from: auditor, quorum: 1, within: PT4H'),
			/Holders of auditor cannot decide/,
		],
		[
			'networks of two facilities that overlap',
			(yaml) => yaml.replace('networks: [10.40.0.0/17]', 'networks: [10.20.128.0/17]'),
			/overlaps 10\.20\.0\.0\/16/,
		],
		['an unknown key', (yaml) => yaml.replace('citizenship:', 'citizenships:'), /citizenships/],
		[
			'a YAML bomb',
			(yaml) =>
				`${yaml}\na: &a [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `${'bcdefghij'[i] ?? ''}: &${'bcdefghij'[i] ?? ''} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[i] ?? ''}`).join(', ')}]`).join('\n')}`,
			/aliases/,
		],
		['ten megabytes', (yaml) => `${yaml}\n# ${'x'.repeat(10_000_000)}`, /at most 1000000 bytes/],
	])('with %s is refused with its place and what to do, and nothing is stored', async (_, spoil, said) => {
		const { yaml, charterId, version } = await app.deps.charters.inForce(db())
		const good = withVersion(yaml, { id: charterId, version: version + 1 })
		const bad = spoil(good)
		expect(bad).not.toBe(good)
		await expect(draft(bad)).rejects.toMatchObject({
			code: 'CHARTER_INVALID',
			details: {
				problems: expect.arrayContaining([
					expect.objectContaining({
						line: expect.any(Number) as number,
						column: expect.any(Number) as number,
						message: expect.stringMatching(said) as string,
					}),
				]) as object[],
			},
		})
		expect(await db().select().from(amendments)).toEqual([])
		expect(await kinds()).not.toContain('amendment.drafted')
	})

	test('is changed by whoever saw its last state, and only while it is a draft', async () => {
		const id = await draft(await withU3())
		const form = {
			yaml: await nextText('maximumDuration: PT8H', 'maximumDuration: PT6H'),
			reason: REASON,
			inForceFrom: null,
		}
		await editAmendment(app.deps, second(), id, { ...form, lockVersion: 1 })
		await expect(editAmendment(app.deps, owner(), id, { ...form, lockVersion: 1 })).rejects.toMatchObject({
			code: 'STALE_VERSION',
		})
		await proposeAmendment(app.deps, owner(), id)
		await expect(editAmendment(app.deps, owner(), id, { ...form, lockVersion: 3 })).rejects.toMatchObject({
			code: 'ILLEGAL_TRANSITION',
		})
	})

	test('is for charter owners', async () => {
		const yaml = await withU3()
		await expect(
			draftAmendment(app.deps, app.actor('security-officer'), { yaml, reason: REASON, inForceFrom: null }),
		).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})
})

describe('the lockout guard', () => {
	test('refuses an amendment that leaves fewer than two people who could amend', async () => {
		const id = await draft(await lockingOut())
		await expect(proposeAmendment(app.deps, owner(), id)).rejects.toMatchObject({
			code: 'CHARTER_LOCKOUT',
			details: { owners: 0, needed: 2 },
		})
		expect(await stateOf(id)).toBe('draft')
	})

	test('stops a signed one that would lock out by the time it enters', async () => {
		const at = new Date(app.clock.now().getTime() + 86_400_000).toISOString()
		const id = await proposed(
			// Holds today: both owners are cleared at U2. It asks for more time left than there will be tomorrow.
			await nextText(
				/(charter-owner:[\s\S]*?clearance: \{ anyOf: \[\{ scheme: DE, level: U2 \}\])/,
				'$1, minimumRemaining: P1824D',
			),
			at,
		)
		await sign(id, owner())
		expect(await sign(id, second())).toEqual({ state: 'signed' })
		app.clock.advance(30 * 86_400_000)
		await fireDueTimers(app.deps)
		expect(await stateOf(id)).toBe('stopped')
		expect(await versionInForce()).toBe(1)
	})
})

describe('signing', () => {
	test('two distinct charter owners put it into force at once, and the version before is superseded', async () => {
		const first = await proposed(await withU3())
		expect(await sign(first, owner())).toEqual({ state: 'proposed' })
		await expect(sign(first, owner())).rejects.toMatchObject({ code: 'ALREADY_SIGNED' })
		await expect(sign(first, app.actor('data-owner'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
		expect(await sign(first, second())).toEqual({ state: 'inForce' })
		expect(await versionInForce()).toBe(2)
		expect(jobs.map(({ type }) => type)).toEqual(['charter.rejudge'])

		const next = await proposed(await nextText('maximumDuration: PT8H', 'maximumDuration: PT6H'))
		await sign(next, second())
		await sign(next, owner())
		expect([await stateOf(first), await stateOf(next)]).toEqual(['superseded', 'inForce'])
		const rows = await db().select().from(charterVersions)
		expect(rows.map(({ version }) => version).sort()).toEqual([1, 2, 3])
		expect(await kinds()).toContain('amendment.decided')
	})

	test('two last signatures at once: one amendment, one version', async () => {
		const id = await proposed(await withU3())
		const outcomes = await Promise.allSettled([sign(id, owner()), sign(id, second())])
		expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
		expect(await stateOf(id)).toBe('inForce')
		expect(await db().select().from(charterVersions)).toHaveLength(2)
	})

	test('a set time is kept: in force then and not before', async () => {
		const at = new Date(app.clock.now().getTime() + 3_600_000).toISOString()
		const id = await proposed(await withU3(), at)
		await sign(id, owner())
		expect(await sign(id, second())).toEqual({ state: 'signed' })
		await fireDueTimers(app.deps)
		expect(await versionInForce()).toBe(1)
		app.clock.advance(3_600_001)
		await fireDueTimers(app.deps)
		expect([await stateOf(id), await versionInForce()]).toEqual(['inForce', 2])
		expect(await db().select().from(timers)).toEqual([])
	})

	test('silence lets it lapse; one rejection or its drafter ends it', async () => {
		const lapsing = await proposed(await withU3())
		app.clock.advance(31 * 86_400_000)
		await fireDueTimers(app.deps)
		expect(await stateOf(lapsing)).toBe('lapsed')
		const rejected = await proposed(await withU3())
		await expect(withdrawAmendment(app.deps, second(), rejected)).rejects.toMatchObject({ code: 'FORBIDDEN' })
		expect(await sign(rejected, second(), 'reject')).toEqual({ state: 'rejected' })
		const withdrawn = await proposed(await withU3())
		await withdrawAmendment(app.deps, owner(), withdrawn)
		expect(await stateOf(withdrawn)).toBe('withdrawn')
		expect(await versionInForce()).toBe(1)
	})

	test('one at a time waits, and a draft of an older version must be looked at again', async () => {
		const id = await proposed(await withU3())
		const yaml = await nextText('maximumDuration: PT8H', 'maximumDuration: PT6H')
		const other = await draft(yaml)
		await expect(proposeAmendment(app.deps, second(), other)).rejects.toMatchObject({
			code: 'AMENDMENT_OPEN',
		})
		await sign(id, owner())
		await sign(id, second())
		await expect(proposeAmendment(app.deps, second(), other)).rejects.toMatchObject({
			code: 'AMENDMENT_OUTDATED',
		})
		await editAmendment(app.deps, second(), other, {
			yaml: withVersion(yaml, { id: 'btr-charter', version: 3 }),
			reason: REASON,
			inForceFrom: null,
			lockVersion: 1,
		})
		await proposeAmendment(app.deps, second(), other)
		expect(await stateOf(other)).toBe('proposed')
	})
})

describe('impact', () => {
	test('names who loses what and why, and what ends, before anybody signs', async () => {
		const requestId = await file()
		const id = await draft(await withU3())
		const { row } = await loadAmendment(db(), id)
		const { summary, endings, changes } = await findImpact(app.deps, row)
		expect(summary.roles.find(({ role }) => role === 'user-administrator')).toMatchObject({
			gains: 0,
			reasons: [{ code: 'CLEARANCE' }],
		})
		expect([...changes()]).toContainEqual({
			personId: app.actor('operator').personId,
			role: 'user-administrator',
			change: 'loses',
			reasons: ['CLEARANCE'],
		})
		expect(endings).toEqual([{ requestId, isPending: true, reasons: ['CLEARANCE'] }])
		expect(summary.owners).toMatchObject({ before: 2, after: 2, needed: 2 })
	})
})

describe('the list of who gains and loses', () => {
	const MANY = 1200

	/** So many operators cleared at U2: each of them loses the user administrator under U3. */
	async function hire(): Promise<void> {
		const since = new Date('2020-01-01T00:00:00.000Z')
		const hired = Array.from({ length: MANY }, (_, i) => ({
			id: app.deps.newId(),
			displayName: `Operator ${String(i).padStart(4, '0')}`,
			userPrincipalName: `operator-${i}@btr.example`,
			entraObjectId: app.deps.newId(),
			employer: 'Bundestaxrechenzentrum',
			createdAt: since,
		}))
		const fact = ({ id }: { id: string }) => ({
			id: app.deps.newId(),
			personId: id,
			validFrom: since,
			validUntil: null,
			recordedAt: since,
			evidence: 'test',
		})
		await app.deps.database.withTx(async (tx) => {
			await tx.insert(people).values(hired)
			await tx.insert(citizenships).values(hired.map((one) => ({ ...fact(one), country: 'DE' })))
			await tx.insert(appointments).values(hired.map((one) => ({ ...fact(one), role: 'operator' })))
			await tx
				.insert(facilityAuthorisations)
				.values(hired.map((one) => ({ ...fact(one), facility: 'berlin-control-room' })))
			await tx.insert(clearances).values(
				hired.map((one) => ({
					...fact(one),
					scheme: 'DE',
					level: 'U2',
					issuer: 'BfV',
					state: 'granted' as const,
				})),
			)
		})
	}

	test('is in order of name, shows the first of a great many, finds one, and exports them all', async () => {
		await hire()
		const id = await draft(await withU3())
		const loses = { role: 'user-administrator', change: 'loses' as const }
		const all = await showChanges(app.deps, owner(), id, loses)
		expect(all.total).toBeGreaterThanOrEqual(MANY)
		expect(all.rows).toHaveLength(500)
		const names = all.rows.map(({ person }) => person.name)
		expect(names).toEqual([...names].sort())
		const one = await showChanges(app.deps, owner(), id, { ...loses, search: 'operator 0777' })
		expect(one.rows).toEqual([
			{
				person: { id: expect.any(String) as string, name: 'Operator 0777' },
				role: { key: 'user-administrator', title: 'User administrator' },
				change: 'loses',
				reasons: ['CLEARANCE'],
			},
		])
		expect((await showChanges(app.deps, owner(), id, { reason: 'TRAINING' })).total).toBe(0)
		// A percent sign is looked for, not taken for anything.
		expect((await showChanges(app.deps, owner(), id, { search: '%' })).total).toBe(0)
		const lines = (await exportChanges(app.deps, owner(), id, loses)).trimEnd().split('\r\n')
		expect(lines).toHaveLength(all.total + 1)
		expect(lines[0]).toBe('person_id,person_name,role,role_title,change,failing_clauses,judged_at_utc')
		expect(lines.filter((line) => line.includes(',Operator '))).toHaveLength(MANY)
		expect(await kinds()).toContain('record.exported')
	})
})

describe('entering into force', () => {
	const enter = async (yaml: string) => {
		const id = await proposed(yaml)
		await sign(id, owner())
		await sign(id, second())
		const job = jobs.find(({ type }) => type === 'charter.rejudge')
		return job?.type === 'charter.rejudge' ? job.charterVersionId : ''
	}

	test('voids the requests that no longer hold, keeps the others, and says so in the record', async () => {
		const falls = await file()
		const stays = await file('helpdesk-administrator')
		await rejudgeOpen(app.deps, await enter(await withU3()))
		const states = new Map(
			(await db().select().from(requests)).map(({ id, state, context }) => [
				id,
				{ state, by: context.voidedBy },
			]),
		)
		expect(states.get(falls)).toEqual({ state: 'voided', by: 'CLEARANCE' })
		expect(states.get(stays)).toEqual({ state: 'pending', by: null })
		expect(await kinds()).toEqual(expect.arrayContaining(['request.voided', 'charter.rejudged']))
	})

	test('begins to end the accesses that no longer hold, with the removal queued in the same step', async () => {
		const requestId = await file()
		await approve(requestId, 'duty-officer')
		await approve(requestId, 'data-owner')
		const [grant] = await db().select().from(grants)
		await provisionGrant(app.deps, grant?.id ?? '')
		expect((await db().select().from(grants))[0]?.state).toBe('active')
		await rejudgeOpen(app.deps, await enter(await withU3()))
		const [after] = await db().select().from(grants)
		expect(after).toMatchObject({ state: 'removing', context: { cause: 'charter' } })
		expect(jobs).toContainEqual({ type: 'grant.remove', grantId: grant?.id })
		// Once more: nothing is left to do.
		const before = await kinds()
		await rejudgeOpen(
			app.deps,
			(await db().select().from(charterVersions).where(eq(charterVersions.version, 2)))[0]?.id ?? '',
		)
		expect((await kinds()).length).toBe(before.length + 1)
	})

	test('nobody approves under the version it was filed under what the one in force denies', async () => {
		const requestId = await file()
		await enter(await withU3())
		await expect(approve(requestId, 'duty-officer')).rejects.toMatchObject({ code: 'INELIGIBLE' })
	})

	test('an approved access that was not sent yet is not sent any more', async () => {
		const requestId = await file()
		await approve(requestId, 'duty-officer')
		await approve(requestId, 'data-owner')
		await enter(await withU3())
		const [grant] = await db().select().from(grants)
		await provisionGrant(app.deps, grant?.id ?? '')
		expect((await db().select().from(grants))[0]).toMatchObject({
			state: 'voided',
			context: { cause: 'charter', startsAt: null },
		})
	})

	test('a request whose stages or target change is voided: it was to be decided by other rules', async () => {
		const requestId = await file()
		const yaml = await nextText(/(user-administrator:[\s\S]*?duty-officer, quorum: )1/, '$12')
		await rejudgeOpen(app.deps, await enter(yaml))
		const [row] = await db().select().from(requests).where(eq(requests.id, requestId))
		expect(row).toMatchObject({ state: 'voided', context: { voidedBy: 'APPROVAL_CHANGED' } })
	})
})
