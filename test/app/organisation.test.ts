import { randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { loadOrganisation, sampleTexts } from '#app/sandbox/load-organisation.ts'
import { OrganisationError, readOrganisation } from '#app/sandbox/read-organisation.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { factsOf } from '#db/queries/facts.ts'
import { ledgerPending } from '#db/schema/index.ts'
import { judgeAllRoles } from '#workflows/charter/eligibility.ts'
import { asKnownAt, FACT_KINDS, type PersonFacts, type Validity } from '#workflows/charter/facts.ts'
import { dbTest } from '#test/database.ts'

const NOW = new Date('2026-11-23T12:00:00.000Z')
const { charterYaml, peopleYaml } = sampleTexts()
const sample = readOrganisation(peopleYaml, NOW)

const MINIMAL = `people:
  - id: 9caae579-5eb2-4751-bc89-f1f1553eace6
    displayName: Ada
    userPrincipalName: ada@btr.example
    entraObjectId: 160affb6-fd07-4fac-a4da-55d57d6a13f7
    employer: Rechenwerk
    citizenships: [DE]
    clearances: []
    appointments: [operator]
    facilities: [hall]
`
const withLine = (line: string) => `${MINIMAL}    ${line}\n`

/** Without when it was recorded, and in an order that does not depend on the database. */
const plain = (facts: PersonFacts) =>
	FACT_KINDS.map((kind) => {
		const lists: readonly Validity[] = facts[kind]
		return lists
			.map(({ recordedAt: _, retractedAt: __, ...fact }) => JSON.stringify(fact, Object.keys(fact).sort()))
			.sort()
	})

describe('the facts of an organisation', () => {
	dbTest(
		'arrive in the database, and in the record, as they are read from the text',
		async ({ database }) => {
			const deps = {
				database,
				now: () => NOW,
				newId: () => uuidv7(),
				randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
			}
			const log = { origin: 'localhost/log', rpId: 'localhost', webOrigin: 'http://localhost' }
			expect(await loadOrganisation(deps, { charterYaml, peopleYaml }, log)).toBe(true)
			const stored = await factsOf(
				database.db,
				sample.map(({ id }) => id),
			)
			for (const { id, facts } of sample) {
				const found = stored.get(id)
				expect(found && plain(found)).toEqual(plain(facts))
			}
			const rows = await database.db.select({ kind: ledgerPending.kind }).from(ledgerPending)
			const recorded = (kind: string) => rows.filter((row) => row.kind === kind).length
			const read = (kind: (typeof FACT_KINDS)[number]) =>
				sample.reduce((count, { facts }) => count + facts[kind].length, 0)
			expect(recorded('person.residence_recorded')).toBe(read('residences'))
			expect(recorded('person.attendance_recorded')).toBe(read('briefings') + read('training'))
			expect(recorded('person.employment_recorded')).toBe(read('employments'))
			expect(read('residences')).toBeGreaterThan(3)
			expect(read('briefings')).toBeGreaterThan(1)
		},
	)

	test('change no verdict under the sample charter, which asks for none of the newer ones', () => {
		const { charter } = readCharter(charterYaml)
		const at = NOW.toISOString()
		for (const { facts } of sample) {
			const without = { ...facts, residences: [], briefings: [], training: [], employments: [] }
			expect(judgeAllRoles(charter, facts, at)).toEqual(judgeAllRoles(charter, without, at))
		}
	})

	test('name the chain of employers, and the employer alone where none is written', () => {
		const employments = (name: string) =>
			sample
				.find(({ displayName }) => displayName === name)
				?.facts.employments.map(({ employer, under, flowDown }) => ({ employer, under, flowDown }))
		expect(employments('Mirela Kovač')).toEqual([
			{ employer: 'Nordlicht Systemhaus GmbH', under: 'Bundestaxrechenzentrum', flowDown: true },
		])
		expect(employments('Jonas Weidner')).toEqual([
			{ employer: 'Bundestaxrechenzentrum', under: null, flowDown: false },
		])
	})

	test('hold between days, or between dates relative to the first start', () => {
		const [person] = readOrganisation(
			withLine('briefings: [{ key: nato-brief, validFrom: -P1M, validUntil: 2027-01-31 }]'),
			NOW,
		)
		expect(person?.facts.briefings).toEqual([
			{ key: 'nato-brief', validFrom: '2026-10-23T12:00:00.000Z', validUntil: '2027-01-31T00:00:00.000Z' },
		])
		expect(person && asKnownAt(person.facts, '2000-01-01T00:00:00.000Z')).toEqual(person?.facts)
	})
})

describe('a text that cannot be used is refused at its place', () => {
	/** The first place and what is said of it. */
	const refusal = (yaml: string) => {
		try {
			readOrganisation(yaml, NOW)
		} catch (error) {
			if (!(error instanceof OrganisationError)) throw error
			return error.message.replace('This list of people cannot be used. ', '')
		}
		return 'taken'
	}
	const last = MINIMAL.split('\n').length

	test.each([
		[
			'unknown key',
			withLine('residence: []'),
			/^Line 2, column 5: people\.0 There is no such key as residence/,
		],
		[
			'missing key',
			MINIMAL.replace(/ {4}employer.*\n/, ''),
			/people\.0\.employer This key is missing: add it/,
		],
		['country', withLine('residences: [{ country: Germany }]'), /residences\.0\.country Use a two-letter/],
		['status', withLine('residences: [{ country: DE, status: guest }]'), /residences\.0\.status/],
		['day', withLine('training: [{ key: law, validFrom: 1.2.2026 }]'), /validFrom Write a day as 2026-11-23/],
		['impossible day', withLine('training: [{ key: law, validFrom: 2026-02-30 }]'), /Write a day/],
		[
			'end before the beginning',
			withLine('training: [{ key: law, validUntil: -P3Y }]'),
			/ends before it begins/,
		],
		[
			'level',
			MINIMAL.replace(
				'clearances: []',
				'clearances: [{ scheme: DE, level: U9, issuer: BfV, validFrom: -P1Y, validUntil: +P1Y }]',
			),
			/no such level as U9: use one of/,
		],
		[
			'duties passed on by nobody',
			withLine('employments: [{ employer: A, flowDown: true }]'),
			/say under whom/,
		],
		['no employment at all', withLine('employments: []'), /leave the key out/],
		['briefing in capitals', withLine('briefings: [{ key: NATO }]'), /Use lower-case letters/],
		[
			'two of the same',
			`${MINIMAL}${MINIMAL.replace('people:\n', '')}`,
			/people\.1\.id Another person has the same/,
		],
		['no people', 'people: []', /Name at least one person/],
		['a key twice', `${MINIMAL}    employer: B\n`, /unique/i],
	])('%s', (_, yaml, said) => {
		expect(refusal(yaml)).toMatch(said)
	})

	test('with the line that it stands in', () => {
		expect(refusal(withLine('residences: [{ country: Germany }]'))).toMatch(
			new RegExp(`^Line ${last}, column 29:`),
		)
	})
})
