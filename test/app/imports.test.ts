import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#app/services/actor.ts'
import type { Deps } from '#app/services/deps.ts'
import { applyImport, discardImport } from '#app/services/imports/apply.server.ts'
import { examineFile } from '#app/services/imports/examine.server.ts'
import {
	exportImport,
	importTemplate,
	showImport,
	showImports,
} from '#app/services/imports/show-import.server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { registerPerson } from '#app/services/people/register-person.server.ts'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { purgeImports } from '#db/queries/imports.ts'
import { findPerson } from '#db/queries/people.ts'
import { IMPORT_KINDS, type ImportKind } from '#workflows/people/import/columns.ts'
import { approve, askForAccess } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
let officer: Actor

beforeAll(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	app.clock.advance(60_000)
})
afterAll(() => app.stop())

const db = () => app.deps.database.db
const bytesOf = (text: string) => new TextEncoder().encode(text)
const examine = (what: ImportKind, file: string | Uint8Array, deps: Deps = app.deps) =>
	examineFile(deps, officer, { what, bytes: typeof file === 'string' ? bytesOf(file) : file })
/** The dry run of a file that can be read. */
async function dryRun(what: ImportKind, file: string, onlyErrors = false) {
	const done = await examine(what, file)
	if ('problems' in done) throw new Error(JSON.stringify(done.problems))
	return showImport(app.deps, officer, done.importId, { onlyErrors, page: 0 })
}
const problemsOf = async (what: ImportKind, file: string) =>
	(await dryRun(what, file)).shown.map(({ line, problems }) => [
		line,
		...problems.map(({ field, problem }) => `${field} ${problem}`),
	])
const countOf = async (sql: string) =>
	Number((await app.owner.pool.query<{ n: string }>(`select count(*) n from ${sql}`)).rows[0]?.n)
const everything = async () => ({
	people: await countOf('people'),
	citizenships: await countOf('citizenships'),
	entries: (await countOf('ledger_pending')) + (await countOf('ledger_entries')),
})

let count = 0
const HEADER = 'displayName,userPrincipalName,entraObjectId,employer,personnelNumber,manager'
const personLine = (number: string, more: Partial<{ name: string; id: string; manager: string }> = {}) =>
	`${more.name ?? `Person ${number}`},${number.toLowerCase()}@agency.example,${more.id ?? app.deps.newId()},Agency,${number},${more.manager ?? ''}`
async function newcomer(): Promise<{ id: string; number: string; entraObjectId: string }> {
	const number = `N-${++count}`
	const entraObjectId = app.deps.newId()
	const id = await registerPerson(app.deps, officer, {
		displayName: `Newcomer ${count}`,
		userPrincipalName: `newcomer.${count}@agency.example`,
		entraObjectId,
		employer: 'Agency',
		personnelNumber: number,
	})
	return { id, number, entraObjectId }
}
const CITIZENSHIP = 'person;country;document;issuer;validFrom;validUntil;evidence'

