/** What a spreadsheet would take for a formula (OWASP ASVS 5.0, 1.2.10): NUL and the full-width forms too. */
const FORMULA = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/
const NEEDS_QUOTES = /[",\r\n]/

/** A value that no spreadsheet executes: led by an apostrophe where it would, and without NUL characters. */
export function guardFormula(value: string): string {
	if (!FORMULA.test(value) && !value.includes('\0')) return value
	const clean = value.replaceAll('\0', '')
	return `'${clean}`
}

/** One record of RFC 4180, with its line break; every cell is guarded. */
export function csvRecord(cells: readonly string[]): string {
	let line = ''
	for (let i = 0; i < cells.length; i++) {
		if (i > 0) line += ','
		// Most columns are empty in most records.
		if (cells[i] === '') continue
		const cell = guardFormula(cells[i]!)
		line += NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
	}
	return `${line}\r\n`
}
