import { afterEach, describe, expect, test } from 'vitest'
import {
	draftAmendment,
	editAmendment,
	proposeAmendment,
	withdrawAmendment,
} from '#app/services/amendments/draft-amendment.server.ts'
import { reopenAmendment } from '#app/services/amendments/edit-text.server.ts'
import { showAmendment } from '#app/services/amendments/show-amendment.server.ts'
import { prepareAmendment, signAmendment } from '#app/services/amendments/sign-amendment.server.ts'
import { withVersion } from '#app/services/amendments/splice-charter.ts'
import type { PlaceView } from '#app/services/charter/places-view.ts'
import { arePlacesAsked, readPlaces } from '#app/services/charter/read-places.server.ts'
import { showCharter } from '#app/services/charter/show-charter.server.ts'
import { idOf, lineOfPlace } from '#app/messages/places-in-words.ts'
import { startPlacesLoop } from '#app/jobs/places-loop.server.ts'
import { tenantPlaces } from '#db/schema/index.ts'
import { SANDBOX_CLIENT_ID } from '#app/sandbox/tenant/server.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** Whether the tenant could give the places that charters name: found before anybody asks for one. */

const MINUTE = 60_000
const GROUP = '11111111-1111-4111-8111-111111111111'
const UNIT = '22222222-2222-4222-8222-222222222222'
const HELPDESK = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const REASON = 'Accounts are given in another way from now on.'
/** One role is a place in a group, and one reaches an administrative unit. */
const places = (yaml: string) =>
	yaml
		.replace(
			/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
			`entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`,
		)
		.replace(
			'name: Helpdesk Administrator, scope: /',
			`name: Helpdesk Administrator, scope: /administrativeUnits/${UNIT}`,
		)

let app: TestApp
afterEach(() => app.stop())

const start = async (groups: GroupKeeper = 'pim', charter = places) => {
	app = await createTestApp({ charter, groups })
	const { log } = app.deps
	log.level = 'silent'
}
const owner = () => app.actor('charter-owner')
const placeOf = (places: readonly PlaceView[] | undefined, role: string) => {
	const found = places?.find((place) => place.role.key === role)
	if (!found) throw new Error(`Nothing is said of ${role}.`)
	return found
}
const inForce = async (role: string) => placeOf((await showCharter(app.deps)).places?.places, role)
const troubles = async (role: string) => (await inForce(role)).troubles.map(({ code }) => code)
const rows = () => app.deps.database.db.select().from(tenantPlaces)
const callsSince = (begun: number) =>
	app.tenant
		.exchanges()
		.slice(begun)
		.filter(({ path }) => !path.endsWith('/organization')).length

/** The charter in force as the next version, with one passage replaced. */
async function nextText(passage: string, instead: string): Promise<string> {
	const { yaml, charterId, version } = await app.deps.charters.inForce(app.deps.database.db)
	if (!yaml.includes(passage)) throw new Error('The passage to replace is not in the charter.')
	return withVersion(yaml.replace(passage, instead), { id: charterId, version: version + 1 })
}
const draft = async (passage: string, instead: string) =>
	draftAmendment(app.deps, owner(), {
		yaml: await nextText(passage, instead),
		reason: REASON,
		inForceFrom: null,
	})

