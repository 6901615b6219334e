import fc from 'fast-check'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { csvRecord, guardFormula } from '#workflows/audit-export/formats/csv.ts'

/** First characters that a spreadsheet would take for a formula; NUL is not written at all. */
const DANGEROUS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']
const nasty = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc
		.array(fc.constantFrom(...DANGEROUS, '\0', '"', ',', ';', '\r\n', 'a', ' ', "'", 'ä', '😀'), {
			maxLength: 8,
		})
		.map((parts) => parts.join('')),
)

/** Every record has as many cells as the first (RFC 4180 section 2). */
const table = fc
	.integer({ min: 2, max: 5 })
	.chain((width) => fc.array(fc.array(nasty, { minLength: width, maxLength: width }), { minLength: 1 }))

describe('CSV', () => {
	test('a strict reader gets every cell back as it was guarded, and none begins a formula', () => {
		fc.assert(
			fc.property(table, (records) => {
				const read = parse(records.map(csvRecord).join(''))
				expect(read).toEqual(records.map((cells) => cells.map(guardFormula)))
				for (const cell of read.flat()) {
					expect(DANGEROUS).not.toContain(cell.charAt(0))
					expect(cell).not.toContain('\0')
				}
			}),
			{ numRuns: 1000 },
		)
	})

	test('the guard takes nothing away but NUL, and adds nothing but one apostrophe', () => {
		fc.assert(
			fc.property(nasty, (value) => {
				const clean = value.replaceAll('\0', '')
				expect([clean, `'${clean}`]).toContain(guardFormula(value))
			}),
		)
	})

	test.each([
		['=1+1', "'=1+1"],
		['\0=1+1', "'=1+1"],
		['＝1', "'＝1"],
		['-5', "'-5"],
		['a=b', 'a=b'],
		['', ''],
	])('%j becomes %j', (value, guarded) => expect(guardFormula(value)).toBe(guarded))
})
