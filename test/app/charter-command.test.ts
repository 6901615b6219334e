import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from '#app/commands/charter/check.ts'
import { charter as charterTool } from '#app/commands/charter/commands.ts'
import { explain } from '#app/commands/charter/explain.ts'
import { impact } from '#app/commands/charter/impact.ts'
import { CommandError } from '#app/commands/command-error.ts'
import { loadOrganisation, sampleTexts } from '#app/sandbox/load-organisation.ts'
import { charterJsonSchemaText } from '#workflows/charter/published/charter-json-schema.ts'
import { runCommand, runHere } from '#test/app/run-command.ts'
import { createTestDatabase, type TestDatabase, urlOf } from '#test/database.ts'

const CHARTERS = join(import.meta.dirname, '../../app/charters')
const PEOPLE = join(import.meta.dirname, '../../app/sandbox/organisation.yaml')
const SAMPLE = join(CHARTERS, 'tax-administration.yaml')
const { charterYaml, peopleYaml } = sampleTexts()

let folder: string
let testDatabase: TestDatabase

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-command-'))
	testDatabase = await createTestDatabase()
	const deps = {
		database: testDatabase.database,
		now: () => new Date(),
		newId: () => uuidv7(),
		randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
	}
	const log = { origin: 'localhost/log', rpId: 'localhost', webOrigin: 'http://localhost' }
	await loadOrganisation(deps, { charterYaml, peopleYaml }, log)
})
afterAll(async () => {
	await testDatabase.drop()
	rmSync(folder, { recursive: true, force: true })
})

const nowhere = () => ({ CHARTERKEEP_DATA_DIR: join(folder, 'none') })
const inDatabase = () => ({ ...nowhere(), DATABASE_URL: urlOf(testDatabase.connection) })
const charter = (args: string[], env: Record<string, string> = nowhere()) =>
	runHere(charterTool, args, { env })
/** The same as a process of its own: for what only that shows. */
const asProcess = (args: string[], env: Record<string, string> = nowhere(), input = '') =>
	runCommand('charter.ts', args, { env, input })
const fromDatabase = (...args: string[]) => charter(args, inDatabase())
const json = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as Record<string, unknown>

/** What a command says of input that it refuses; the tool prints it and ends with 2. */
async function refusal(command: (args: string[]) => Promise<number>, [, ...args]: string[]): Promise<string> {
	const error = await command(args).catch((thrown: unknown) => thrown)
	if (!(error instanceof CommandError)) throw new Error('This was not refused.', { cause: error })
	return error.message
}

function file(name: string, text: string): string {
	const path = join(folder, name)
	writeFileSync(path, text)
	return path
}
/** The sample charter as its second version, with one passage replaced. */
const amended = (name: string, passage: RegExp, instead: string) => {
	const text = charterYaml.replace('version: 1', 'version: 2').replace(passage, instead)
	expect(text).not.toBe(charterYaml.replace('version: 1', 'version: 2'))
	return file(name, text)
}
/** The same rules under another title. */
const harmless = () => amended('harmless.yaml', /title: Bonn office/, 'title: Bonn offices')
/** User administrators are cleared at the highest level: some operators lose the role. */
const harmful = () =>
	amended(
		'harmful.yaml',
		/(user-administrator:[\s\S]*?clearance: \{ anyOf: )\[[^\]]*\]/,
		'$1[{ scheme: DE, level: U3 }]',
	)

describe('usage', () => {
	test('is printed by help, and is what one gets for nothing or for a command that there is not', async () => {
		const [help, none, wrong] = await Promise.all([
			asProcess(['help']),
			asProcess([]),
			asProcess(['improve']),
		])
		expect(help).toMatchObject({ code: 0, stderr: '' })
		expect(help.stdout).toMatch(/^Usage: npm run --silent charter/)
		expect(none).toEqual({ code: 2, stdout: '', stderr: help.stdout })
		expect(wrong).toMatchObject({ code: 2, stdout: '' })
		expect(wrong.stderr).toMatch(/There is no command "improve"/)
	})

	test('schema prints what is published', async () => {
		expect(await charter(['schema'])).toEqual({ code: 0, stdout: charterJsonSchemaText(), stderr: '' })
	})
})

