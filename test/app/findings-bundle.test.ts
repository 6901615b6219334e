import { afterEach, beforeEach, expect, test } from 'vitest'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { findPerson } from '#db/queries/people.ts'
import { codesOf, filesOf, repack } from '#test/factories/bundle.ts'
import { manifestBytes, readManifest, readOpenings } from '#workflows/audit-export/manifest.ts'
import type { ZipFile } from '#workflows/audit-export/zip/write.ts'
import { allFindings, carryOut, lookTwice, sign, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'

let app: TestApp
/** A stranger's role that an officer has removed, and one that the operator holds without an end. */
beforeEach(async () => {
	app = await createTestApp({
		rules: '  findings: { ineligibleHolder: { decideWithin: PT1H, otherwise: alert } }\n',
	})
	const { entraObjectId } = await findPerson(app.deps.database.db, operator().personId)
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.tenant.assignDirectly(entraObjectId, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	const of = (await allFindings(app)).find(({ personId }) => personId === null)
	await sign(app, app.actor('security-officer'), {
		findingIds: [of?.id ?? ''],
		step: 'remove',
		reason: 'Out',
	})
	await carryOut(app)
})
afterEach(() => app.stop())

const operator = () => app.actor('operator')
/** What a bundle lays open of entries about findings, by kind and group. */
async function opened(bytes: Uint8Array): Promise<string[]> {
	const files = await filesOf(bytes)
	const kinds = files
		.filter(({ path }) => path.startsWith('log/tile/entries/'))
		.flatMap(({ bytes: tile }) =>
			[...new TextDecoder().decode(tile).matchAll(/"kind":"([a-z_]+\.[a-z_]+)"/g)].map(([, kind]) => kind),
		)
	return files
		.filter(({ path }) => path.startsWith('openings/'))
		.flatMap((file) => {
			const lines = readOpenings(file.bytes)
			return typeof lines === 'string' ? [] : [...lines.values()]
		})
		.flatMap(({ index, openings }) =>
			Object.keys(openings ?? {}).map((group) => `${kinds[index] ?? ''} ${group}`),
		)
		.filter((what) => what.startsWith('finding.'))
		.sort()
}

test('a bundle of everything opens findings for an auditor, with what officers signed', async () => {
	const { whole, report } = await verifiedRecord(app)
	expect(report.manifest?.findings).toBe(2)
	expect(report.counts).toMatchObject({ findings: 2, findingsRemoved: 1 })
	expect(await opened(whole)).toEqual([
		'finding.confirmed difference',
		'finding.confirmed difference',
		'finding.decided evidence',
		'finding.decided reason',
		'finding.opened difference',
		'finding.opened difference',
	])
	// The passkeys of this test stand in the database alone: the signature was looked at, and that no entry enrolled it is found.
	expect(report.failures.map(({ code }) => code)).toEqual(['CREDENTIAL_NOT_ENROLLED'])
})

test('a bundle about a person opens their findings and no others', async () => {
	const { whole, report } = await verifiedRecord(app, { people: [operator().personId] })
	expect(report.failures).toEqual([])
	expect(report.manifest).toMatchObject({ findings: 1, requests: 0 })
	expect(await opened(whole)).toEqual(['finding.confirmed difference', 'finding.opened difference'])
	const nobodys = await verifiedRecord(app, { people: [app.actor('auditor').personId] })
	expect(nobodys.report.manifest).toMatchObject({ findings: 0, selected: 0 })
})

test('for which reasons the charter refuses a holder stays sealed in a history', async () => {
	const { whole, report } = await verifiedRecord(app, { profile: 'history' })
	const kinds = (await allFindings(app)).map(({ context }) => context.difference.kinds)
	expect(kinds.filter((each) => each.includes('ineligibleHolder'))).toHaveLength(1)
	expect((await opened(whole)).filter((what) => what.endsWith('difference'))).toEqual([
		'finding.confirmed difference',
		'finding.opened difference',
	])
	expect(report.unchecked.map(({ code }) => code)).toContain('PROFILE_SEALED')
	expect(report.unchecked.map(({ code }) => code)).not.toContain('SEALED')
})

test('an entry of a finding that was asked for cannot be left out', async () => {
	const { whole } = await verifiedRecord(app, { people: [operator().personId] })
	const without = await repack(whole, (files) => files.map(withoutLastMark))
	expect(await codesOf(without)).toEqual(expect.arrayContaining(['LEFT_OUT', 'SELECTION']))
	const fewer = await repack(whole, (files) =>
		files.map((file) => {
			const manifest = file.path === 'manifest.json' ? readManifest(file.bytes) : null
			return manifest === null ? file : { ...file, bytes: manifestBytes({ ...manifest, findings: 0 }) }
		}),
	)
	expect(await codesOf(fewer)).toEqual(expect.arrayContaining(['SELECTION']))
})

test('what was erased stays erased, and the verifier says so', async () => {
	const { personId } = operator()
	const { displayName } = await findPerson(app.deps.database.db, personId)
	await app.deps.database.pool.query('update credentials set revoked_at = now() where person_id = $1', [
		personId,
	])
	await erasePerson(app.deps, app.actor('security-officer'), personId, {
		parts: ['facts', 'texts'],
		ground: 'retention_over',
		reason: 'Retention rule 7, five years after leaving',
		confirmation: displayName,
	})
	const { whole, report } = await verifiedRecord(app, { people: [personId] })
	expect(await opened(whole)).toEqual([])
	expect(report.failures).toEqual([])
	expect(report.unchecked.map(({ code }) => code)).toContain('ERASED')
})

/** As somebody would who hides the last entry that was chosen. */
function withoutLastMark(file: ZipFile): ZipFile {
	if (!file.path.startsWith('openings/')) return file
	const text = new TextDecoder().decode(file.bytes)
	const lines = text.split('\n')
	const at = lines.findLastIndex((line) => line.includes('"selected":true'))
	lines[at] = (lines[at] ?? '').replace(/,"proof":\[[^\]]*\]/, '').replace(/,"selected":true/, '')
	return { ...file, bytes: new TextEncoder().encode(lines.join('\n')) }
}
