import type { Instant } from './instants.ts'

const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/
const MINUTE_MS = 60_000
/** Zones change their offset on whole quarters of an hour of UTC, so within one there is one offset. */
const QUARTER_MS = 15 * MINUTE_MS
const REMEMBERED = 4096
const LONGEST_OFFSET_MS = 15 * 3_600_000

export type TimeZone = {
	/** IANA name. */
	name: string
	/** The instant as local date and time with its offset (ISO 8601), such as 2026-10-25T02:30:00.000+01:00. */
	local: (instant: Instant) => string
	/**
	 * The instants that a local date and time names, earliest first: none in the hour that is skipped when clocks go
	 * forward, two in the hour that comes twice. Null when the text is no date and time; a day alone is its beginning.
	 */
	instants: (local: string) => readonly Instant[] | null
}

/** A time zone by its IANA name, as this runtime's time zone data know it; null when it knows none of that name. */
export function timeZone(name: string): TimeZone | null {
	if (!NAME.test(name)) return null
	const format = formatOf(name)
	if (format === null) return null
	const known = new Map<number, number>()
	const offsetMs = (ms: number): number => {
		const quarter = Math.floor(ms / QUARTER_MS)
		const found = known.get(quarter)
		if (found !== undefined) return found
		if (known.size >= REMEMBERED) known.clear()
		const offset = measureOffset(format, quarter * QUARTER_MS)
		known.set(quarter, offset)
		return offset
	}
	return {
		name,
		local: (instant) => {
			const ms = Date.parse(instant)
			const offset = offsetMs(ms)
			return new Date(ms + offset).toISOString().slice(0, -1) + offsetText(offset)
		},
		instants: (local) => {
			const wall = wallMs(local)
			if (wall === null) return null
			const offsets = new Set([offsetMs(wall - LONGEST_OFFSET_MS), offsetMs(wall + LONGEST_OFFSET_MS)])
			return [...offsets]
				.map((offset) => wall - offset)
				.filter((ms) => ms + offsetMs(ms) === wall)
				.sort((a, b) => a - b)
				.map((ms) => new Date(ms).toISOString())
		},
	}
}

function formatOf(name: string): Intl.DateTimeFormat | null {
	try {
		return new Intl.DateTimeFormat('en-US', {
			timeZone: name,
			calendar: 'gregory',
			numberingSystem: 'latn',
			hourCycle: 'h23',
			era: 'short',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		})
	} catch (error) {
		if (error instanceof RangeError) return null
		throw error
	}
}

function measureOffset(format: Intl.DateTimeFormat, ms: number): number {
	const part: Record<string, string> = {}
	for (const { type, value } of format.formatToParts(ms)) part[type] = value
	const number = (type: string) => Number(part[type])
	const year = part.era === 'BC' ? 1 - number('year') : number('year')
	const wall = new Date(0)
	wall.setUTCFullYear(year, number('month') - 1, number('day'))
	wall.setUTCHours(number('hour'), number('minute'), number('second'))
	return wall.getTime() - ms
}

function offsetText(offset: number): string {
	const minutes = Math.round(Math.abs(offset) / MINUTE_MS)
	const two = (value: number) => String(value).padStart(2, '0')
	return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The local date and time as if it were UTC; null when it is none, as 30 February. */
function wallMs(local: string): number | null {
	const match = LOCAL.exec(local)
	if (!match) return null
	const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0'] = match
	const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`
	const date = new Date(iso)
	return Number.isNaN(date.getTime()) || date.toISOString() !== iso ? null : date.getTime()
}
