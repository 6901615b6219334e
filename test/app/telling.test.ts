import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openMail, type MailSettings } from '#app/integrations/mail.server.ts'
import { sandboxCertificates, type Certificates } from '#app/sandbox/tenant/certificates.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { withdrawRequest } from '#app/services/access/end-access.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { putAllAway, putAway, showInbox } from '#app/services/notify/inbox.server.ts'
import { lookAhead } from '#app/services/notify/look-ahead.server.ts'
import { notify, type Telling } from '#app/services/notify/notify.server.ts'
import { planMails } from '#app/services/notify/plan-mails.server.ts'
import { changePreferences } from '#app/services/notify/preferences.server.ts'
import { MAIL_LEASE_MS, sendMails } from '#app/services/notify/send-mails.server.ts'
import { resendMail, showDelivery } from '#app/services/notify/show-delivery.server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { exportPerson } from '#app/services/people/export-person.server.ts'
import { findRequest } from '#db/queries/requests.ts'
import { DEFAULT_PREFERENCES } from '#workflows/notify/plan-mail.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { startMailServer, type MailServer } from '#test/fakes/mail-server.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
let app: TestApp
let certificates: Certificates
let server: MailServer

const settings = (more: Partial<MailSettings> = {}): MailSettings => ({
	host: 'localhost',
	port: server.port,
	isImplicit: false,
	isPlain: false,
	user: null,
	password: null,
	caPem: certificates.caPem,
	from: 'Charterkeep <access@agency.example>',
	timeoutMs: 5000,
	...more,
})

beforeAll(async () => {
	app = await createTestApp()
	certificates = await sandboxCertificates(join(app.folder, 'mail'), app.clock.now())
})
afterAll(() => app.stop())
beforeEach(async () => {
	await app.owner.pool.query(
		'truncate notices, mails, notice_preferences, mail_server; delete from timers; delete from webhook_deliveries',
	)
	await app.owner.pool.query(
		`update requests set state = 'withdrawn', context = context || '{"closedAt": "2026-01-01T00:00:00.000Z"}' where state = 'pending'`,
	)
	await app.owner.pool.query(`update grants set state = 'ended' where state <> 'ended'`)
	server = await startMailServer({ certificate: certificates.server })
	app.deps.telling.mail = openMail(settings())
})
afterEach(() => server.stop().catch(() => undefined))

const REASON = 'Lock the accounts of Mallory'
const file = (role = 'user-administrator') =>
	fileRequest(app.deps, app.actor('operator'), {
		role,
		reason: REASON,
		ticket: 'CHG-20417',
		durationSeconds: 3600,
	})
async function decide(requestId: string, persona: string, verdict: 'approve' | 'deny' = 'approve') {
	const actor = app.actor(persona)
	const reason = verdict === 'deny' ? 'Not without a change window' : ''
	const { challengeId } = await prepareDecision(app.deps, actor, { requestId, verdict, reason })
	return decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
}
async function work(): Promise<void> {
	await planMails(app.deps)
	await sendMails(app.deps)
}
const inbox = async (persona: string) =>
	(await showInbox(app.deps, app.actor(persona), { isSeen: false, before: null })).notices
const kindsOf = async (persona: string) => (await inbox(persona)).map(({ kind }) => kind)
const numberOf = async (requestId: string) => (await findRequest(app.deps.database.db, requestId)).number
const addressOf = async (persona: string) => {
	const { rows } = await app.owner.pool.query<{ upn: string }>(
		'select user_principal_name as upn from people where id = $1',
		[app.actor(persona).personId],
	)
	return rows[0]?.upn ?? ''
}
const mailRows = async () =>
	(
		await app.owner.pool.query<{ state: string; code: string | null; failures: number }>(
			'select state, code, failures from mails order by made_at, id',
		)
	).rows
const tell = (more: Partial<Telling> & Pick<Telling, 'kind'>) =>
	app.deps.database.withTx((tx) =>
		notify(tx, app.deps, {
			to: [app.actor('operator').personId],
			about: { type: 'delivery', id: null },
			at: app.clock.now(),
			...more,
		}),
	)

