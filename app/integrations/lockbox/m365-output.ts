import { z } from 'zod'
import type { Seen } from '#workflows/lockbox/lockbox-context.ts'
import { NOTHING_DISCLOSED, type ProviderRequest } from '#workflows/lockbox/provider-request.ts'
import { plusMs, type Instant } from '#workflows/shared/instants.ts'
import { cut, instantOf, instantOfMs, secondsOfHours } from './provider-texts.ts'

/** Microsoft 365 keeps a request so long, and has no word for one that has run out. */
export const M365_KEPT_MS = 12 * 3_600_000
const MOST_CHARACTERS = 2_000_000
const MOST_REQUESTS = 1000

export type M365Output =
	| { requests: ProviderRequest[] }
	/** What is wrong, and with which of the requests (counted from 1; 0 for the whole). */
	| { problem: 'NO_JSON' | 'NO_REQUESTS' | 'NO_NUMBER' | 'NO_TIME' | 'NO_STATUS' | 'TOO_MUCH'; row: number }

const objectSchema = z.record(z.string(), z.unknown())

/** Names under which the same thing has been seen; Microsoft documents none of them. Compared without case. */
const NAMES = {
	id: ['requestid', 'identity', 'id'],
	status: ['approvalstatus', 'requeststatus', 'status'],
	created: ['createddate', 'createddatetime', 'createdtime', 'whencreated', 'requestedtime', 'creationtime'],
	duration: ['accessduration', 'requestedduration', 'duration', 'durationinhours'],
	service: ['servicename', 'service', 'workload'],
	cause: ['reason', 'justification', 'requestreason', 'description'],
	reach: ['requestedaccess', 'accessrequested', 'accesslevel', 'resource', 'target'],
	support: ['servicerequest', 'supportrequest', 'casenumber', 'incidentid'],
} as const

const SEEN: Readonly<Record<string, Seen>> = {
	pending: 'pending',
	approved: 'approved',
	denied: 'denied',
	canceled: 'cancelled',
	cancelled: 'cancelled',
	expired: 'expired',
}

/**
 * Reads what `Get-AccessToCustomerDataRequest | ConvertTo-Json` prints, of PowerShell 5 and 7: one object or a list, dates
 * as `/Date(ms)/` or ISO. A request that waits for longer than Microsoft keeps it has run out, whatever it is called.
 */
export function parseM365Output(text: string, now: Date): M365Output {
	if (text.length > MOST_CHARACTERS) return { problem: 'TOO_MUCH', row: 0 }
	let value: unknown
	try {
		// PowerShell writes files with a byte order mark.
		value = JSON.parse(text.replace(/^\uFEFF/, ''))
	} catch {
		return { problem: 'NO_JSON', row: 0 }
	}
	const list: unknown[] = Array.isArray(value) ? value : [value]
	if (list.length > MOST_REQUESTS) return { problem: 'TOO_MUCH', row: 0 }
	const requests: ProviderRequest[] = []
	for (const [index, each] of list.entries()) {
		const parsed = objectSchema.safeParse(each)
		if (!parsed.success) return { problem: 'NO_REQUESTS', row: index + 1 }
		const request = readRequest(parsed.data, now)
		if (typeof request === 'string') return { problem: request, row: index + 1 }
		requests.push(request)
	}
	return { requests }
}

function readRequest(
	object: Readonly<Record<string, unknown>>,
	now: Date,
): ProviderRequest | 'NO_NUMBER' | 'NO_TIME' | 'NO_STATUS' {
	const lower = new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]))
	const take = (names: readonly string[]) =>
		names
			.map((name) => lower.get(name))
			.find((value) => value !== undefined && value !== null && value !== '')
	const providerRequestId = plain(take(NAMES.id)).trim()
	if (providerRequestId === '' || providerRequestId.length > 200) return 'NO_NUMBER'
	const askedAt = dateOf(take(NAMES.created))
	if (askedAt === null) return 'NO_TIME'
	const status = plain(take(NAMES.status)).trim()
	// A bare number is a place in a list that only Microsoft knows.
	if (status === '' || /^\d+$/.test(status)) return 'NO_STATUS'
	const deadline = plusMs(askedAt, M365_KEPT_MS)
	const known = SEEN[status.toLowerCase()] ?? 'unknown'
	const hasRunOut = known === 'pending' && now.toISOString() >= deadline
	const service = cut(plain(take(NAMES.service)), 300)
	const duration = take(NAMES.duration)
	return {
		providerRequestId,
		status: hasRunOut ? 'Pending, run out' : status.slice(0, 64),
		seen: hasRunOut ? 'expired' : known,
		cause: cut(plain(take(NAMES.cause)), 4000),
		type: service,
		reach: cut(plain(take(NAMES.reach)), 1000),
		resources: service === '' ? [] : [service.toLowerCase()],
		supportRequest: cut(plain(take(NAMES.support)), 300),
		askedAt,
		deadline,
		durationSeconds: durationOf(duration),
		durationText: cut(plain(duration), 200),
		disclosed: NOTHING_DISCLOSED,
	}
}

/** A text, a number, or what PowerShell 5 makes of an enumeration: `{ "value": 0, "Value": "Pending" }`. */
function plain(value: unknown): string {
	if (typeof value === 'string') return value
	if (typeof value === 'number' || typeof value === 'boolean') return String(value)
	const object = objectSchema.safeParse(value)
	if (!object.success) return ''
	const inner = object.data.Value ?? object.data.value
	return typeof inner === 'string' || typeof inner === 'number' ? String(inner) : ''
}

function dateOf(value: unknown): Instant | null {
	const object = objectSchema.safeParse(value)
	const text = object.success ? plain(object.data.value ?? object.data.DateTime) : plain(value)
	const ticks = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/.exec(text)
	return ticks ? instantOfMs(Number(ticks[1])) : instantOf(text)
}

/** Hours as a number, `[d.]hh:mm:ss`, or the object that PowerShell makes of a span of time. */
function durationOf(value: unknown): number | null {
	const object = objectSchema.safeParse(value)
	if (object.success && typeof object.data.TotalHours === 'number')
		return secondsOfHours(object.data.TotalHours)
	const text = plain(value).trim()
	if (/^\d+(\.\d+)?$/.test(text)) return secondsOfHours(Number(text))
	const clock = /^(?:(\d{1,3})\.)?(\d{1,2}):(\d\d):(\d\d)(?:\.\d+)?$/.exec(text)
	if (!clock) return null
	const [days, hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0)) as [
		number,
		number,
		number,
		number,
	]
	return secondsOfHours(days * 24 + hours + minutes / 60 + seconds / 3600)
}
