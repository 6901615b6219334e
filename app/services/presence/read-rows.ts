import { parse } from 'csv-parse/sync'
import { MOST_EVENTS } from '#workflows/facilities/badge-feed.schema.ts'

/** What a feed may send: a list of events as JSON, or a table with a line of names. */
export type FeedFormat = 'json' | 'csv'

const COLUMNS = ['id', 'at', 'badge', 'facility', 'direction']

/** The rows of a delivery with the line where each stands; a sentence that says what is wrong with the whole otherwise. */
export function readRows(body: Uint8Array, format: FeedFormat): { line: number; value: unknown }[] | string {
	const text = textOf(body)
	if (text === null) return 'The text is not UTF-8.'
	const rows = format === 'json' ? fromJson(text) : fromCsv(text)
	if (typeof rows === 'string') return rows
	if (rows.length === 0) return 'There is no event in it.'
	if (rows.length > MOST_EVENTS)
		return `There are ${rows.length} events in it: send at most ${MOST_EVENTS} at once.`
	return rows
}

function textOf(body: Uint8Array): string | null {
	try {
		// A byte order mark, as spreadsheets write it, is not part of the text.
		return new TextDecoder('utf-8', { fatal: true }).decode(body)
	} catch {
		// Not UTF-8: the caller says so.
		return null
	}
}

function fromJson(text: string) {
	let value: unknown
	try {
		value = JSON.parse(text)
	} catch {
		return 'This is not JSON.'
	}
	const events: unknown =
		value !== null && typeof value === 'object' && 'events' in value ? value.events : value
	if (!Array.isArray(events)) return 'This is not a list of events, nor an object with one under "events".'
	return events.map((event: unknown, i) => ({ line: i + 1, value: event }))
}

function fromCsv(text: string) {
	try {
		const rows = parse(text, {
			columns: true,
			info: true,
			skip_empty_lines: true,
			record_delimiter: ['\r\n', '\n', '\r'],
			trim: true,
			bom: true,
		}) as unknown as {
			record: Record<string, string>
			info: { lines: number }
		}[]
		const names = Object.keys(rows[0]?.record ?? {})
		const missing = COLUMNS.filter((name) => rows.length > 0 && !names.includes(name))
		if (missing.length > 0)
			return `The first line must name the columns ${COLUMNS.join(', ')}; it lacks ${missing.join(', ')}.`
		return rows.map(({ record, info }) => ({ line: info.lines, value: record }))
	} catch (error) {
		return `This is not a table of comma-separated values: ${error instanceof Error ? error.message : 'unreadable'}.`
	}
}
