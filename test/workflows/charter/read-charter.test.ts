import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readCharter, type CharterProblem } from '#app/services/charter/read-charter.server.ts'
import { charterInput } from '#test/factories/charter.ts'
import { DomainError } from '#workflows/shared/errors.ts'

const TEXT = stringify(charterInput())

function problemsIn(text: string): CharterProblem[] {
	try {
		readCharter(text)
		return []
	} catch (error) {
		if (!(error instanceof DomainError) || error.code !== 'CHARTER_INVALID') throw error
		return error.details.problems as CharterProblem[]
	}
}

/** The text of the factory with one part replaced. */
function withPart(part: string | RegExp, by: string): string {
	const changed = TEXT.replace(part, () => by)
	if (changed === TEXT) throw new Error('Nothing was replaced.')
	return changed
}

/** Every problem as path and message, each with what stands at its place. */
const told = (text: string) =>
	problemsIn(text).map(({ line, column, path, message }) => ({
		path,
		message,
		at: text.split(/\r?\n/)[line - 1]?.slice(column - 1),
	}))

describe('a problem of form says what to do, at its place', () => {
	test.each<[name: string, text: string, path: string, message: string, at: string]>([
		[
			'an unknown key that is nearly a known one',
			withPart('certified: secret', 'certifed: secret'),
			'facilities.hall.certifed',
			'No key is called certifed here. Did you mean certified?',
			'certifed: secret',
		],
		[
			'a known key in the wrong case',
			withPart('requestedBy:', 'requestedby:'),
			'roles.admin.access.requestedby',
			'No key is called requestedby here. Did you mean requestedBy?',
			'requestedby:',
		],
		[
			'a key that is missing',
			withPart('    city: Berlin\n', ''),
			'facilities.hall.city',
			'The key city is missing: add it.',
			'title: Hall',
		],
		[
			'a section that is missing',
			withPart(/facilities:\n[^]*?(?=roles:)/, ''),
			'facilities',
			'The key facilities is missing: add it.',
			'charter:',
		],
		[
			'a word that is none of those allowed',
			withPart('certified: secret', 'certified: secrt'),
			'facilities.hall.certified',
			'Use one of unclassified, restricted, confidential, secret, top-secret. Did you mean secret?',
			'secrt',
		],
		[
			'silence that permits',
			withPart('within: PT4H', 'within: PT4H\n          silence: permit'),
			'roles.admin.access.stages.0.silence',
			'Only deny can be written here; otherwise leave the key out.',
			'permit',
		],
		[
			'a rule that is switched off by false',
			withPart('citizenship:\n      anyOf:\n        - DE\n', 'citizenship:\n      unionCitizen: false\n'),
			'roles.operator.citizenship.unionCitizen',
			'Only true can be written here; otherwise leave the key out.',
			'false',
		],
		[
			'a key without anything behind it',
			withPart('title: Hall', 'title:'),
			'facilities.hall.title',
			'Nothing is written here. Write text here; in quotes if it would be read as something else.',
			'',
		],
		[
			'a number where text is meant',
			withPart('title: Hall', 'title: 17'),
			'facilities.hall.title',
			'Write text here; in quotes if it would be read as something else.',
			'17',
		],
		[
			'a number in quotes',
			withPart('version: 1', 'version: "1"'),
			'charter.version',
			'Write a number here, without quotes.',
			'"1"',
		],
		[
			'a part of a version',
			withPart('version: 1', 'version: 1.5'),
			'charter.version',
			'Write a whole number here.',
			'1.5',
		],
		[
			'a version before the first',
			withPart('version: 1', 'version: 0'),
			'charter.version',
			'Write a number of at least 1.',
			'0',
		],
		[
			'a word where a list is meant',
			withPart(/networks:\n *- 10\.1\.0\.0\/16/, 'networks: 10.1.0.0/16'),
			'facilities.hall.networks',
			'Write a list here, each entry after a hyphen or all in [ ].',
			'10.1.0.0/16',
		],
		[
			'a word where a section is meant',
			withPart('clearance:\n      anyOf:\n        - scheme: DE\n          level: U2\n', 'clearance: U2\n'),
			'roles.operator.clearance',
			'Write keys and what they hold here, indented below.',
			'U2',
		],
		[
			'an Entra target with a key of another kind of target',
			withPart('scope: /', 'relation: member'),
			'roles.admin.access.entra.scope',
			'The key scope is missing: add it.',
			'roleTemplateId: 729827e3-9c14-49f7-bb1b-9608f156bbb8',
		],
		[
			'an Entra role that is no identifier',
			withPart('729827e3-9c14-49f7-bb1b-9608f156bbb8', 'helpdesk'),
			'roles.admin.access.entra.roleTemplateId',
			'Write an identifier such as 729827e3-9c14-49f7-bb1b-9608f156bbb8.',
			'helpdesk',
		],
		[
			'a presence that is none',
			withPart('certified: secret', 'certified: secret\n    presence: netwrk'),
			'facilities.hall.presence',
			'Use one of none, network. Did you mean network?',
			'netwrk',
		],
		[
			'a badge rule that is no duration',
			withPart('certified: secret', 'certified: secret\n    presence: { badgeWithin: 12h }'),
			'facilities.hall.presence.badgeWithin',
			'Write a duration as in ISO 8601, such as PT4H or PT30M.',
			'12h }',
		],
		[
			'a country that YAML 1.1 would read as false, read as text',
			withPart('country: DE', 'country: no'),
			'facilities.hall.country',
			'Use a two-letter country code in capitals (ISO 3166-1), such as DE.',
			'no',
		],
		[
			'a role by a name that is no key',
			withPart('  owner:', '  Owner 1:'),
			'roles.Owner 1',
			'Use lower-case letters, digits and hyphens, 2 to 48 characters.',
			'Owner 1:',
		],
	])('%s', (_name, text, path, message, at) => {
		expect(told(text)).toContainEqual({ path, message, at })
		expect(told(text.replaceAll('\n', '\r\n'))).toEqual(told(text))
	})

	test('no problem is told in words that only a programmer knows', () => {
		for (const [key, value] of [
			['charter', '[]'],
			['charter', 'null'],
			['charter', '{}'],
			['roles', '{ admin: 1 }'],
			['facilities', '{ hall: { networks: [1, {}], presence: [] } }'],
			['separationOfDuty', '{ neverHeldTogether: [[a], 1, [a1, b1, c1]] }'],
			['everyone', '{ citizenship: { dualNationality: { onlyWith: [] } }, caveats: {} }'],
			['lockbox', '{ stages: [{ quorum: 10, within: 1 }] }'],
			['agreements', '{ pact: { title: "", parties: [DE, FR], from: 2026-02-30 } }'],
			['undisclosedRequester', 'permit'],
		] as const) {
			const problems = problemsIn(`${key}: ${value}\n`)
			expect(problems.length).toBeGreaterThan(0)
			for (const { message } of problems) {
				expect(message).toMatch(/^[A-Z].*[.?]$/)
				expect(message).not.toMatch(/[Ii]nvalid|[Uu]nrecognized|expected|received|undefined|object|>=|<=/)
			}
		}
	})

	test('what is wrong in form is not told a second time for what it means', () => {
		expect(told(withPart('country: DE', 'country: de'))).toHaveLength(1)
	})

	test('a hundred problems are told at most, and that there are more', () => {
		const problems = problemsIn(TEXT + Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n'))
		expect(problems).toHaveLength(101)
		expect(problems.at(-1)?.message).toMatch(/^There are more than 100 problems/)
	}, 60_000)

	test('a message is no longer than one can read', () => {
		const [first] = problemsIn(withPart('from: approver', `from: ${'x'.repeat(900_000)}`))
		expect(first?.message.length).toBeLessThan(600)
		const [unknown] = problemsIn(`${TEXT}${'x'.repeat(1000)}: 1\n`)
		expect(`${unknown?.path}${unknown?.message}`.length).toBeLessThan(1200)
	})
})

describe('what YAML may say and a charter may not', () => {
	const hidden = (code: string) =>
		`This character cannot be seen, or is shown as another (U+${code}). Take it out.`
	const TAG = 'Take out the tag (the word that begins with !): this is written without any.'
	const VERSION = 'This is read as YAML 1.2: take out the %YAML line.'
	const PROTO = 'No key can be called __proto__: give it another name.'
	test.each<[name: string, text: string, line: number, column: number, message: string]>([
		['another version, in which NO is false and << merges', `%YAML 1.1\n---\n${TEXT}`, 1, 1, VERSION],
		['a tag for bytes', withPart('title: Test charter', 'title: !!binary aGVsbG8='), 3, 10, TAG],
		['a tag for a program', withPart('title: Test charter', 'title: !!js/function "x"'), 3, 10, TAG],
		['a tag of its own', withPart('title: Test charter', 'title: !secret x'), 3, 10, TAG],
		[
			'merging',
			withPart('    title: Hall', '    <<: { country: FR }\n    title: Hall'),
			10,
			5,
			'Merging with << is not read: write the keys out here.',
		],
		[
			'a role by a name that would be passed over',
			withPart('\nroles:', '\nroles:\n  __proto__: { title: x }'),
			23,
			3,
			PROTO,
		],
		['a facility by such a name', withPart('\nfacilities:', '\nfacilities:\n  __proto__: {}'), 9, 3, PROTO],
		[
			'a role that is written twice',
			withPart('\n  owner:', '\n  approver:'),
			68,
			3,
			'The key approver is written twice: keys must be unique, keep one.',
		],
		[
			'a section that is written twice',
			`${TEXT}facilities: {}\n`,
			109,
			1,
			'The key facilities is written twice: keys must be unique, keep one.',
		],
		[
			'a key that is no text',
			withPart('\nroles:', '\nroles:\n  ? { a: b }\n  : x'),
			23,
			5,
			'Write the key as plain text.',
		],
		[
			'an alias inside of what it names',
			withPart('\nfacilities:', '\nfacilities: &all\n  more: *all'),
			9,
			9,
			'*all stands inside of what it names: write it out here.',
		],
		[
			'an alias of what comes later',
			withPart('title: Test charter', 'title: *name'),
			3,
			10,
			'Nothing above is marked &name: write it out here.',
		],
		['a NUL', withPart('Test charter', 'Te\u0000st'), 3, 12, hidden('0000')],
		['a NUL that is written out', withPart('Test charter', '"Te\\0st"'), 3, 10, hidden('0000')],
		['text that runs backwards', withPart('Test charter', 'Te\u202est'), 3, 12, hidden('202E')],
		[
			'text that runs backwards, written out',
			withPart('Test charter', '"Te\\u202est"'),
			3,
			10,
			hidden('202E'),
		],
		['half a character', withPart('Test charter', 'Te\ud800st'), 3, 12, hidden('D800')],
		[
			'the end of a line that only some editors show',
			withPart('Test charter', 'Te\rst'),
			3,
			12,
			hidden('000D'),
		],
		['a byte order mark in the middle', withPart('Test charter', 'Te\ufeffst'), 3, 12, hidden('FEFF')],
		[
			'a tab as indentation',
			withPart('\n  title: Test charter', '\n\ttitle: Test charter'),
			3,
			1,
			'Indent with spaces: tabs are not allowed here.',
		],
	])('%s is refused', (_name, text, line, column, message) => {
		expect(problemsIn(text)[0]).toEqual({ line, column, path: '', message })
	})

	test.each([
		['open brackets', '['.repeat(999_000)],
		['brackets', `a: ${'['.repeat(400_000)}${']'.repeat(400_000)}`],
		['braces', '{a: '.repeat(200_000)],
		['hyphens', '- '.repeat(490_000)],
		['question marks', '? '.repeat(490_000)],
		['colons', ': '.repeat(490_000)],
		['keys on one line', 'a: '.repeat(330_000)],
		['indents', Array.from({ length: 1300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
	])('a nest of %s is refused at once', (_name, text) => {
		expect(problemsIn(text)[0]?.message).toBe(
			'This nests more than 40 deep, which is never needed: take it out.',
		)
	})

	test('a byte order mark at the beginning, other line ends, brackets in text and an alias are read', () => {
		const { charter } = readCharter(TEXT)
		for (const text of [
			`\ufeff${TEXT}`,
			TEXT.replaceAll('\n', '\r\n'),
			`%YAML 1.2\n---\n${TEXT}`,
			withPart('country: DE', 'country: &country DE').replace('    country: DE', '    country: *country'),
			`# ${'['.repeat(100)}\n${TEXT}`,
		])
			expect(readCharter(text).charter).toEqual(charter)
		const title = `"${'['.repeat(50)}"`
		expect(readCharter(withPart('title: Hall', `title: ${title}`)).charter.facilities.hall?.title).toBe(
			'['.repeat(50),
		)
	})
})
