import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FACT_KINDS } from '#workflows/people/facts/fact-kinds.ts'
import { columnsOf, IMPORT_KINDS, isImportKind, readHeader } from '#workflows/people/import/columns.ts'
import { readCells, readDay, readFactRow, readPersonRow } from '#workflows/people/import/read-row.ts'

const NOW = new Date('2026-11-24T12:00:00.000Z')

describe('a line of names', () => {
	test.each(IMPORT_KINDS)('of the template of %s is read, however it is written', (what) => {
		const names = columnsOf(what).map(({ name }) => name)
		expect(readHeader(what, names)).toEqual({ columns: columnsOf(what) })
		const spelt = names.map((name) => ` ${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()} `)
		expect(readHeader(what, spelt.toReversed())).toEqual({ columns: columnsOf(what).toReversed() })
	})

	test('is never a fault of ours', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...IMPORT_KINDS),
				fc.array(fc.string(), { maxLength: 80 }),
				(what, names) => {
					const read = readHeader(what, names)
					expect('columns' in read || read.problems.length > 0).toBe(true)
				},
			),
		)
	})

	test('is of a kind that there is', () => {
		expect(isImportKind('people')).toBe(true)
		expect(isImportKind('presence')).toBe(false)
	})
})

describe('a row', () => {
	test('of any text is read or has its errors, each at a field', () => {
		const cell = fc.oneof(fc.string(), fc.constantFrom('=1', '2026-02-30', 'DE', '\0', '-5', ' \t'))
		fc.assert(
			fc.property(fc.constantFrom(...FACT_KINDS), fc.array(cell, { maxLength: 12 }), (kind, raw) => {
				const columns = columnsOf(kind)
				const { cells, problems } = readCells(columns, raw)
				const read = readFactRow(kind, columns, cells, NOW)
				const person = readPersonRow(readCells(columnsOf('people'), raw).cells)
				for (const { field, problem } of [
					...problems,
					...('problems' in read ? read.problems : []),
					...('problems' in person ? person.problems : []),
				])
					expect(`${field} ${problem}`).toMatch(/^\w+ \w+$/)
			}),
		)
	})

	test.each(FACT_KINDS)('of the template of %s is a fact', (kind) => {
		const columns = columnsOf(kind)
		const { cells, problems } = readCells(
			columns,
			columns.map(({ example }) => example),
		)
		expect(problems).toEqual([])
		expect(readFactRow(kind, columns, cells, NOW)).toHaveProperty('fact.person', 'P-10442')
	})

	test('that begins like a formula is refused, but words may begin with a hyphen', () => {
		const columns = columnsOf('travel')
		const { problems } = readCells(columns, ['-1', 'CH', '- by train', '2026-01-01', '2026-01-02', '@x'])
		expect(problems).toEqual([
			{ field: 'person', problem: 'FORMULA' },
			{ field: 'evidence', problem: 'FORMULA' },
		])
	})

	test.each(['2026-02-30', '24.11.2026', '2026-11-24T00:00', '', '20261124'])('has no day in %j', (text) => {
		expect(readDay(text)).toBeNull()
	})
})