describe('of the charter in force', () => {
	test('every place that is there can be given, as the tenant said it', async () => {
		await start()
		expect(await inForce('user-administrator')).toMatchObject({
			is: 'unknown',
			isWaiting: true,
			unknown: [
				{ kind: 'group', why: 'notRead' },
				{ kind: 'pim', why: 'notRead' },
			],
		})
		expect(await readPlaces(app.deps)).toBeGreaterThan(4)
		const view = (await showCharter(app.deps)).places
		expect(view).toMatchObject({ isSandbox: true, tenantName: 'Sandbox tenant' })
		expect(view?.places.map(({ is }) => is)).toEqual(view?.places.map(() => 'fit'))
		expect(await inForce('user-administrator')).toMatchObject({
			isWaiting: false,
			name: 'Account clerks',
			readAt: expect.any(String) as string,
			notes: ['othersMayChange'],
		})
	})

	test.each<[string, string, string, () => void, GroupKeeper?]>([
		['roleMissing', 'helpdesk-administrator', HELPDESK, () => app.tenant.deletePlace(HELPDESK)],
		[
			'unitMissing',
			'helpdesk-administrator',
			UNIT,
			() => app.tenant.deletePlace(`/administrativeUnits/${UNIT}`),
		],
		['groupMissing', 'user-administrator', GROUP, () => app.tenant.groups.remove(GROUP)],
		[
			'groupFromOnPremises',
			'user-administrator',
			GROUP,
			() => app.tenant.groups.put({ id: GROUP, displayName: 'G', managed: 'onPremises' }),
		],
		[
			'groupIsDynamic',
			'user-administrator',
			GROUP,
			() => app.tenant.groups.put({ id: GROUP, displayName: 'G', managed: 'dynamic' }),
			'membership',
		],
		[
			'groupByMail',
			'user-administrator',
			GROUP,
			() => app.tenant.groups.put({ id: GROUP, displayName: 'G', byMail: true }),
			'membership',
		],
	])(
		'%s is found within the hour, and that it is mended within minutes',
		async (code, role, id, spoil, groups) => {
			await start(groups)
			await readPlaces(app.deps)
			expect(await troubles(role)).toEqual([])
			const others = (await showCharter(app.deps)).places?.places.length ?? 0
			spoil()
			app.clock.advance(60 * MINUTE)
			await readPlaces(app.deps)
			const place = await inForce(role)
			expect(place).toMatchObject({ is: 'unfit', troubles: [{ code, mender: 'charter_owner' }] })
			expect(place.troubles.map((trouble) => idOf(trouble.code, place))).toEqual([id])
			// The others are as they were.
			const fit = (await showCharter(app.deps)).places?.places.filter(({ is }) => is === 'fit')
			expect(fit).toHaveLength(others - 1)
			if (!code.startsWith('group')) return
			app.tenant.groups.put({ id: GROUP, displayName: 'Account clerks' })
			app.clock.advance(5 * MINUTE)
			await readPlaces(app.deps)
			expect(await troubles(role)).toEqual([])
		},
	)

	test('a tenant without the licence for PIM can give none of it', async () => {
		await start()
		app.tenant.license(false)
		await readPlaces(app.deps)
		expect(await inForce('user-administrator')).toMatchObject({
			is: 'unfit',
			troubles: [{ code: 'noLicence', mender: 'tenant_admin' }],
		})
		expect(await troubles('security-reader')).toEqual(['noLicence'])
	})

	test('is read in a few calls, and not again while nothing is due', async () => {
		await start()
		const begun = app.tenant.exchanges().length
		await readPlaces(app.deps)
		// Role definitions, units, the group, and PIM of roles and of groups.
		expect(callsSince(begun)).toBe(5)
		app.clock.advance(59 * MINUTE)
		expect(await readPlaces(app.deps)).toBe(0)
		expect(callsSince(begun)).toBe(5)
	})
})