describe('check', () => {
	test('says that a charter is valid, which it is', async () => {
		const [plain, machine] = await Promise.all([
			charter(['check', SAMPLE]),
			asProcess(['check', '-', '--json'], nowhere(), charterYaml),
		])
		expect(plain).toMatchObject({ code: 0, stderr: '' })
		expect(plain.stdout).toMatch(
			/: valid: Sovereignty Charter of the Bundestaxrechenzentrum, version 1, SHA-256/,
		)
		expect(machine.code).toBe(0)
		expect(json(machine)).toMatchObject({
			file: '-',
			valid: true,
			problems: [],
			charter: {
				id: 'btr-charter',
				version: 1,
				textSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
			},
		})
	})

	test('prints every problem with a place that an editor can open', async () => {
		const broken = file(
			'broken.yaml',
			charterYaml
				.replace('jurisdiction: DE', 'jurisdiction: de')
				.replace('networks: [10.20.0.0/16]', 'nets: []'),
		)
		const [plain, machine] = await Promise.all([
			charter(['check', broken]),
			charter(['check', broken, '--json']),
		])
		const line = charterYaml.split('\n').findIndex((text) => text.includes('jurisdiction: DE')) + 1
		expect(plain).toMatchObject({ code: 1, stderr: '' })
		expect(plain.stdout).toContain(`${broken}:${line}:17 charter.jurisdiction: Use a two-letter country code`)
		expect(plain.stdout.trim().split('\n').length).toBe(3)
		expect(machine.code).toBe(1)
		expect(json(machine)).toMatchObject({ file: broken, valid: false })
		expect(json(machine).problems).toHaveLength(3)
	})

	test('refuses a text that grows when it is read, and one that is too long before it is read', async () => {
		const levels = Array.from(
			{ length: 12 },
			(_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`,
		)
		const bomb = file('bomb.yaml', ['a0: &a0 [x]', ...levels].join('\n'))
		const large = file('large.yaml', `# ${'x'.repeat(10_000_000)}\n${charterYaml}`)
		const results = await Promise.all([
			charter(['check', bomb]),
			charter(['check', large]),
			asProcess(['check', '-'], nowhere(), 'x'.repeat(3_000_000)),
		])
		expect(results.map(({ code }) => code)).toEqual([1, 1, 1])
		expect(results[0]?.stdout).toMatch(/:7:10 A charter uses at most 50 aliases: write it out here\./)
		const size = statSync(large).size
		expect(results[1]?.stdout).toMatch(
			new RegExp(`:1:1 A charter takes at most 1000000 bytes, this one has ${size}\\.\\n$`),
		)
		expect(results[2]?.stdout).toMatch(/^-:1:1 A charter takes at most 1000000 bytes, this one has more\.\n$/)
	})

	test.each<[string, string[], RegExp]>([
		['no file named', ['check'], /Say which file to check/],
		['an option that there is not', ['check', SAMPLE, '--loudly'], /Unknown option '--loudly'/],
		['no such file', ['check', '/nowhere/at/all.yaml'], /cannot be read: there is no such file/],
	])('ends with 2 for %s', async (_, args, said) => {
		const { code, stdout, stderr } = await charter(args)
		expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
		expect(stderr).toMatch(said)
	})

	test('ends with 2 for what is no text, no file, or two', async () => {
		const binary = join(folder, 'binary.yaml')
		writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x41]))
		await expect(refusal(check, ['check', binary])).resolves.toMatch(/it is not UTF-8 text/)
		await expect(refusal(check, ['check', CHARTERS])).resolves.toMatch(/cannot be read/)
		await expect(refusal(check, ['check', SAMPLE, SAMPLE])).resolves.toMatch(/one only/)
	})
})

