import { z } from 'zod'
import { isInstant, type Instant } from '../shared/instants.ts'

/** A feed's clock may be ahead of ours by this much; what is further ahead is refused as of the future. */
export const FUTURE_TOLERANCE_MS = 2 * 60_000
/** Events of one delivery. */
export const MOST_EVENTS = 10_000

const eventSchema = z.strictObject({
	/** The feed's own id of the event: the same id is the same event, however often it is sent. */
	id: z.string().trim().min(1).max(200),
	at: z.string(),
	badge: z.string().trim().min(1).max(100),
	facility: z.string().trim().min(1).max(64),
	direction: z.enum(['in', 'out']),
})
export type FedEvent = z.infer<typeof eventSchema>

/** What is wrong with one event of a delivery; `line` counts from 1 (for CSV, the line of the file). */
export type FeedProblem = {
	line: number
	field: string
	code: 'MALFORMED' | 'NOT_A_TIME' | 'FROM_THE_FUTURE' | 'UNKNOWN_FACILITY' | 'REPEATED'
}

/**
 * Reads the events of a delivery: all of them, or everything that is wrong with them. `facilities` are those that the feed
 * may speak for. Times are instants with a zone (RFC 3339); they come back in UTC.
 */
export function readEvents(
	rows: readonly { line: number; value: unknown }[],
	{ facilities, now }: { facilities: ReadonlySet<string>; now: Instant },
): { events: FedEvent[] } | { problems: FeedProblem[] } {
	const events: FedEvent[] = []
	const problems: FeedProblem[] = []
	const seen = new Set<string>()
	const latest = Date.parse(now) + FUTURE_TOLERANCE_MS
	for (const { line, value } of rows) {
		const parsed = eventSchema.safeParse(value)
		if (!parsed.success) {
			for (const { path } of parsed.error.issues)
				problems.push({ line, field: String(path[0] ?? 'event'), code: 'MALFORMED' })
			continue
		}
		const event = parsed.data
		const at = utcOf(event.at)
		if (at === null) problems.push({ line, field: 'at', code: 'NOT_A_TIME' })
		else if (Date.parse(at) > latest) problems.push({ line, field: 'at', code: 'FROM_THE_FUTURE' })
		if (!facilities.has(event.facility)) problems.push({ line, field: 'facility', code: 'UNKNOWN_FACILITY' })
		if (seen.has(event.id)) problems.push({ line, field: 'id', code: 'REPEATED' })
		seen.add(event.id)
		if (at !== null) events.push({ ...event, at })
	}
	return problems.length > 0 ? { problems } : { events }
}

const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** The instant in UTC to the millisecond; null where the text has no zone or names no real time. */
function utcOf(text: string): Instant | null {
	if (!ZONED.test(text)) return null
	const time = Date.parse(text)
	if (Number.isNaN(time)) return null
	const utc = new Date(time).toISOString()
	// A 31 February is moved to March rather than refused.
	const local = new Date(Date.parse(`${text.slice(0, 19)}Z`))
	return isInstant(utc) && !Number.isNaN(local.getTime()) && local.toISOString().startsWith(text.slice(0, 19))
		? utc
		: null
}
