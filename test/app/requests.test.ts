import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eq, sql } from 'drizzle-orm'
import { endOwnAbsence, recordAbsence, showStandIns } from '#app/services/access/absences.server.ts'
import { amendRequest, giveInformation } from '#app/services/access/amend-request.server.ts'
import { askInformation } from '#app/services/access/ask-information.server.ts'
import { decideMany, prepareDecisions } from '#app/services/access/decide-many.server.ts'
import {
	decideRequest,
	prepareDecision,
	type DecisionForm,
} from '#app/services/access/decide-request.server.ts'
import { keepLostForm, keepRequestDraft } from '#app/services/access/drafts.server.ts'
import { fileRequest, type RequestForm } from '#test/app/file-one.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showRequestForm } from '#app/services/access/list-requests.server.ts'
import { showQueue } from '#app/services/access/queue.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { withdrawRequest } from '#app/services/access/end-access.server.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { insertCharterVersion } from '#db/queries/charter.ts'
import { appointments, decisions, grants, requests } from '#db/schema/index.ts'
import { signInAs, toldTo } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
const HOUR = 3_600_000
const id = (persona: string) => app.actor(persona).personId
const db = () => app.deps.database.db

async function putIntoForce(version: number, change: (yaml: string) => string): Promise<void> {
	const yaml = change(sampleTexts().charterYaml).replace(/version: \d+/, `version: ${version}`)
	const { charter, textSha256 } = readCharter(yaml)
	await app.deps.database.withTx((tx) =>
		insertCharterVersion(tx, {
			id: app.deps.newId(),
			charterId: charter.charter.id,
			version,
			yaml,
			textSha256,
			inForceFrom: app.clock.now(),
			entryId: app.deps.newId(),
		}),
	)
}

/** Security reader: both decide at one stage. Helpdesk: one stage that escalates; may be asked for somebody else. */
const withGroups = (yaml: string) => {
	const [before = '', rest = ''] = yaml.split(/(?=\n {2}security-reader:)/)
	const [reader = '', after = ''] = rest.split(/(?=\n {2}user-administrator:)/)
	const stages = /stages:\n(?: {8}- .*\n)+/
	return (
		before
			.replace(
				stages,
				'stages:\n        - { from: duty-officer, quorum: 1, within: PT4H, escalation: { after: PT2H, to: data-owner } }\n',
			)
			.replace('requestedBy: [operator]', 'requestedBy: [operator]\n      benefits: [operator]') +
		reader.replace(
			stages,
			'stages:\n        - { from: duty-officer, quorum: 1, alongside: [{ from: data-owner, quorum: 1 }], within: PT4H }\n',
		) +
		after
	)
}

beforeAll(async () => {
	app = await createTestApp()
	await putIntoForce(2, withGroups)
})
afterAll(async () => {
	await app.stop()
})

const file = (role: string, persona = 'operator', more: Partial<RequestForm> = {}) =>
	fileRequest(app.deps, app.actor(persona), {
		role,
		reason: 'Lock the accounts of a phishing wave',
		ticket: 'CHG-20417',
		durationSeconds: 3600,
		...more,
	})
async function decide(requestId: string, persona: string, more: Partial<DecisionForm> = {}) {
	const actor = app.actor(persona)
	const form = { requestId, verdict: 'approve' as const, reason: '', ...more }
	const { challengeId } = await prepareDecision(app.deps, actor, form)
	return decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
}
const withdraw = (requestId: string, persona = 'operator') =>
	withdrawRequest(app.deps, app.actor(persona), requestId)
const see = (requestId: string, persona = 'operator') => showRequest(app.deps, app.actor(persona), requestId)
const kindsOf = async (requestId: string) => {
	const { rows } = await app.deps.database.pool.query<{ kind: string }>(
		`select kind from (select id, kind, leaf from ledger_pending union all select id, kind, leaf from ledger_entries) e
			where convert_from(leaf, 'UTF8')::jsonb -> 'open' ->> 'requestId' = $1 order by id`,
		[requestId],
	)
	return rows.map(({ kind }) => kind)
}