describe('people are told in the step that causes it', () => {
	test('a request tells those who can decide, each stage in turn, and the requester what came of it', async () => {
		const requestId = await file()
		expect(await inbox('duty-officer')).toMatchObject([
			{ kind: 'decision_needed', path: `/requests/${requestId}`, role: 'User administrator', outdated: null },
		])
		expect(await kindsOf('data-owner')).toEqual([])
		expect(await kindsOf('lapsed-duty-officer')).toEqual([])
		await decide(requestId, 'duty-officer')
		expect(await kindsOf('data-owner')).toEqual(['decision_needed'])
		expect(await inbox('duty-officer')).toMatchObject([{ outdated: 'YOU_DECIDED' }])
		expect(await inbox('second-duty-officer')).toMatchObject([{ outdated: 'STAGE_OVER' }])
		await decide(requestId, 'data-owner')
		expect(await kindsOf('operator')).toEqual(['request_approved'])
	})

	test('a refusal and silence are told as well', async () => {
		await decide(await file(), 'duty-officer', 'deny')
		await file()
		app.clock.advance(5 * HOUR)
		await fireDueTimers(app.deps)
		expect(await kindsOf('operator')).toEqual(['request_timed_out', 'request_denied'])
	})

	test('what is undone was told to nobody', async () => {
		await expect(
			app.deps.database.withTx(async (tx) => {
				await notify(tx, app.deps, {
					kind: 'finding',
					to: [app.actor('operator').personId],
					about: { type: 'finding', id: null },
					at: app.clock.now(),
				})
				throw new Error('undone')
			}),
		).rejects.toThrow('undone')
		expect(await kindsOf('operator')).toEqual([])
	})

	test('everybody with a duty is told once, but for whoever did it, and under a name never again', async () => {
		const alarm = {
			kind: 'finding',
			to: [{ duty: 'security_officer' }, app.actor('security-officer').personId],
			except: app.actor('second-security-officer').personId,
			once: 'finding:1',
		} as const
		await tell(alarm)
		await tell(alarm)
		expect(await kindsOf('security-officer')).toEqual(['finding'])
		expect(await kindsOf('second-security-officer')).toEqual([])
	})

	test('that an access ends soon, or a clearance lapses, comes by itself and once', async () => {
		const requestId = await file()
		await decide(requestId, 'duty-officer')
		await decide(requestId, 'data-owner')
		const now = app.clock.now().getTime()
		await app.owner.pool.query(
			`update grants set state = 'active', context = context || $1::jsonb where request_id = $2`,
			[
				JSON.stringify({
					startsAt: new Date(now - HOUR).toISOString(),
					endsAt: new Date(now + 10 * MINUTE).toISOString(),
				}),
				requestId,
			],
		)
		const clearedFor = (days: number) =>
			app.owner.pool.query(`update clearances set valid_until = $1 where person_id = $2`, [
				new Date(now + days * 24 * HOUR),
				app.actor('operator').personId,
			])
		await clearedFor(20)
		await Promise.all([lookAhead(app.deps), lookAhead(app.deps)])
		await lookAhead(app.deps)
		expect((await kindsOf('operator')).toSorted()).toEqual([
			'access_ends_soon',
			'clearance_lapses',
			'request_approved',
		])
		await clearedFor(1000)
	})
})