describe('people', () => {
	test('are added with their managers, put right, and known again', async () => {
		const ids = [app.deps.newId(), app.deps.newId()] as const
		const file = [
			HEADER,
			personLine('A-1', { id: ids[0], manager: 'A-2' }),
			personLine('A-2', { id: ids[1] }),
		]
		const shown = await dryRun('people', file.join('\n'))
		expect(shown).toMatchObject({ added: 2, errors: 0, ends: 0 })
		expect(await applyImport(app.deps, officer, shown.id)).toEqual({ altered: false, ended: 0 })
		const again = await dryRun(
			'people',
			[file[0], file[1]?.replace('Person A-1', 'Zoë'), file[2]].join('\r\n'),
		)
		expect(again.shown.map(({ outcome, changes }) => [outcome, changes])).toEqual([
			['changed', [{ field: 'displayName', from: 'Person A-1', to: 'Zoë' }]],
			['same', []],
		])
		await applyImport(app.deps, officer, again.id)
		const [zoe] = again.shown
		const row = await findPerson(db(), zoe?.personId ?? '')
		expect(row.displayName).toBe('Zoë')
		expect((await findPerson(db(), row.managerId ?? '')).personnelNumber).toBe('A-2')
		expect(await countOf(`ledger_pending where kind = 'import.applied'`)).toBe(2)
		await expect(applyImport(app.deps, officer, again.id)).rejects.toMatchObject({ code: 'STALE_VERSION' })
	})

	test('every error of every row is told at once, and nobody is ever merged', async () => {
		const [one, other] = [await newcomer(), await newcomer()]
		const before = await everything()
		const rows = await problemsOf(
			'people',
			[
				HEADER,
				'=cmd|calc,nobody,not-an-id,,B-1,',
				personLine('B-2', { manager: 'B-9' }),
				personLine('B-2'),
				personLine(one.number, { id: other.entraObjectId }),
				personLine(one.number),
				'Too few,a.b@agency.example',
				personLine('B-3', { manager: 'B-3' }),
				personLine('B-4', { manager: 'B-5' }),
				personLine('B-5', { manager: 'B-4' }),
				`${officer.displayName}!,x@agency.example,${(await findPerson(db(), officer.personId)).entraObjectId},Agency,,`,
			].join('\n'),
		)
		expect(rows).toEqual([
			[2, 'displayName FORMULA', 'userPrincipalName upn', 'entraObjectId uuid', 'employer MISSING'],
			[3, 'manager NO_SUCH_MANAGER'],
			[4, 'userPrincipalName TWICE_IN_FILE', 'personnelNumber TWICE_IN_FILE'],
			[5, 'personnelNumber TWO_PEOPLE'],
			[6, 'userPrincipalName TWICE_IN_FILE', 'personnelNumber TWICE_IN_FILE', 'entraObjectId ENTRA_ID_FIXED'],
			[7, 'row CELL_COUNT', 'entraObjectId uuid', 'employer MISSING'],
			[8, 'manager OWN_MANAGER'],
			[9, 'manager MANAGER_CIRCLE'],
			[10, 'manager MANAGER_CIRCLE'],
			[11, 'person OWN_FACTS'],
		])
		expect({ ...(await everything()), entries: 0 }).toEqual({ ...before, entries: 0 })
	})

	test('nobody moves people into their own line of management by a file, or out of it', async () => {
		const [below, boss] = [await newcomer(), await newcomer()]
		await app.owner.pool.query(`update people set personnel_number = 'L-1' where id = $1`, [officer.personId])
		await app.owner.pool.query('update people set manager_id = $1 where entra_object_id = $2', [
			officer.personId,
			below.entraObjectId,
		])
		const rows = await problemsOf(
			'people',
			[
				HEADER,
				personLine('L-2', { manager: 'L-1' }),
				personLine(below.number, { id: below.entraObjectId, manager: boss.number }),
			].join('\n'),
		)
		expect(rows).toEqual([
			[2, 'manager DIRECT_LINE'],
			[3, 'manager DIRECT_LINE'],
		])
	})
})

