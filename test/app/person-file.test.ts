import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { printPerson } from '#app/components/person-file.server.tsx'
import type { Actor } from '#app/services/actor.ts'
import { exportPerson, type PersonData } from '#app/services/people/export-person.server.ts'
import { columnsOfPeople, IN_FULL } from '#db/queries/subject-elsewhere.ts'
import {
	absences,
	amendments,
	amendmentSignatures,
	apiTokens,
	badgeEvents,
	badgeFeeds,
	badges,
	breakGlassSignatures,
	breakGlassUses,
	charterVersions,
	credentials,
	drafts,
	enrolmentLinks,
	evidenceFiles,
	filings,
	mails,
	noticePreferences,
	providerHolders,
	providerShifts,
	providerSightings,
	requestMessages,
	scimUsers,
	suspensionEffects,
	suspensions,
	tenantUsers,
	vettingCases,
	vettingEvidence,
} from '#db/schema/index.ts'
import { insertBoundary } from '#test/factories/lockbox.ts'
import { approvedAccess } from './acts.ts'
import { lockboxActs } from './lockbox-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

let app: TestApp
let operator: Actor
const SECRET = 'f'.repeat(64)

beforeAll(async () => {
	app = await createTestApp()
	operator = app.actor('operator')
})
afterAll(async () => {
	await app.stop()
})

/** Columns that name people and are only counted in their files, each with why its rows are not told in full. */
const ONLY_COUNTED: Readonly<Record<string, string>> = {
	'badge_feeds.created_by': 'a feed is a machine',
	'people.manager_id': "who works for them is in those people's files; who manages them stands in their own",
	'badges.recorded_by': "tells of somebody else's badge",
	'challenges.person_id': 'a ceremony under way: it is gone within minutes, and its answer is a secret',
	'api_tokens.revoked_by': "tells of somebody else's token; their own stand in full",
	'evidence_files.stored_by': "somebody else's evidence",
	'lapse_alarms.acknowledged_by': 'an alarm is about an access',
	'lockbox_requests.brought_by': "a provider's request",
	'people_imports.applied_by': 'a file about others',
	'people_imports.uploaded_by': 'a file about others',
	'provider_boundaries.recorded_by': 'a boundary is about nobody',
	'provider_holders.recorded_by': "somebody else's role",
	'provider_shifts.recorded_by': "somebody else's duty",
	'readiness_readings.asked_by': 'a reading of a tenant',
	'readiness_reports.made_by': 'a report about a tenant',
	'reportable_events.triaged_by': 'a report about somebody else',
	'clearances.sponsor_id': "somebody else's clearance, by their post",
	'scim_tokens.created_by': 'a token of a machine',
	'scim_users.manager_id': "who works for them is in those people's files",
	'shares.created_by': 'a link to a bundle',
	'suspension_lifts.confirmed_by': "somebody else's suspension",
	'suspension_lifts.proposed_by': "somebody else's suspension",
	'suspensions.officer_id': "somebody else's suspension",
	'travels.debriefed_by': "somebody else's journey",
	'travels.decided_by': "somebody else's journey",
	'vetting_cases.confirmed_by': "somebody else's case",
	'vetting_cases.opened_by': "somebody else's case",
	'vetting_cases.proposed_by': "somebody else's case",
	'vetting_cases.sponsor_id': "somebody else's case",
	'vetting_evidence.recorded_by': "papers of somebody else's case",
	'webhooks.created_by': 'a webhook is a machine',
}
const isOfficersPart = (column: string) => /^\w+\.(recorded_by|verified_by|retracted_by)$/.test(column)