describe('filing', () => {
	test.each([
		['a ticket of another form', { ticket: 'phone call' }, 'TICKET_MALFORMED'],
		['longer than the cap', { durationSeconds: 9 * 3600 }, 'DURATION_TOO_LONG'],
		['shorter than Entra takes', { durationSeconds: 60 }, 'DURATION_TOO_SHORT'],
		['a start that has passed', { startAt: -HOUR }, 'START_PAST'],
		['a start too far ahead', { startAt: 31 * 24 * HOUR }, 'START_TOO_FAR'],
		['a role that the charter in force has not', { role: 'ghost' }, 'ROLE_NOT_REQUESTABLE'],
		['a form shown under another version', { charterVersion: 1 }, 'CHARTER_SUPERSEDED'],
	])('%s is refused, and nothing is filed', async (_, change, code) => {
		const {
			startAt,
			role = 'user-administrator',
			...more
		} = change as Partial<RequestForm> & {
			startAt?: number
		}
		const start = startAt === undefined ? {} : { startAt: new Date(app.clock.now().getTime() + startAt) }
		const before = await db().$count(requests)
		await expect(file(role, 'operator', { ...more, ...start })).rejects.toMatchObject({ code })
		expect(await db().$count(requests)).toBe(before)
	})

	test('a form that is sent twice, one after the other or at once, files one request', async () => {
		const filingKey = app.deps.newId()
		const both = await Promise.all([
			file('user-administrator', 'operator', { filingKey }),
			file('user-administrator', 'operator', { filingKey }),
		])
		expect(new Set(both).size).toBe(1)
		const [requestId = ''] = both
		expect(await file('user-administrator', 'operator', { filingKey })).toBe(requestId)
		await expect(file('security-reader', 'second-operator', { filingKey })).rejects.toMatchObject({
			code: 'DUPLICATE',
		})
		// Going back to the form of a request that was sent leads on to it.
		expect((await showRequestForm(app.deps, app.actor('operator'), filingKey)).filed).toEqual({
			path: `/requests/${requestId}`,
		})
		// Another tab with a form of its own.
		await expect(
			file('user-administrator', 'operator', { filingKey: app.deps.newId() }),
		).rejects.toMatchObject({ code: 'ALREADY_REQUESTED' })
		await withdraw(requestId)
	})

	test('what nobody could decide on is not filed, says which role comes up short, and the form says it before', async () => {
		const owners = await db().select().from(appointments).where(eq(appointments.role, 'data-owner'))
		const { pool } = app.owner
		await pool.query(`update appointments set retracted_at = now() where role = 'data-owner'`)
		try {
			await expect(file('user-administrator')).rejects.toMatchObject({
				code: 'QUORUM_UNREACHABLE',
				details: { role: 'Data owner', needed: 1, able: 0 },
			})
			const { roles } = await showRequestForm(app.deps, app.actor('operator'), null)
			const role = roles.find(({ key }) => key === 'user-administrator')
			expect(role?.gap).toEqual({ title: 'Data owner', needed: 1, able: 0 })
			expect(role?.stages.map(({ groups }) => groups[0]?.able)).toEqual([expect.any(Number) as number, 0])
		} finally {
			await pool.query(`update appointments set retracted_at = null where id = any($1)`, [
				owners.filter(({ retractedAt }) => retractedAt === null).map((row) => row.id),
			])
		}
	})

	test('a draft is kept with its form, also of somebody whose session was over when they sent it, and goes when it is filed', async () => {
		const operator = app.actor('operator')
		const key = app.deps.newId()
		await keepRequestDraft(app.deps, operator, {
			key,
			fields: { role: 'security-reader', reason: 'Begun', intent: 'draft', charterVersion: '2' },
		})
		const form = await showRequestForm(app.deps, operator, key)
		expect(form.draft?.fields).toEqual({ role: 'security-reader', reason: 'Begun' })
		expect((await showRequestForm(app.deps, app.actor('second-operator'), key)).draft).toBeNull()

		const token = await signInAs(app, operator)
		app.clock.advance(13 * HOUR)
		const lost = app.deps.newId()
		const fields = { role: 'security-reader', reason: 'Typed before the session ended' }
		expect(await keepLostForm(app.deps, token, { key: lost, fields })).toBe(true)
		expect(await keepLostForm(app.deps, 'no such token', { key: lost, fields })).toBe(false)
		const found = await showRequestForm(app.deps, operator, lost)
		expect(found.draft?.fields.reason).toBe('Typed before the session ended')
		expect(found.drafts.map((draft) => draft.key)).toEqual([key])

		const requestId = await file('security-reader', 'operator', { filingKey: lost })
		expect((await showRequestForm(app.deps, operator, lost)).draft).toBeNull()
		await withdraw(requestId)
	})
})