describe('what cannot be read', () => {
	test('for want of a permission is not known, says so, and is never missing', async () => {
		await start()
		app.tenant.grantOnly(['RoleAssignmentSchedule.ReadWrite.Directory', 'RoleManagement.Read.Directory'])
		await readPlaces(app.deps)
		const helpdesk = await inForce('helpdesk-administrator')
		expect(helpdesk).toMatchObject({
			is: 'unknown',
			isWaiting: false,
			troubles: [],
			unknown: [{ kind: 'unit', why: 'forbidden', code: 'Authorization_RequestDenied' }],
		})
		expect(await inForce('user-administrator')).toMatchObject({
			is: 'unknown',
			unknown: [{ kind: 'group', why: 'forbidden' }, { kind: 'pim' }],
		})
	})

	test.each([404, 403, 502])(
		'since HTML with %s comes is not known, and what was known stands for a day',
		async (status) => {
			await start()
			const html = { kind: 'html', status } as const
			app.tenant.faults.stand('proxy', { method: /./, path: /v1\.0/, fault: html })
			await readPlaces(app.deps)
			expect(await inForce('user-administrator')).toMatchObject({ is: 'unknown', troubles: [] })
			app.tenant.faults.lift('proxy')
			app.clock.advance(MINUTE)
			await readPlaces(app.deps)
			expect((await inForce('user-administrator')).is).toBe('fit')
			app.tenant.faults.stand('proxy', { method: /./, path: /v1\.0/, fault: html })
			app.tenant.groups.remove(GROUP)
			app.clock.advance(60 * MINUTE)
			await readPlaces(app.deps)
			expect((await inForce('user-administrator')).is).toBe('fit')
			app.clock.advance(24 * 60 * MINUTE)
			expect(await inForce('user-administrator')).toMatchObject({ is: 'unknown', troubles: [] })
		},
	)

	test('since the certificate is refused is not known, and is read as soon as that is mended', async () => {
		await start()
		app.tenant.applications.expireCertificate(SANDBOX_CLIENT_ID)
		await readPlaces(app.deps)
		expect(await inForce('user-administrator')).toMatchObject({
			is: 'unknown',
			unknown: [{ why: 'unavailable', code: 'CredentialRefused' }, {}],
		})
		app.tenant.applications.restore(SANDBOX_CLIENT_ID)
		app.reconnect()
		app.clock.advance(MINUTE)
		await readPlaces(app.deps)
		expect((await inForce('user-administrator')).is).toBe('fit')
	})

	test('because another tenant answers is not known', async () => {
		await start()
		app.tenant.actAs({ organisation: '99999999-9999-4999-8999-999999999999' })
		await readPlaces(app.deps)
		expect(await inForce('user-administrator')).toMatchObject({
			is: 'unknown',
			unknown: [{ why: 'unavailable', code: 'WrongTenant' }, {}],
		})
	})
})

test('what one tenant said counts for no other, and goes when another is set', async () => {
	await start()
	app.tenant.groups.remove(GROUP)
	await readPlaces(app.deps)
	expect(await troubles('user-administrator')).toEqual(['groupMissing'])
	const other = { ...app.deps.reader, tenant: `${app.deps.newId()} https://graph.invalid` }
	const { reader } = app.deps
	app.deps.reader = other
	expect(await inForce('user-administrator')).toMatchObject({ is: 'unknown', troubles: [] })
	app.clock.advance(1000)
	await readPlaces(app.deps)
	expect(new Set((await rows()).map(({ tenant }) => tenant))).toEqual(new Set([other.tenant]))
	app.deps.reader = reader
})