describe('the file of a person', () => {
	test('tells of every table that refers to people, or its rows are counted for a reason that is written down', async () => {
		const all = (await columnsOfPeople(app.deps.database.db)).map(({ table, column }) => `${table}.${column}`)
		expect(all.length).toBeGreaterThan(60)
		expect(IN_FULL.filter((column) => !all.includes(column))).toEqual([])
		const facts = IN_FULL.filter((column) => all.includes(column.replace(/person_id$/, 'verified_by')))
		const ofFacts = new Set(facts.map((column) => column.split('.')[0]))
		const left = all.filter(
			(column) =>
				!IN_FULL.includes(column) && !(isOfficersPart(column) && ofFacts.has(column.split('.')[0] ?? '')),
		)
		expect(left.filter((column) => !(column in ONLY_COUNTED))).toEqual([])
		expect(Object.keys(ONLY_COUNTED).filter((column) => !all.includes(column))).toEqual([])
	})

	test('names people by references alone, so that no column escapes this', async () => {
		const { rows } = await app.deps.database.db.execute<{ name: string }>(`
			select table_name || '.' || column_name as name from information_schema.columns
			where table_schema = 'public' and data_type = 'uuid'
				and column_name ~ '(person|user|officer|owner|signer|approver|author|drafter|requester|beneficiary|sponsor|manager|stand_in)_id$|_by$'
			order by 1`)
		const known = new Set(
			(await columnsOfPeople(app.deps.database.db)).map(({ table, column }) => `${table}.${column}`),
		)
		expect(rows.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
	})

	test('asks by every column that it claims to tell in full', async () => {
		const asked: string[] = []
		const query = vi.spyOn(app.deps.database.pool, 'query')
		await exportPerson(app.deps, operator, operator.personId)
		for (const [first] of query.mock.calls as unknown as [unknown][])
			asked.push(
				typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : String(first),
			)
		query.mockRestore()
		const isAsked = (column: string) => {
			const [table, name] = column.split('.')
			return asked.some((text) => text.includes(`"${table}"."${name}" = `))
		}
		expect(IN_FULL.filter((column) => !isAsked(column))).toEqual([])
	})
})

describe('the file of somebody of whom everything is recorded', () => {
	let file: PersonData
	let text = ''

	beforeAll(async () => {
		const { deps } = app
		const { personId } = operator
		const other = app.actor('security-officer').personId
		const at = app.clock.now()
		const later = new Date(at.getTime() + 3_600_000)
		const newId = () => deps.newId()
		const requestId = await approvedAccess(app)
		const boundaryId = await insertBoundary(deps, other, 'other')
		const { fromInside } = lockboxActs(app)
		await fromInside(boundaryId, operator)
		const { db } = deps.database
		const [charter] = await db.select().from(charterVersions)
		const [credential] = (await db.select().from(credentials)).filter((each) => each.personId === personId)
		if (!charter || !credential) throw new Error('The sample organisation has both.')
		const ids = { caseId: newId(), suspensionId: newId(), amendmentId: newId(), useId: newId() }
		const feedId = newId()
		const entryId = newId()
		await deps.database.withTx(async (tx) => {
			await tx.insert(drafts).values({
				personId,
				kind: 'request',
				subject: newId(),
				fields: { reason: 'Half a sentence <b>' },
				updatedAt: at,
			})
			await tx
				.insert(requestMessages)
				.values({ id: newId(), requestId, authorId: personId, kind: 'answer', text: 'Yes', at, entryId })
			await tx.insert(absences).values([
				{
					id: newId(),
					personId,
					standInId: other,
					validFrom: at,
					validUntil: later,
					recordedAt: at,
					entryId,
				},
				{
					id: newId(),
					personId: other,
					standInId: personId,
					validFrom: at,
					validUntil: later,
					recordedAt: at,
					entryId,
				},
			])
			await tx.insert(filings).values({
				id: newId(),
				filedBy: personId,
				refused: [{ role: 'user-administrator', code: 'INELIGIBLE' } as never],
				createdAt: at,
			})
			await tx.insert(apiTokens).values({
				id: newId(),
				personId,
				name: 'night build',
				tokenSha256: SECRET,
				scopes: ['requests:file'],
				credentialId: credential.id,
				createdAt: at,
				expiresAt: later,
				entryId,
			} as never)
			await tx.insert(badgeFeeds).values({
				id: feedId,
				name: 'gates',
				facilities: ['berlin-control-room'],
				createdBy: other,
				createdAt: at,
			})
			await tx
				.insert(badges)
				.values({ id: newId(), personId, number: 'B-17', issuedAt: at, recordedBy: other })
			await tx.insert(badgeEvents).values({
				id: newId(),
				feedId,
				externalId: 'e1',
				at,
				receivedAt: at,
				badge: 'B-17',
				facility: 'berlin-control-room',
				direction: 'in',
				personId,
			})
			await tx.insert(enrolmentLinks).values({
				id: newId(),
				personId,
				tokenSha256: SECRET,
				createdAt: at,
				expiresAt: later,
			})
			await tx.insert(evidenceFiles).values({
				id: newId(),
				personId,
				type: 'application/pdf',
				sha256: 'a'.repeat(64),
				bytes: 4711,
				keyId: 'k',
				nonce: new Uint8Array(12),
				tag: new Uint8Array(16),
				storedAt: at,
				storedBy: other,
			})
			await tx
				.insert(scimUsers)
				.values({ personId, externalId: 'x-1', email: 'jonas@agency.example', active: true, updatedAt: at })
			await tx.insert(vettingCases).values({
				id: ids.caseId,
				personId,
				scheme: 'DE',
				level: 'U2',
				openedBy: other,
				state: 'requested',
				papersAsked: false,
				context: {} as never,
				machineVersion: 1,
				version: 1,
				createdAt: at,
			})
			await tx.insert(vettingEvidence).values({
				id: newId(),
				caseId: ids.caseId,
				item: 'declaration',
				reference: 'paper 12',
				recordedBy: other,
				recordedAt: at,
				entryId,
			})
			await tx.insert(suspensions).values({
				id: ids.suspensionId,
				personId,
				officerId: other,
				reason: 'A report from the gate',
				at,
				entryId,
			})
			await tx
				.insert(suspensionEffects)
				.values({ suspensionId: ids.suspensionId, effect: 'request', targetId: requestId })
			await tx.insert(amendments).values({
				id: ids.amendmentId,
				charterId: charter.charterId,
				version: 9,
				yaml: 'charter: {}',
				reason: 'Shorter durations',
				baseVersionId: charter.id,
				drafterId: personId,
				state: 'draft',
				context: {} as never,
				machineVersion: 1,
				lockVersion: 1,
				createdAt: at,
			})
			const evidence = { envelope: {} as never, assertion: {} as never, credentialId: credential.id }
			await tx.insert(amendmentSignatures).values({
				id: newId(),
				amendmentId: ids.amendmentId,
				ownerId: personId,
				verdict: 'reject',
				reason: 'Too short',
				...evidence,
				entryId,
				at,
			})
			await tx.insert(breakGlassUses).values({
				id: ids.useId,
				userId: personId,
				usingRole: 'operator',
				charterVersionId: charter.id,
				durationSeconds: 600,
				reason: 'The app was down',
				ticket: 'INC-9',
				useSha256: 'b'.repeat(64),
				offline: {
					account: 'emergency-1',
					envelope: 'safe 4',
					witnesses: [other],
					from: at.toISOString(),
					until: later.toISOString(),
				},
				entryId,
				state: 'reviewed',
				context: {} as never,
				machineVersion: 1,
				version: 1,
				createdAt: at,
			})
			await tx.insert(breakGlassSignatures).values({
				id: newId(),
				useId: ids.useId,
				part: 'offline',
				signerId: personId,
				verdict: 'record',
				findings: '',
				...evidence,
				entryId,
				at,
			})
			await tx.insert(mails).values({
				id: newId(),
				personId,
				urgency: 'normal',
				state: 'waiting',
				failures: 0,
				nextAt: later,
				madeAt: at,
			} as never)
			await tx.insert(providerHolders).values({
				id: newId(),
				boundaryId,
				personId,
				validFrom: at,
				evidence: 'letter 3',
				recordedBy: other,
				recordedAt: at,
				entryId,
			})
			await tx.insert(providerShifts).values({
				id: newId(),
				boundaryId,
				personId,
				kind: 'on',
				validFrom: at,
				validUntil: later,
				recordedBy: other,
				recordedAt: at,
				entryId,
			})
			const [account] = (await tx.select().from(tenantUsers)).slice(0, 1)
			expect(account === undefined || typeof account.objectId === 'string').toBe(true)
			await tx
				.insert(noticePreferences)
				.values({ personId, language: 'de', zone: 'Europe/Berlin', digestHour: 7, modes: {}, changedAt: at })
		})
		const { rows } = await db.execute<{ entra: string }>(
			`select entra_object_id::text as entra from people where id = '${personId}'`,
		)
		await deps.database.withTx((tx) =>
			tx.insert(providerSightings).values({
				id: newId(),
				boundaryId,
				objectId: rows[0]?.entra ?? '',
				kind: 'active',
			}),
		)
		const { bytes } = await exportPerson(deps, operator, personId, {
			extension: 'json',
			write: (data) => {
				file = data
				return new TextEncoder().encode(JSON.stringify(data))
			},
		})
		text = new TextDecoder().decode(bytes)
	})

	test('has what they asked, typed, signed, were told and were stopped by, and no secret', () => {
		expect(text).not.toContain(SECRET)
		expect(file.drafts).toMatchObject([{ fields: { reason: 'Half a sentence <b>' } }])
		expect(file.messages).toMatchObject([{ kind: 'answer', text: 'Yes' }])
		expect(file.absences).toHaveLength(1)
		expect(file.standsInFor).toHaveLength(1)
		expect(file.filings.flatMap(({ refused }) => refused)).toMatchObject([{ code: 'INELIGIBLE' }])
		expect(file.tokens).toMatchObject([{ name: 'night build' }])
		expect(file.badges).toMatchObject([{ number: 'B-17' }])
		expect(file.badgeEvents).toMatchObject([{ direction: 'in' }])
		expect(file.enrolmentLinks.length).toBeGreaterThan(0)
		expect(file.evidenceFiles).toMatchObject([{ bytes: 4711 }])
		expect(file.directory).toMatchObject([{ email: 'jonas@agency.example' }])
		expect(file.vettingCases).toMatchObject([{ level: 'U2', papers: [{ reference: 'paper 12' }] }])
		expect(file.suspensions).toMatchObject([
			{ reason: 'A report from the gate', ended: [{ effect: 'request' }] },
		])
		expect(file.amendments).toMatchObject([{ reason: 'Shorter durations' }])
		expect(file.amendmentSignatures).toMatchObject([{ verdict: 'reject' }])
		expect(file.breakGlass).toMatchObject([{ offline: { envelope: 'safe 4' } }])
		expect(file.breakGlassSignatures).toMatchObject([{ part: 'offline' }])
		expect(file.told.mails.length).toBeGreaterThan(0)
		expect(file.lockboxRequests).toMatchObject([{ asked: { cause: 'Search of a lost tax record' } }])
		expect(file.providerRoles).toMatchObject([{ evidence: 'letter 3' }])
		expect(file.sightings).toMatchObject([{ kind: 'active' }])
		expect(file.duties).toMatchObject([{ kind: 'on' }])
		expect(file.told.notices.length).toBeGreaterThan(0)
		expect(file.told.preferences).toMatchObject([{ zone: 'Europe/Berlin' }])
		expect(file.acts.map(({ kind }) => kind)).toContain('request.filed')
	})

	test('of an officer counts what they did for others, by table and column', async () => {
		const officer = app.actor('security-officer')
		const { bytes } = await exportPerson(app.deps, officer, officer.personId)
		const { elsewhere, breakGlassWitnessed } = JSON.parse(new TextDecoder().decode(bytes)) as PersonData
		expect(breakGlassWitnessed).toHaveLength(1)
		expect(elsewhere).toEqual(
			expect.arrayContaining([
				{ table: 'suspensions', column: 'officer_id', rows: 1 },
				{ table: 'badges', column: 'recorded_by', rows: 1 },
				{ table: 'vetting_cases', column: 'opened_by', rows: 1 },
			]),
		)
	})

	test.each(['en', 'de'] as const)(
		'is printed in full in %s, each part under a name in words',
		(language) => {
			const page = new TextDecoder().decode(printPerson(file, language))
			expect(page).not.toMatch(/personFile\.|facts\.|\[object|undefined/)
			for (const words of [
				'Half a sentence &lt;b&gt;',
				'A report from the gate',
				'paper 12',
				'letter 3',
				'Too short',
				'jonas@agency.example',
				'Search of a lost tax record',
			])
				expect(page, words).toContain(words)
		},
	)
})