describe('deciding', () => {
	test('two groups of one stage decide in any order, and the shortest that anybody gives is what is granted', async () => {
		const requestId = await file('security-reader')
		await expect(decide(requestId, 'data-owner', { grantedSeconds: 7200 })).rejects.toMatchObject({
			code: 'DURATION_LENGTHENED',
		})
		await expect(decide(requestId, 'data-owner', { grantedSeconds: 60 })).rejects.toMatchObject({
			code: 'DURATION_TOO_SHORT',
		})
		expect(await decide(requestId, 'data-owner', { grantedSeconds: 1800 })).toMatchObject({
			state: 'pending',
		})
		expect((await see(requestId)).stages[0]?.groups.map(({ seats }) => seats.length)).toEqual([0, 1])
		expect(await decide(requestId, 'duty-officer')).toMatchObject({ state: 'approved' })
		const [grant] = await db().select().from(grants).where(eq(grants.requestId, requestId))
		expect(grant?.context.durationMs).toBe(1_800_000)
		const told = await db().select().from(decisions).where(eq(decisions.requestId, requestId))
		expect(told.map(({ groupIndex, grantedSeconds }) => [groupIndex, grantedSeconds]).sort()).toEqual([
			[0, null],
			[1, 1800],
		])
	})

	test('a denial ends it, and its reason is what the requester reads', async () => {
		const requestId = await file('user-administrator')
		await decide(requestId, 'duty-officer', { verdict: 'deny', reason: 'The ticket names another system.' })
		const page = await see(requestId)
		expect(page.state).toBe('refused')
		expect(page.denial?.reason).toBe('The ticket names another system.')
	})

	test('a question is asked and answered on the request, and holds up nobody', async () => {
		const requestId = await file('user-administrator')
		const officer = app.actor('duty-officer')
		const decideBy = (await see(requestId)).stages[0]?.decideBy
		await expect(
			askInformation(app.deps, app.actor('operator'), { requestId, text: 'Own question' }),
		).rejects.toMatchObject({ code: 'OWN_REQUEST' })
		await askInformation(app.deps, officer, { requestId, text: 'Which accounts?' })
		expect(await see(requestId)).toMatchObject({ isAsked: true, mayAnswer: true })
		expect((await see(requestId, 'duty-officer')).mayAnswer).toBe(false)
		const told = await toldTo(app, app.actor('operator'))
		expect(told.map(({ kind }) => kind)).toContain('information_asked')
		await giveInformation(app.deps, app.actor('operator'), { requestId, text: 'Those of the wave.' })
		await expect(
			giveInformation(app.deps, app.actor('operator'), { requestId, text: 'And again.' }),
		).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
		const page = await see(requestId, 'duty-officer')
		expect(page.thread.map(({ kind, text }) => [kind, text])).toEqual([
			['question', 'Which accounts?'],
			['answer', 'Those of the wave.'],
		])
		expect(page.stages[0]?.decideBy).toBe(decideBy)
		expect(await kindsOf(requestId)).toEqual([
			'request.filed',
			'request.information_asked',
			'request.information_given',
		])
		await withdraw(requestId)
	})

	test('what the requester changes is decided anew, and a signature over what it was before counts for nothing', async () => {
		const requestId = await file('user-administrator')
		await decide(requestId, 'duty-officer')
		const owner = app.actor('data-owner')
		const prepared = await prepareDecision(app.deps, owner, { requestId, verdict: 'approve', reason: '' })
		const change = {
			requestId,
			reason: 'Lock the accounts, and reset them',
			ticket: 'CHG-20417',
			durationSeconds: 1800,
		}
		await expect(
			amendRequest(app.deps, app.actor('operator'), { ...change, ticket: 'none' }),
		).rejects.toMatchObject({ code: 'TICKET_MALFORMED' })
		await expect(amendRequest(app.deps, owner, change)).rejects.toMatchObject({ code: 'NOT_FOUND' })
		const before = (await see(requestId)).requestSha256
		await amendRequest(app.deps, app.actor('operator'), change)
		await expect(amendRequest(app.deps, app.actor('operator'), change)).rejects.toMatchObject({
			code: 'NOTHING_CHANGED',
		})
		const page = await see(requestId)
		expect(page).toMatchObject({ changes: 1, durationSeconds: 1800, grantedSeconds: 1800 })
		expect(page.requestSha256).not.toBe(before)
		expect(page.stages.map(({ status }) => status)).toEqual(['open', 'upcoming'])
		const told = await toldTo(app, app.actor('duty-officer'))
		expect(told.map(({ kind }) => kind)).toContain('approval_fell')
		await expect(
			decideRequest(app.deps, owner, {
				requestId,
				challengeId: prepared.challengeId,
				response: app.answerOf(owner),
			}),
		).rejects.toMatchObject({ code: 'STAGE_CLOSED' })
		// The same officer decides again, on what it is now.
		await decide(requestId, 'duty-officer')
		expect(await decide(requestId, 'data-owner')).toMatchObject({ state: 'approved' })
		expect(await kindsOf(requestId)).toContain('request.amended')
	})

	test('nothing is approved of a window that has passed', async () => {
		const startAt = new Date(app.clock.now().getTime() + HOUR)
		const filed = await file('exchange-administrator', 'operator', { startAt })
		const page = await see(filed)
		expect(page.startAt).toBe(startAt.toISOString())
		expect(page.stages[0]?.decideBy).toBe(new Date(startAt.getTime() + HOUR).toISOString())
		app.clock.advance(2 * HOUR)
		await expect(decide(filed, 'duty-officer')).rejects.toMatchObject({ code: 'TOO_LATE_TO_DECIDE' })
		await fireDueTimers(app.deps)
		expect((await see(filed)).state).toBe('timed_out')
	})
})