describe('impact', () => {
	test('is 0 where nobody loses anything, for people of a file and of the database alike', async () => {
		const results = await Promise.all([
			charter(['impact', SAMPLE, harmless(), '--people', PEOPLE, '--json']),
			asProcess(['impact', SAMPLE, harmless(), '--json'], inDatabase()),
		])
		for (const result of results) {
			expect(result).toMatchObject({ code: 0, stderr: '' })
			expect(json(result)).toMatchObject({
				before: { id: 'btr-charter', version: 1 },
				after: { id: 'btr-charter', version: 2 },
				harmless: true,
				people: 27,
				quorumGaps: [],
				owners: { before: 2, after: 2, needed: 2 },
			})
			expect(json(result)).not.toHaveProperty('changes')
		}
		const [ofFile, ofDatabase] = results.map((result) => json(result).roles)
		expect(ofFile).toEqual(ofDatabase)
	})

	test('is 1 where somebody loses a role, and says who and why', async () => {
		const [plain, machine] = await Promise.all([
			charter(['impact', SAMPLE, harmful(), '--people', PEOPLE, '--list']),
			fromDatabase('impact', SAMPLE, harmful(), '--list', '--json'),
		])
		expect(plain).toMatchObject({ code: 1, stderr: '' })
		expect(plain.stdout).toMatch(
			/LOSES {3}user-administrator \(User administrator\): 4 before, 1 after: 3 lose it \(clearance: 3\)/,
		)
		expect(plain.stdout).toMatch(/^loses {3}user-administrator {2}Jonas Weidner: clearance$/m)
		expect(plain.stdout).toMatch(/Look again: somebody loses a role\.\n/)
		expect(machine.code).toBe(1)
		expect(json(machine)).toMatchObject({ harmless: false })
		expect(json(machine).changes).toContainEqual({
			personId: 'e92e9064-ab3b-4207-ab71-821f1320d978',
			name: 'Jonas Weidner',
			role: 'user-administrator',
			change: 'loses',
			reasons: ['CLEARANCE'],
		})
	})

	test('is 1 where a stage lacks people, and where too few can amend', async () => {
		const nine = amended('nine.yaml', /(security-reader:[\s\S]*?from: duty-officer, quorum: )1/, '$19')
		const locked = amended('locked.yaml', /(charter-owner:[\s\S]*?citizenship: \{ anyOf: \[)DE\]/, '$1FR]')
		const [quorum, owners] = await Promise.all([
			charter(['impact', SAMPLE, nine, '--people', PEOPLE]),
			charter(['impact', SAMPLE, locked, '--people', PEOPLE]),
		])
		expect(quorum.code).toBe(1)
		// Of four duty officers one is an operator too, and who may ask decides on nobody's access.
		expect(quorum.stdout).toMatch(/QUORUM {2}security-reader: 3 can decide as duty-officer, and 9 are needed/)
		expect(owners.code).toBe(1)
		expect(owners.stdout).toMatch(/OWNERS {2}2 could amend the charter before, 0 can after, and 2 are needed/)
	})

	test('judges at the instant that is asked about', async () => {
		const later = await charter([
			'impact',
			SAMPLE,
			SAMPLE,
			'--people',
			PEOPLE,
			'--at',
			'2099-01-01',
			'--json',
		])
		expect(json(later)).toMatchObject({ at: '2099-01-01T00:00:00.000Z', owners: { before: 0, after: 0 } })
		expect(later.code).toBe(1)
	})

	test('ends with 2 for what cannot be compared', async () => {
		const empty = file('empty.yaml', 'people: []')
		const broken = file('not-a-charter.yaml', 'charter: {}')
		const cases: [string[], RegExp][] = [
			[['impact', SAMPLE], /Say which charters to compare/],
			[['impact', SAMPLE, broken, '--people', PEOPLE], /not-a-charter\.yaml:1:10 charter\.id: /],
			[['impact', SAMPLE, SAMPLE, '--people', empty], /empty\.yaml:1:9 people: Name at least one person/],
			[['impact', SAMPLE, SAMPLE, '--people', PEOPLE, '--at', 'soon'], /--at takes an instant with its zone/],
		]
		for (const [args, said] of cases) await expect(refusal(impact, args)).resolves.toMatch(said)
		const { code, stdout, stderr } = await charter(['impact', SAMPLE, SAMPLE])
		expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
		expect(stderr).toMatch(/There are no data in .* yet: start Charterkeep once/)
		expect(existsSync(nowhere().CHARTERKEEP_DATA_DIR)).toBe(false)
	})
})

describe('explain', () => {
	const asked = (person: string, role: string, ...more: string[]) => [
		'explain',
		'--person',
		person,
		'--role',
		role,
		...more,
	]
	const files = ['--people', PEOPLE, '--charter', SAMPLE]

	test('is 0 for a permit and 1 for a denial, with every reason', async () => {
		const [permit, deny] = await Promise.all([
			fromDatabase(...asked('JONAS.weidner@btr.example', 'user-administrator', '--for', 'PT4H')),
			asProcess(asked('Ruth Sommerfeld', 'duty-officer'), inDatabase()),
		])
		expect(permit).toMatchObject({ code: 0, stderr: '' })
		expect(permit.stdout).toMatch(/^Jonas Weidner may ask for User administrator\nHolds until /)
		expect(permit.stdout).toMatch(/^For how long: 4 h$/m)
		expect(deny).toMatchObject({ code: 1, stderr: '' })
		expect(deny.stdout).toMatch(/^\[ \] Clearance DE U2 or NATO NS or higher: /m)
	})

	test('gives one object for machines, without the facts of the person, in the database and in files', async () => {
		const [ofDatabase, ofFiles] = await Promise.all([
			fromDatabase(...asked('Emma Jansen', 'user-administrator', '--json')),
			charter(asked('Emma Jansen', 'user-administrator', '--json', ...files)),
		])
		for (const result of [ofDatabase, ofFiles]) {
			expect(result).toMatchObject({ code: 1, stderr: '' })
			expect(json(result)).toMatchObject({
				person: { name: 'Emma Jansen' },
				role: { key: 'user-administrator' },
				part: 'requester',
				charter: { version: 1 },
				verdict: { permit: false },
				verdictSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
			})
			expect(json(result)).not.toHaveProperty('facts')
			expect(result.stdout).not.toContain('"NL"')
		}
		expect((json(ofDatabase).charter as { inForceFrom: string }).inForceFrom).toMatch(/Z$/)
		expect((json(ofFiles).charter as { inForceFrom: null }).inForceFrom).toBe(null)
	})

	test('answers for other parts, other instants and in German', async () => {
		const [approver, later, german, unborn] = await Promise.all([
			charter(asked('Thomas Aschauer', 'user-administrator', '--part', 'approver', '--stage', '1', ...files)),
			charter(asked('Jonas Weidner', 'operator', '--at', '2099-01-01T00:00:00+01:00', '--json', ...files)),
			charter(asked('Jonas Weidner', 'operator', '--language', 'de', ...files)),
			fromDatabase(...asked('Jonas Weidner', 'operator', '--known-at', '2020-01-01', '--json')),
		])
		expect(approver.code).toBe(0)
		expect(later.code).toBe(1)
		expect(json(later).at).toBe('2098-12-31T23:00:00.000Z')
		expect(german.code).toBe(0)
		expect(german.stdout).toMatch(/^Zum Zeitpunkt: /m)
		expect(unborn.code).toBe(1)
	})

	test('ends with 2 for a question that the charter has no answer to', async () => {
		const cases: [string[], RegExp][] = [
			[['explain', '--role', 'operator'], /Say whom and what/],
			[asked('Nobody Atall', 'operator', ...files), /Nobody is called "Nobody Atall"/],
			[
				asked('Jonas Weidner', 'constructor', ...files),
				/The charter has no role "constructor"\. It has security-officer, /,
			],
			[asked('Jonas Weidner', 'operator', '--part', 'requester', ...files), /held by appointment/],
			[asked('Jonas Weidner', 'operator', '--for', 'PT1H', ...files), /--for are about access/],
			[
				asked('Jonas Weidner', 'user-administrator', '--part', 'owner', ...files),
				/--part is one of holder, /,
			],
			[
				asked('Jonas Weidner', 'user-administrator', '--part', 'approver', '--stage', '3', ...files),
				/has 2 stages/,
			],
			[asked('Jonas Weidner', 'user-administrator', '--facility', 'moon', ...files), /no facility "moon"/],
			[asked('Jonas Weidner', 'user-administrator', '--for', 'P1M', ...files), /--for takes a duration/],
			[
				asked('Jonas Weidner', 'operator', '--at', '2026-11-23T12:00:00', ...files),
				/--at takes an instant with its zone/,
			],
			[asked('Jonas Weidner', 'operator', '--known-at', '2026-02-30', ...files), /--known-at takes/],
		]
		for (const [args, said] of cases) await expect(refusal(explain, args)).resolves.toMatch(said)
		const { code, stdout, stderr } = await charter(asked('Nobody Atall', 'operator', ...files))
		expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
		expect(stderr).toMatch(/^Nobody is called "Nobody Atall": give /)
	})

	test('lists those who are called the same, and takes one of them by id', async () => {
		const ids = ['9caae579-5eb2-4751-bc89-f1f1553eace6', 'd491bf04-1968-46e5-a668-cd71b23f8ea0'] as const
		await testDatabase.database.pool.query('update people set display_name = $1 where id = any($2)', [
			'Alex Schmidt',
			ids,
		])
		const twins = file(
			'twins.yaml',
			readFileSync(PEOPLE, 'utf8').replace(/(Ingrid Falkenstein|Birgit Neumann)/g, 'Alex Schmidt'),
		)
		const results = await Promise.all([
			fromDatabase(...asked('Alex Schmidt', 'security-officer')),
			charter(asked('Alex Schmidt', 'security-officer', '--people', twins, '--charter', SAMPLE)),
		])
		for (const { code, stdout, stderr } of results) {
			expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
			expect(stderr).toMatch(/Several people are called "Alex Schmidt"/)
			for (const id of ids) expect(stderr).toContain(id)
		}
		expect(await fromDatabase(...asked(ids[0].toUpperCase(), 'security-officer'))).toMatchObject({ code: 0 })
	})
})

describe('a database that cannot be used', () => {
	test('is named, without its password, and ends with 2', async () => {
		const DATABASE_URL = 'postgres://ck:hunter2@127.0.0.1:1/ck'
		const { code, stdout, stderr } = await charter(['impact', SAMPLE, SAMPLE], { ...nowhere(), DATABASE_URL })
		expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
		expect(stderr).toMatch(/The database cannot be reached: .*ECONNREFUSED/)
		expect(stderr).not.toContain('hunter2')
	})

	test('of another version is left as it is', async () => {
		const older = await createTestDatabase()
		try {
			const migrations = 'drizzle.__drizzle_migrations'
			await older.owner.pool.query(`delete from ${migrations} where id = (select max(id) from ${migrations})`)
			const count = async () => (await older.owner.pool.query(`select id from ${migrations}`)).rowCount
			const before = await count()
			const env = { ...nowhere(), DATABASE_URL: urlOf(older.connection) }
			const { code, stderr } = await charter(['impact', SAMPLE, SAMPLE], env)
			expect(code).toBe(2)
			expect(stderr).toMatch(/another version of Charterkeep, or not at all: start this version once/)
			expect(await count()).toBe(before)
		} finally {
			await older.drop()
		}
	})

	test('because a setting is wrong: the setting is named', async () => {
		const { code, stderr } = await charter(['impact', SAMPLE, SAMPLE], { DATABASE_URL: 'mysql://x' })
		expect(code).toBe(2)
		expect(stderr).toMatch(/DATABASE_URL must be an address such as/)
	})
})
