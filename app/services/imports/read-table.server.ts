import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import {
	MOST_BYTES,
	MOST_ROWS,
	readHeader,
	type Column,
	type FileProblem,
	type ImportKind,
} from '#workflows/people/import/columns.ts'

export type TableRow = { line: number; cells: string[] }
/** A file that can be read from its begin to its end: what stands in it is another question. */
export type Table = { columns: readonly Column[]; rows: number; read: () => AsyncGenerator<TableRow> }

/** No row is longer; a quote that is never closed would otherwise take in the whole file. */
const LONGEST_ROW = 200_000
const PIECE = 64 * 1024

/**
 * Opens a file of values separated by commas, semicolons or TABs (RFC 4180; a byte order mark and any ends of lines, mixed
 * ones too). Reads it once from begin to end, row by row, so that what is wrong with it as a whole is known before
 * anything is looked up: then gives that.
 */
export async function openTable(
	bytes: Uint8Array,
	what: ImportKind,
	mostRows = MOST_ROWS,
): Promise<{ table: Table } | { problems: FileProblem[] }> {
	const text = textOf(bytes)
	if (typeof text !== 'string') return { problems: [text] }
	const delimiter = delimiterOf(text)
	let columns: readonly Column[] | null = null
	let rows = 0
	try {
		for await (const { line, cells } of readRows(text, delimiter)) {
			if (columns === null) {
				const header = readHeader(what, cells)
				if ('problems' in header) return header
				columns = header.columns
			} else if (++rows > mostRows) return { problems: [{ problem: 'TOO_MANY_ROWS', line }] }
		}
	} catch (error) {
		if (!(error instanceof CsvError)) throw error
		const line = typeof error.lines === 'number' ? error.lines : undefined
		const problem = error.code === 'CSV_MAX_RECORD_SIZE' ? 'ROW_TOO_LONG' : 'QUOTES'
		return { problems: [{ problem, ...(line === undefined ? {} : { line }) }] }
	}
	if (columns === null) return { problems: [{ problem: 'FILE_EMPTY' }] }
	if (rows === 0) return { problems: [{ problem: 'NO_ROWS' }] }
	const read = async function* () {
		let isHeader = true
		for await (const row of readRows(text, delimiter)) {
			if (!isHeader) yield row
			isHeader = false
		}
	}
	return { table: { columns, rows, read } }
}

function textOf(bytes: Uint8Array): string | FileProblem {
	const [a, b] = bytes
	if (bytes.length > MOST_BYTES) return { problem: 'TOO_MANY_BYTES' }
	if (bytes.length === 0) return { problem: 'FILE_EMPTY' }
	if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return { problem: 'UTF_16' }
	// The two ways in which spreadsheets are kept: zip, and OLE.
	if ((a === 0x50 && b === 0x4b) || (a === 0xd0 && b === 0xcf)) return { problem: 'SPREADSHEET' }
	// Latin letters in UTF-16 without a mark: every other byte is zero.
	if ((a === 0 && b !== 0) || (b === 0 && a !== 0)) return { problem: 'UTF_16' }
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
	} catch {
		return { problem: 'NOT_UTF_8', line: lineOfBadByte(bytes) }
	}
}

function lineOfBadByte(bytes: Uint8Array): number {
	const decoder = new TextDecoder('utf-8', { fatal: true })
	let line = 1
	for (let from = 0; from < bytes.length;) {
		const end = bytes.indexOf(10, from)
		const next = end === -1 ? bytes.length : end + 1
		try {
			decoder.decode(bytes.subarray(from, next))
		} catch {
			// This is the line that is asked for.
			return line
		}
		from = next
		line += 1
	}
	return line
}

/** What stands between the names of the first line, outside of quotes; a comma where nothing does. */
function delimiterOf(text: string): string {
	const first = /^(?:"[^"]*"|[^"\r\n])*/.exec(text.slice(0, 10_000).trimStart())?.[0] ?? ''
	const bare = first.replace(/"[^"]*"/g, '')
	const counts = [',', ';', '\t'].map((char) => ({ char, n: bare.split(char).length }))
	return counts.sort((a, b) => b.n - a.n)[0]?.char ?? ','
}

async function* readRows(text: string, delimiter: string): AsyncGenerator<TableRow> {
	const pieces = function* () {
		for (let from = 0; from < text.length; from += PIECE) yield text.slice(from, from + PIECE)
	}
	const parser = parse({
		delimiter,
		record_delimiter: ['\r\n', '\n', '\r'],
		relax_column_count: true,
		skip_empty_lines: true,
		max_record_size: LONGEST_ROW,
		info: true,
	})
	const source = Readable.from(pieces())
	source.pipe(parser)
	try {
		for await (const row of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
			// A row of nothing but separators is an empty line of a spreadsheet.
			if (row.record.every((cell) => cell.trim() === '')) continue
			yield { line: row.info.lines, cells: row.record }
		}
	} finally {
		source.destroy()
		parser.destroy()
	}
}