describe('mail', () => {
	test('goes over TLS, says which request, what and by when with a link, and nothing that is recorded about anybody', async () => {
		const requestId = await file()
		await decide(requestId, 'duty-officer')
		await decide(requestId, 'data-owner')
		await tell({ kind: 'person_suspended', about: { type: 'person', id: app.actor('auditor').personId } })
		await work()
		const number = `R-${await numberOf(requestId)}`
		const toRequester = server.mails.filter(({ subject }) => subject.includes(number))
		expect(toRequester).toMatchObject([
			{
				to: await addressOf('operator'),
				subject: `[Charterkeep] ${number}: approved; the access is being set up`,
				isEncrypted: true,
			},
		])
		expect(toRequester[0]?.text).toContain(`http://localhost/requests/${requestId}`)
		expect(toRequester[0]?.messageId).toMatch(/^<[0-9a-f-]{36}@localhost>$/)
		// Whoever had decided already is not asked by mail any more.
		expect(server.mails).toHaveLength(2)
		const { rows } = await app.owner.pool.query<{ name: string }>(
			`select display_name as name from people union select employer from people union select country from citizenships
			 union select level from clearances union select 'User administrator' union select $1 union select 'CHG-20417'`,
			[REASON],
		)
		for (const { text, to } of server.mails)
			for (const { name } of rows.filter((row) => row.name.length > 2))
				expect(text.replaceAll(to, '')).not.toContain(name)
	})

	test('comes in the language and zone that the person chose, with quiet hours and gathered, but for what is urgent', async () => {
		await changePreferences(app.deps, app.actor('operator'), {
			...DEFAULT_PREFERENCES,
			language: 'de',
			zone: 'UTC',
			modes: { ...DEFAULT_PREFERENCES.modes, own: 'daily', system: 'off', break_glass: 'off' },
		})
		await tell({ kind: 'request_approved' })
		await tell({ kind: 'access_ended' })
		await tell({ kind: 'mail_trouble' })
		await tell({ kind: 'access_ends_soon', deadline: '2026-11-29T15:10:00.000Z' })
		await tell({ kind: 'break_glass_used' })
		await work()
		expect(server.mails.map(({ subject }) => subject).toSorted()).toEqual([
			'[Charterkeep] Zustellung: der Notfallzugriff wurde benutzt',
			'[Charterkeep] Zustellung: der Zugriff endet bald',
		])
		expect(server.mails.some(({ text }) => text.includes('Endet 29. Nov. 2026 15:10 UTC'))).toBe(true)
		app.clock.advance(24 * HOUR)
		await work()
		expect(server.mails).toHaveLength(3)
		expect(server.mails[2]?.subject).toBe('[Charterkeep] 2 Mitteilungen')
		expect(await kindsOf('operator')).toHaveLength(5)
	})

	test('that waits follows a change of preferences at once', async () => {
		const held = { ...DEFAULT_PREFERENCES, language: 'en' } as const
		const daily = { ...held, modes: { ...held.modes, own: 'daily' } } as const
		await changePreferences(app.deps, app.actor('operator'), daily)
		await tell({ kind: 'request_approved' })
		await work()
		expect(server.mails).toHaveLength(0)
		await changePreferences(app.deps, app.actor('operator'), held)
		await work()
		expect(server.mails).toHaveLength(1)
	})

	test('is sent once however many workers there are', async () => {
		for (let n = 0; n < 12; n++) await tell({ kind: 'finding', once: `finding:${n}` })
		await Promise.all([planMails(app.deps), planMails(app.deps), planMails(app.deps)])
		await Promise.all([sendMails(app.deps), sendMails(app.deps), sendMails(app.deps)])
		expect(server.mails).toHaveLength(12)
		expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(12)
		expect((await mailRows()).every(({ state }) => state === 'sent')).toBe(true)
	})

	test('of a worker that dies after the server took it is sent again, and its Message-ID says that it is the same', async () => {
		await tell({ kind: 'request_approved' })
		const port = openMail(settings())
		app.deps.telling.mail = {
			...port,
			send: async (mail) => {
				await port.send(mail)
				throw new Error('killed')
			},
		}
		await planMails(app.deps)
		await expect(sendMails(app.deps)).rejects.toThrow('killed')
		app.deps.telling.mail = port
		await sendMails(app.deps)
		expect(server.mails).toHaveLength(1)
		app.clock.advance(MAIL_LEASE_MS)
		await sendMails(app.deps)
		await sendMails(app.deps)
		const [first, second, ...others] = server.mails
		expect(second?.messageId).toBe(first?.messageId)
		expect(second?.text).toBe(first?.text)
		expect(others).toEqual([])
	})

	test('that is put off comes later, that is refused is given up with the answer, and is sent again when an officer says so', async () => {
		const address = await addressOf('operator')
		server.answers.set(address, { code: 451, text: '4.7.1 Come back later' })
		await tell({ kind: 'request_approved' })
		await work()
		await work()
		expect(await mailRows()).toEqual([{ state: 'waiting', code: '451 4.7.1', failures: 1 }])
		app.clock.advance(MINUTE)
		server.answers.set(address, { code: 550, text: `5.1.1 <${address}> unknown` })
		await work()
		const officer = app.actor('security-officer')
		const { mail } = await showDelivery(app.deps, officer)
		expect(mail).toMatchObject({ trouble: null, dead: [{ code: '550 5.1.1' }] })
		server.answers.clear()
		await resendMail(app.deps, officer, mail.dead[0]?.id ?? '')
		await work()
		expect(server.mails).toHaveLength(1)
		await expect(resendMail(app.deps, officer, mail.dead[0]?.id ?? '')).rejects.toThrow(/not given up/)
		await expect(showDelivery(app.deps, app.actor('operator'))).rejects.toThrow()
	})

	test('is never sent without encryption, or to a server that cannot show who it is, unless that is configured', async () => {
		await tell({ kind: 'request_approved' })
		app.deps.telling.mail = openMail(settings({ caPem: null }))
		await work()
		const trouble = async () => (await showDelivery(app.deps, app.actor('security-officer'))).mail.trouble
		expect(await trouble()).not.toBeNull()
		await server.stop()
		server = await startMailServer({ certificate: certificates.server, isPlain: true })
		app.deps.telling.mail = openMail(settings())
		app.clock.advance(MINUTE)
		await work()
		expect(server.mails).toHaveLength(0)
		expect(await trouble()).not.toBeNull()
		app.deps.telling.mail = openMail(settings({ isPlain: true }))
		app.clock.advance(MINUTE)
		await work()
		expect(server.mails).toMatchObject([{ isEncrypted: false }])
		expect(await trouble()).toBeNull()
	})

	test('is not there where no server is set up: the inbox has everything, and nothing old is mailed later', async () => {
		app.deps.telling.mail = null
		await tell({ kind: 'request_approved' })
		await work()
		app.deps.telling.mail = openMail(settings())
		await work()
		expect(await kindsOf('operator')).toEqual(['request_approved'])
		expect(await mailRows()).toEqual([])
	})
})