describe('of a draft', () => {
	const OTHER = '33333333-3333-4333-8333-333333333333'

	test('what it names is read by the worker once it is saved, and never by whoever saves it', async () => {
		await start()
		await readPlaces(app.deps)
		app.clock.advance(MINUTE)
		const begun = app.tenant.exchanges().length
		const id = await draft(HELPDESK, OTHER)
		expect(callsSince(begun)).toBe(0)
		expect(await arePlacesAsked(app.deps)).toBe(true)
		const before = (await showAmendment(app.deps, owner(), id)).places?.places
		expect(placeOf(before, 'helpdesk-administrator')).toMatchObject({ is: 'unknown', isWaiting: true })
		// What is in force as well is known, and read again.
		expect(placeOf(before, 'user-administrator')).toMatchObject({ is: 'fit', isWaiting: true })
		await readPlaces(app.deps)
		expect(await arePlacesAsked(app.deps)).toBe(false)
		const { places: view } = await showAmendment(app.deps, owner(), id)
		expect(placeOf(view?.places, 'helpdesk-administrator')).toMatchObject({
			is: 'unfit',
			isWaiting: false,
			troubles: [{ code: 'roleMissing', mender: 'charter_owner' }],
			ids: { roleTemplateId: OTHER },
		})
		expect((await inForce('helpdesk-administrator')).is).toBe('fit')
		// The editor shows it at its line.
		const editor = await reopenAmendment(app.deps, owner(), id)
		const place = placeOf(editor.places?.places, 'helpdesk-administrator')
		const line = lineOfPlace(editor.yaml, place)
		expect(editor.yaml.split('\n')[(line ?? 0) - 1]).toContain(`roleTemplateId: ${OTHER}`)
		expect(lineOfPlace(editor.yaml.replaceAll(OTHER, HELPDESK), place)).toBe(null)
	})

	test('is read again when it is changed and when it is proposed, and whoever signs sees it and may sign', async () => {
		await start()
		const id = await draft(HELPDESK, OTHER)
		await readPlaces(app.deps)
		app.clock.advance(MINUTE)
		const { lockVersion } = await reopenAmendment(app.deps, owner(), id)
		const form = { yaml: await nextText(GROUP, OTHER), reason: REASON, inForceFrom: null }
		await editAmendment(app.deps, owner(), id, { ...form, lockVersion: lockVersion ?? 0 })
		expect(await arePlacesAsked(app.deps)).toBe(true)
		await readPlaces(app.deps)
		app.clock.advance(MINUTE)
		await proposeAmendment(app.deps, owner(), id)
		expect(await arePlacesAsked(app.deps)).toBe(true)
		await readPlaces(app.deps)
		for (const persona of ['charter-owner', 'second-charter-owner']) {
			const actor = app.actor(persona)
			const shown = await showAmendment(app.deps, actor, id)
			expect(placeOf(shown.places?.places, 'user-administrator').troubles).toEqual([
				{ code: 'groupMissing', mender: 'charter_owner' },
			])
			expect(shown.sign).toMatchObject({ allowed: true })
			const { challengeId } = await prepareAmendment(app.deps, actor, {
				amendmentId: id,
				verdict: 'sign',
				reason: '',
			})
			await signAmendment(app.deps, actor, { amendmentId: id, challengeId, response: app.answerOf(actor) })
		}
		const settled = await showAmendment(app.deps, owner(), id)
		expect(settled).toMatchObject({ state: 'inForce', places: null })
		expect(await troubles('user-administrator')).toEqual(['groupMissing'])
	})

	test('that is withdrawn takes with it what it alone named', async () => {
		await start()
		const id = await draft(HELPDESK, OTHER)
		await readPlaces(app.deps)
		expect((await rows()).map(({ objectId }) => objectId)).toContain(OTHER)
		await withdrawAmendment(app.deps, owner(), id)
		app.clock.advance(1000)
		await readPlaces(app.deps)
		const left = (await rows()).map(({ objectId }) => objectId)
		expect(left).not.toContain(OTHER)
		expect(left).toContain(HELPDESK)
	})
})

test('the loop reads what is asked for within seconds, and goes on by itself', async () => {
	await start()
	const loop = startPlacesLoop(app.deps)
	try {
		await expect.poll(() => inForce('user-administrator'), { timeout: 10_000 }).toMatchObject({ is: 'fit' })
		app.tenant.groups.remove(GROUP)
		app.clock.advance(1000)
		await draft('maximumDuration: PT8H', 'maximumDuration: PT7H')
		await expect.poll(() => troubles('user-administrator'), { timeout: 10_000 }).toEqual(['groupMissing'])
		app.tenant.groups.put({ id: GROUP, displayName: 'Account clerks' })
		app.clock.advance(6 * MINUTE)
		await expect.poll(() => troubles('user-administrator'), { timeout: 10_000 }).toEqual([])
	} finally {
		await loop.stop()
	}
})
