import type { ExportRequest } from '#app/services/audit/export-history.server.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { isInstant } from '#workflows/shared/instants.ts'
import { timeZone, type TimeZone } from '#workflows/shared/zoned-time.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const KEY = /^[a-z][a-z0-9-]{1,47}$/
/** More than these in one address is a mistake, or somebody trying. */
const MOST = 500
const DEFAULT_ZONE = 'Europe/Berlin'

export type FilterForm = {
	filter: HistoryFilter
	/** IANA name of the zone in which `from` and `until` were written. */
	zone: string
	/** Keys of words by field, for what could not be read. */
	errors: Readonly<Record<string, string>>
}

/**
 * The filter of a history from the address: `person`, `role`, `facility` and `boundary`, any number of each, `from` and `until` as
 * local time in `zone` or as instants in UTC. What cannot be read is named in `errors`; it is never taken for absent,
 * since the history would then be of more than was asked.
 */
export function readHistoryFilter(request: Request): FilterForm {
	const { searchParams } = new URL(request.url)
	const errors: Record<string, string> = {}
	const one = (name: string) => {
		const values = searchParams.getAll(name).filter((value) => value.trim() !== '')
		if (values.length > 1) errors[name] ??= 'errors.severalValues'
		return values[0]?.trim()
	}
	const several = (name: string, form: RegExp) => {
		const values = [...new Set(searchParams.getAll(name).filter((value) => value.trim() !== ''))]
		if (values.length > MOST) errors[name] = 'errors.tooManyValues'
		else if (values.some((value) => !form.test(value))) errors[name] = 'errors.unreadableChoice'
		return values.filter((value) => form.test(value)).slice(0, MOST)
	}
	const named = one('zone')
	const zone = timeZone(named ?? DEFAULT_ZONE)
	if (zone === null) errors.zone = 'errors.timeZone'
	const at = (name: 'from' | 'until') => {
		const text = one(name)
		if (text === undefined || errors[name]) return undefined
		const read = instantOf(text, zone, name)
		if (typeof read !== 'string') return read
		errors[name] = read
		return undefined
	}
	const filter = {
		people: several('person', UUID),
		roles: several('role', KEY),
		facilities: several('facility', KEY),
		boundaries: several('boundary', UUID),
		from: at('from'),
		until: at('until'),
	}
	return { filter, zone: zone?.name ?? named ?? DEFAULT_ZONE, errors }
}

/** As `readHistoryFilter`, for a file to be taken away: INVALID_INPUT where something cannot be read. */
export function historyFilterOf(request: Request): HistoryFilter {
	const { filter, errors } = readHistoryFilter(request)
	const [field] = Object.keys(errors)
	if (field !== undefined)
		throw new DomainError('INVALID_INPUT', `The filter cannot be read: look at ${field}.`, { field })
	return filter
}

/** What is to be exported, from the address of the file; INVALID_INPUT as `historyFilterOf`. */
export function exportRequestOf(request: Request, format: ExportRequest['format']): ExportRequest {
	const filter = historyFilterOf(request)
	const { zone } = readHistoryFilter(request)
	return { format, filter, zone, withMark: new URL(request.url).searchParams.get('bom') === '1' }
}

/**
 * An instant, or the key of what is wrong. In the hour that comes twice the period begins with the first and ends with
 * the second, so that nothing is left out.
 */
function instantOf(text: string, zone: TimeZone | null, edge: 'from' | 'until'): Date | string {
	if (isInstant(text)) return new Date(text)
	if (zone === null) return 'errors.instant'
	const instants = zone.instants(text)
	if (instants === null) return 'errors.instant'
	const found = edge === 'from' ? instants.at(0) : instants.at(-1)
	return found === undefined ? 'errors.skippedHour' : new Date(found)
}

/** The zones that the form proposes; any other that is known may be written. */
export const TIME_ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')]

/** What was sent, for the form to show again: instants as local time in the zone, anything else as it was written. */
export function sentFilterOf(request: Request, { filter, zone: name, errors }: FilterForm) {
	const { searchParams } = new URL(request.url)
	const zone = timeZone(name)
	const local = (field: 'from' | 'until') => {
		const at = filter[field]
		if (!at || zone === null || errors[field]) return searchParams.get(field)?.trim().slice(0, 40) ?? ''
		// A minute is what most people mean; seconds and milliseconds only where there are any.
		return zone
			.local(at.toISOString())
			.slice(0, 23)
			.replace(/(:00)?\.000$/, '')
	}
	return {
		people: filter.people,
		roles: filter.roles,
		facilities: filter.facilities,
		boundaries: filter.boundaries,
		from: local('from'),
		until: local('until'),
		zone: name,
	}
}