test('a mail server that is down for a day holds up no request; then everything arrives that still matters', async () => {
	const port = server.port
	await server.stop()
	const granted = await file()
	const withdrawn = await file('helpdesk-administrator')
	for (let hour = 0; hour < 24; hour++) {
		await work()
		app.clock.advance(HOUR)
		if (hour === 0) {
			await decide(granted, 'duty-officer')
			await decide(granted, 'data-owner')
			await withdrawRequest(app.deps, app.actor('operator'), withdrawn)
		}
	}
	expect(await findRequest(app.deps.database.db, granted)).toMatchObject({ state: 'approved' })
	// No mail is blamed for the server; officers know, in their inbox and on their page.
	const during = await mailRows()
	expect(during.every(({ state, failures }) => failures === 0 && state !== 'dead' && state !== 'sent')).toBe(
		true,
	)
	expect(during.some(({ state }) => state === 'waiting')).toBe(true)
	expect(await kindsOf('security-officer')).toEqual(['mail_trouble'])
	const { mail } = await showDelivery(app.deps, app.actor('security-officer'))
	expect(Date.parse(mail.trouble?.since ?? '')).toBeLessThan(app.clock.now().getTime() - 23 * HOUR)

	server = await startMailServer({ certificate: certificates.server, port })
	app.clock.advance(10 * MINUTE)
	await work()
	const number = `R-${await numberOf(granted)}`
	expect(server.mails.map(({ subject }) => subject).filter((subject) => subject.includes('R-'))).toEqual([
		`[Charterkeep] ${number}: approved; the access is being set up`,
	])
	const rows = await mailRows()
	expect(rows.some(({ state }) => state === 'waiting')).toBe(false)
	const dropped = rows.filter(({ state }) => state === 'dropped')
	expect(dropped.length).toBeGreaterThan(2)
	expect(dropped.every(({ code }) => code === 'DECIDED')).toBe(true)
	expect((await showDelivery(app.deps, app.actor('security-officer'))).mail.trouble).toBeNull()
})

describe('an inbox', () => {
	test('is put away one by one or as a whole, by its owner alone, and can be taken back', async () => {
		await tell({ kind: 'request_approved' })
		app.clock.advance(1000)
		await tell({ kind: 'access_active' })
		const [active, approved] = await inbox('operator')
		await expect(putAway(app.deps, app.actor('auditor'), active?.id ?? '', true)).rejects.toThrow(/No such/)
		await putAway(app.deps, app.actor('operator'), active?.id ?? '', true)
		expect(await kindsOf('operator')).toEqual(['request_approved'])
		await putAway(app.deps, app.actor('operator'), active?.id ?? '', false)
		// What came after the page was shown stays.
		await putAllAway(app.deps, app.actor('operator'), new Date(approved?.at ?? ''))
		expect(await kindsOf('operator')).toEqual(['access_active'])
	})

	test('has pages, and none is lost or shown twice between them', async () => {
		for (let n = 0; n < 120; n++) await tell({ kind: 'finding', once: `n:${n}` })
		const seen: string[] = []
		let before: { at: string; id: string } | null = null
		do {
			const page = await showInbox(app.deps, app.actor('operator'), { isSeen: false, before })
			seen.push(...page.notices.map(({ id }) => id))
			before = page.next
			expect(page.unseen).toBe(100)
		} while (before !== null)
		expect(new Set(seen).size).toBe(120)
		expect(seen).toHaveLength(120)
	})

	test('is in the file of a person, and goes with what is erased of them', async () => {
		const auditor = app.actor('new-operator')
		await tell({ kind: 'request_approved', to: [auditor.personId] })
		await tell({ kind: 'person_suspended', about: { type: 'person', id: auditor.personId } })
		await changePreferences(app.deps, auditor, { ...DEFAULT_PREFERENCES, language: 'en' })
		await work()
		const { bytes } = await exportPerson(app.deps, auditor, auditor.personId)
		expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
			told: {
				notices: [{ kind: 'request_approved' }],
				mails: [{ state: 'sent' }],
				preferences: [{ zone: 'Europe/Berlin' }],
			},
		})
		await app.owner.pool.query('update credentials set revoked_at = now() where person_id = $1', [
			auditor.personId,
		])
		await erasePerson(app.deps, app.actor('security-officer'), auditor.personId, {
			parts: ['facts'],
			ground: 'retention_over',
			reason: 'Left long ago',
			confirmation: auditor.displayName,
		})
		const { rows } = await app.owner.pool.query(
			`select 1 from notices where person_id = $1 or subject_id = $1 union all select 1 from mails where person_id = $1
			 union all select 1 from notice_preferences where person_id = $1`,
			[auditor.personId],
		)
		expect(rows).toEqual([])
		expect(await kindsOf('operator')).toEqual(['person_suspended'])
	})
})