describe('facts', () => {
	test('a BOM, mixed ends of lines, semicolons, quoted breaks and empty lines are read', async () => {
		const { id, number } = await newcomer()
		const shown = await dryRun(
			'citizenship',
			`\ufeff${CITIZENSHIP}\r\n${number};DE;passport;"Stadt\nBonn";2020-01-01;;"file ""7"""\r\r\n;;;;;;\n${number};FR;passport;Paris;2020-01-01;;file 8`,
		)
		expect(shown).toMatchObject({ added: 2, errors: 0 })
		await applyImport(app.deps, officer, shown.id)
		const facts = await factRowsOf(db(), id, ['citizenship'])
		expect(
			facts
				.map(({ values, source, evidence, recordedBy }) => [
					values.country,
					values.issuer,
					source,
					evidence,
					recordedBy,
				])
				.sort(),
		).toEqual([
			['DE', 'Stadt\nBonn', 'import', 'file "7"', officer.personId],
			['FR', 'Paris', 'import', 'file 8', officer.personId],
		])
		const again = await dryRun(
			'citizenship',
			`${CITIZENSHIP}\n${number};DE;passport;"Stadt\nBonn";2020-01-01;;x\n`,
		)
		expect(again).toMatchObject({ same: 1, added: 0 })
	})

	test('each row is judged as by hand, and one bad row stores nothing', async () => {
		const { number } = await newcomer()
		const me = (await findPerson(db(), officer.personId)).userPrincipalName
		const before = await everything()
		const file = [
			CITIZENSHIP,
			`${number};DE;passport;Bonn;2020-01-01;;file`,
			`${number};DDR;passport;Bonn;2020-01-01;2019-01-01;`,
			`${number};DE;passport;Bonn;2021-01-01;;file`,
			`nobody@agency.example;XX;card;=1+1;01.02.2020;;file`,
			`${me};DE;passport;Bonn;2020-01-01;;file`,
		].join('\n')
		expect(await problemsOf('citizenship', file)).toEqual([
			[2],
			[3, 'country FORMER_COUNTRY', 'validUntil ENDS_BEFORE_IT_BEGINS', 'evidence EVIDENCE_NEEDED'],
			[4, 'row TWICE_IN_FILE'],
			[5, 'issuer FORMULA', 'country UNKNOWN_COUNTRY', 'validFrom DAY', 'person NOBODY_KNOWN'],
			[6, 'person OWN_FACTS'],
		])
		const { id } = await dryRun('citizenship', file, true)
		expect(await applyImport(app.deps, officer, id)).toEqual({ altered: true, ended: 0 })
		expect({ ...(await everything()), entries: 0 }).toEqual({ ...before, entries: 0 })
		expect(
			await problemsOf(
				'clearance',
				`person,scheme,level,issuer,state,validFrom,evidence\n${number},DE,COSMIC,BfV,granted,2020-01-01,x`,
			),
		).toEqual([[2, 'level UNKNOWN_LEVEL']])
		expect(
			await problemsOf('appointment', `person,role,validFrom,evidence\n${number},nonsense,2020-01-01,x`),
		).toEqual([[2, 'role ROLE_NOT_IN_CHARTER']])
	})

	test('a clearance names its post and who vouches for it, where its scheme needs them', async () => {
		const [{ id, number }, other] = [await newcomer(), await newcomer()]
		const me = (await findPerson(db(), officer.personId)).userPrincipalName
		const header = 'person,scheme,level,issuer,state,post,sponsor,validFrom,evidence'
		expect(
			await problemsOf(
				'clearance',
				[
					header,
					`${number},SE,SK2,SÄPO,granted,,,2026-01-01,x`,
					`${number},UK,SC,UKSV,granted,,,2026-01-01,x`,
					`${number},UK,SC,UKSV,granted,,nobody@agency.example,2026-01-02,x`,
					`${number},UK,SC,UKSV,granted,,${number},2026-01-03,x`,
					`${number},UK,SC,UKSV,granted,,${me},2026-01-04,x`,
				].join('\n'),
			),
		).toEqual([
			[2, 'post POST_NEEDED'],
			[3, 'sponsor SPONSOR_NEEDED'],
			[4, 'sponsor NOBODY_KNOWN'],
			[5, 'sponsor OWN_SPONSOR'],
			[6, 'sponsor SPONSOR_RECORDS'],
		])
		const file = `${header}\n${number},UK,SC,UKSV,granted,Desk,${other.number},2026-01-01,x\n${number},FR,S,HFDS,granted,Salle,,2026-01-01,x`
		const shown = await dryRun('clearance', file)
		expect(shown).toMatchObject({ added: 2, errors: 0 })
		await applyImport(app.deps, officer, shown.id)
		const facts = await factRowsOf(db(), id, ['clearance'])
		expect(facts.map(({ values }) => [values.scheme, values.post, values.sponsorId]).sort()).toEqual([
			['FR', 'Salle', null],
			['UK', 'Desk', other.id],
		])
		expect(await dryRun('clearance', file)).toMatchObject({ same: 2, added: 0, errors: 0 })
	})

	test('a crash in the middle leaves nothing behind, and the same file is applied afterwards', async () => {
		const people = [await newcomer(), await newcomer(), await newcomer()]
		const shown = await dryRun(
			'training',
			[
				'person,key,validFrom,evidence',
				...people.map(({ number }) => `${number},awareness,2026-01-01,x`),
			].join('\n'),
		)
		let made = 0
		const crashing = {
			...app.deps,
			newId: () => {
				if (++made > 4) throw new Error('the power went')
				return app.deps.newId()
			},
		}
		const before = { ...(await everything()), attendances: await countOf('attendances') }
		await expect(applyImport(crashing, officer, shown.id)).rejects.toThrow('the power went')
		expect({ ...(await everything()), attendances: await countOf('attendances') }).toEqual(before)
		await applyImport(app.deps, officer, shown.id)
		expect(await countOf('attendances')).toBe(before.attendances + 3)
	})

	test('a register that changed meanwhile gives another dry run and applies nothing', async () => {
		const { number } = await newcomer()
		const file = `${CITIZENSHIP}\n${number};DE;passport;Bonn;2020-01-01;;file`
		const [one, two] = [await dryRun('citizenship', file), await dryRun('citizenship', file)]
		await applyImport(app.deps, officer, one.id)
		expect(await applyImport(app.deps, officer, two.id)).toEqual({ altered: true, ended: 0 })
		const shown = await showImport(app.deps, officer, two.id, { onlyErrors: false, page: 0 })
		expect(shown).toMatchObject({ same: 1, added: 0, state: 'waiting' })
	})

	test('the dry run tells which access ends, and applying ends it', async () => {
		const operator = app.actor('operator')
		const requestId = await askForAccess(app, operator, 'exchange-administrator')
		for (const persona of ['duty-officer', 'data-owner']) await approve(app, requestId, app.actor(persona))
		const upn = (await findPerson(db(), operator.personId)).userPrincipalName
		const file = `${CITIZENSHIP}\n${upn};RU;passport;Moscow;2020-01-01;;file`
		const shown = await dryRun('citizenship', file)
		expect(shown).toMatchObject({ added: 1, errors: 0, ends: 1 })
		expect(shown.shown[0]).toMatchObject({ ends: 1 })
		expect(await countOf(`citizenships where person_id = '${operator.personId}' and country = 'RU'`)).toBe(0)
		expect(await applyImport(app.deps, officer, shown.id)).toEqual({ altered: false, ended: 1 })
		expect(
			await countOf(
				`grants where person_id = '${operator.personId}' and state in ('planned', 'provisioning', 'active')`,
			),
		).toBe(0)
	})
})