describe('deadlines', () => {
	test('remind whoever may decide, escalate, and let the other role decide from then on', async () => {
		const requestId = await file('helpdesk-administrator', 'second-operator')
		await expect(decide(requestId, 'data-owner')).rejects.toMatchObject({ code: 'INELIGIBLE' })
		app.clock.advance(2 * HOUR + 1000)
		await fireDueTimers(app.deps)
		await fireDueTimers(app.deps)
		expect(await kindsOf(requestId)).toEqual(
			expect.arrayContaining(['request.reminded', 'request.escalated']),
		)
		const told = await toldTo(app, app.actor('data-owner'))
		expect(told.filter(({ kind }) => kind === 'decision_escalated').map(({ code }) => code)).toEqual([
			'ESCALATED',
		])
		expect((await see(requestId, 'data-owner')).decide).toMatchObject({ allowed: true })
		expect(await decide(requestId, 'data-owner')).toMatchObject({ state: 'approved' })
		const [row] = await db().select().from(decisions).where(eq(decisions.requestId, requestId))
		expect(row).toMatchObject({ asRole: 'data-owner', groupIndex: 0 })
	})
})

describe('being away', () => {
	const inHours = (hours: number) => new Date(app.clock.now().getTime() + hours * HOUR)

	test('somebody named stands in where the charter lets them, is reminded instead, and cannot pass it on', async () => {
		const officer = app.actor('duty-officer')
		const fit = (await showStandIns(app.deps, officer)).map((person) => person.id)
		expect(fit).toContain(id('data-owner'))
		expect(fit).not.toContain(id('lapsed-duty-officer'))
		expect(fit).not.toContain(id('operator'))
		const away = (standInId: string | null, from = inHours(0), until = inHours(8)) =>
			recordAbsence(app.deps, officer, { from, until, standInId })
		await expect(away(id('operator'))).rejects.toMatchObject({ code: 'STAND_IN_UNFIT' })
		await expect(away(null, inHours(2), inHours(1))).rejects.toMatchObject({ code: 'ABSENCE_PERIOD' })
		const absenceId = await away(id('data-owner'))
		await expect(away(null, inHours(1), inHours(2))).rejects.toMatchObject({ code: 'ABSENCE_OVERLAPS' })

		const requestId = await file('helpdesk-administrator', 'operator')
		const page = await see(requestId)
		expect(page.stages[0]?.groups[0]?.canDecide.filter(({ awayUntil }) => awayUntil !== null)).toHaveLength(1)
		const queue = await showQueue(app.deps, app.actor('data-owner'), null)
		expect(queue.rows.find((row) => row.id === requestId)).toMatchObject({ inPlaceOf: true })
		// The one who stands in has named nobody, and whom they name would stand in for them alone.
		await decide(requestId, 'data-owner')
		const [row] = await db().select().from(decisions).where(eq(decisions.requestId, requestId))
		expect(row?.envelope).toMatchObject({ escalated: true, absenceId })
		await endOwnAbsence(app.deps, officer, absenceId)
		const next = await file('security-reader', 'second-operator')
		await withdraw(next, 'second-operator')
	})
})