describe('a file as a whole', () => {
	test.each<[string, string | Uint8Array, unknown]>([
		['nothing', '', [{ problem: 'FILE_EMPTY' }]],
		['names alone', CITIZENSHIP, [{ problem: 'NO_ROWS' }]],
		['UTF-16', new Uint8Array([0xff, 0xfe, 0x41, 0]), [{ problem: 'UTF_16' }]],
		['Latin-1', new Uint8Array([...bytesOf(`${CITIZENSHIP}\n`), 0xe9]), [{ problem: 'NOT_UTF_8', line: 2 }]],
		['a spreadsheet', new Uint8Array([0x50, 0x4b, 3, 4]), [{ problem: 'SPREADSHEET' }]],
		['an open quote', `${CITIZENSHIP}\n"P-1;DE`, [{ problem: 'QUOTES', line: 2 }]],
		[
			'odd columns',
			'person,contry,country,Country,document,issuer,valid_from\nx',
			[
				{ problem: 'UNKNOWN_COLUMN', about: 'contry', nearest: 'country' },
				{ problem: 'REPEATED_COLUMN', about: 'country' },
				{ problem: 'MISSING_COLUMN', about: 'evidence' },
			],
		],
	])('%s is refused, and nothing is stored', async (_, file, problems) => {
		const before = await countOf('people_imports')
		expect(await examine('citizenship', file)).toEqual({ problems })
		expect(await countOf('people_imports')).toBe(before)
	})

	test('every template has the columns that are asked for', async () => {
		for (const what of IMPORT_KINDS) {
			const done = await examine(what, importTemplate(app.deps, what))
			expect(done, what).toHaveProperty('importId')
			if ('importId' in done) await discardImport(app.deps, officer, done.importId)
		}
	})

	test('is destroyed when it expires, is discarded, or somebody is erased; its rows leave as a safe file', async () => {
		const { number } = await newcomer()
		const file = `${CITIZENSHIP}\n${number};DE;passport;Bonn;2020-01-01;;file\n@SUM(1);DE;passport;Bonn;2020-01-01;;file`
		const shown = await dryRun('citizenship', file)
		const { pieces } = await exportImport(app.deps, officer, shown.id, false)
		let text = ''
		for await (const piece of pieces) text += new TextDecoder().decode(piece)
		expect(text).toContain("3,'@SUM(1),error")
		const stored = await app.owner.pool.query<{ bytes: Buffer }>(
			`select bytes from people_import_pieces where import_id = '${shown.id}'`,
		)
		expect(stored.rows.length).toBe(3)
		expect(stored.rows.some(({ bytes }) => bytes.includes(number))).toBe(false)
		const left = () => countOf(`people_import_pieces where import_id = '${shown.id}'`)
		await app.deps.database.withTx((tx) => purgeImports(tx, app.clock.now()))
		expect(await left()).toBe(3)
		await app.deps.database.withTx((tx) =>
			purgeImports(tx, new Date(app.clock.now().getTime() + 25 * 3_600_000)),
		)
		expect(await left()).toBe(0)
		const waiting = await dryRun('citizenship', file)
		const gone = await newcomer()
		const { displayName } = await findPerson(db(), gone.id)
		await erasePerson(app.deps, officer, gone.id, {
			parts: ['identity', 'facts'],
			ground: 'person_asked',
			reason: 'Asked for in writing.',
			confirmation: displayName,
		})
		const list = await showImports(app.deps, officer)
		expect(list.find(({ id }) => id === waiting.id)?.state).toBe('discarded')
		expect(await countOf('people_import_pieces')).toBe(0)
	})

	test('others may neither bring one nor see one', async () => {
		for (const persona of ['operator', 'auditor']) {
			const actor = app.actor(persona)
			await expect(showImports(app.deps, actor)).rejects.toMatchObject({ code: 'FORBIDDEN' })
			await expect(
				examineFile(app.deps, actor, { what: 'people', bytes: bytesOf(HEADER) }),
			).rejects.toMatchObject({ code: 'FORBIDDEN' })
		}
	})
})