describe('for somebody else', () => {
	test('neither whom it benefits nor who filed it decides, and both can see it', async () => {
		const beneficiaryId = id('second-operator')
		await expect(
			file('helpdesk-administrator', 'operator', { beneficiaryId: id('auditor') }),
		).rejects.toMatchObject({ code: 'INELIGIBLE' })
		const open = await db()
			.select({ id: requests.id })
			.from(requests)
			.where(sql`${requests.requesterId} = ${beneficiaryId} and ${requests.state} = 'pending'`)
		expect(open).toEqual([])
		await app.owner.pool.query(`update grants set state = 'ended' where person_id = $1`, [beneficiaryId])
		const requestId = await file('helpdesk-administrator', 'operator', { beneficiaryId })
		expect(await see(requestId, 'operator')).toMatchObject({ filedBy: expect.any(String) as string })
		expect((await see(requestId, 'second-operator')).mayWithdraw).toBe(true)
		for (const persona of ['operator', 'second-operator'])
			await expect(decide(requestId, persona)).rejects.toMatchObject({ code: 'OWN_REQUEST' })
		expect(await decide(requestId, 'duty-officer')).toMatchObject({ state: 'approved' })
		const [grant] = await db().select().from(grants).where(eq(grants.requestId, requestId))
		expect(grant?.personId).toBe(beneficiaryId)
	})
})

describe('the queue', () => {
	test('shows what may be decided by deadline, page by page, and several are decided in one ceremony', async () => {
		await app.owner.pool.query(`update grants set state = 'ended'`)
		const one = await file('security-reader', 'operator')
		app.clock.advance(60_000)
		const two = await file('security-reader', 'second-operator')
		const other = await file('user-administrator', 'operator')
		const officer = app.actor('duty-officer')
		const queue = await showQueue(app.deps, officer, null)
		const ids = queue.rows.map((row) => row.id)
		expect(ids.indexOf(one)).toBeLessThan(ids.indexOf(two))
		const deadlines = queue.rows.map(({ deadline }) => deadline ?? '')
		expect(deadlines).toEqual([...deadlines].sort())
		const others = (await showQueue(app.deps, app.actor('data-owner'), null)).rows.map((row) => row.id)
		expect(others).toEqual(expect.arrayContaining([one, two]))
		expect(others).not.toContain(other)

		const both = [one, two].map((requestId) => ({ requestId, verdict: 'approve' as const }))
		await expect(
			prepareDecisions(app.deps, officer, {
				choices: [...both, { requestId: other, verdict: 'approve' }],
				reason: '',
			}),
		).rejects.toMatchObject({ code: 'NOT_OF_ONE_KIND' })
		const { challengeId, envelope } = await prepareDecisions(app.deps, officer, { choices: both, reason: '' })
		expect(envelope.decisions.map(({ requestId }) => requestId)).toEqual([one, two])
		const done = await decideMany(app.deps, officer, { challengeId, response: app.answerOf(officer) })
		expect(done.map(({ state }) => state)).toEqual(['pending', 'pending'])
		expect(new Set(done.map(({ entryId }) => entryId)).size).toBe(2)
		const told = await db()
			.select({ requestId: decisions.requestId, envelope: decisions.envelope })
			.from(decisions)
			.where(sql`${decisions.requestId} in (${one}, ${two})`)
		expect(told).toHaveLength(2)
		for (const each of told) expect(each.envelope).toEqual(envelope)
		const left = (await showQueue(app.deps, officer, null)).rows.map((row) => row.id)
		expect(left).not.toContain(one)
		// A signature is used up with its first use.
		await expect(
			decideMany(app.deps, officer, { challengeId, response: app.answerOf(officer) }),
		).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' })
	})

	test('where one of several has been decided meanwhile, none of them is', async () => {
		const pending = (await showQueue(app.deps, app.actor('data-owner'), null)).rows.filter(
			({ role }) => role.key === 'security-reader',
		)
		expect(pending.length).toBe(2)
		const owner = app.actor('data-owner')
		const { challengeId } = await prepareDecisions(app.deps, owner, {
			choices: pending.map((row) => ({ requestId: row.id, verdict: 'approve' as const })),
			reason: '',
		})
		await withdraw(
			pending[1]?.id ?? '',
			pending[1]?.requester.id === id('operator') ? 'operator' : 'second-operator',
		)
		await expect(
			decideMany(app.deps, owner, { challengeId, response: app.answerOf(owner) }),
		).rejects.toMatchObject({ code: 'STAGE_CLOSED' })
		expect((await see(pending[0]?.id ?? '', 'data-owner')).state).toBe('needs_you')
	})
})
