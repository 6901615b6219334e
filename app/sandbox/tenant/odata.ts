import { badRequest } from './errors.ts'

type Row = Record<string, unknown>

const TERM = /^([A-Za-z]+) eq (?:'((?:[^']|'')*)'|(true|false))$/

/**
 * `$filter` made of `name eq 'value'` terms joined by `and`: all that the product sends. Anything else is refused, so
 * that the product cannot come to rely on a filter which is silently ignored here.
 */
export function filterRows<T extends Row>(rows: readonly T[], filter: string | null): T[] {
	if (filter === null) return [...rows]
	const terms = filter.split(' and ').map((term) => {
		const match = TERM.exec(term.trim())
		if (!match) throw badRequest('BadRequest', `Invalid filter clause: ${term}`)
		const [, name = '', text, flag] = match
		return { name, value: text === undefined ? flag === 'true' : text.replaceAll("''", "'") }
	})
	return rows.filter((row) =>
		terms.every(({ name, value }) => {
			if (!(name in row)) throw badRequest('BadRequest', `Could not find a property named '${name}'.`)
			return row[name] === value
		}),
	)
}

/** What comes by `$expand` comes whatever is selected. */
const EXPANDED = new Set(['principal', 'policy'])

/** Refuses what a list does not take, in the words of the tenant. */
export function refuseQuery(url: URL, ...options: readonly string[]): void {
	const found = options.find((name) => url.searchParams.has(`$${name}`))
	if (found !== undefined)
		throw badRequest(
			'BadRequest',
			`The query specified in the URI is not valid. Query option '${found.replace(/^./, (first) => first.toUpperCase())}' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings.`,
		)
}

/** `$select`, on one row; the id is always given. */
export function selectColumns(row: Row, select: string | null): Row {
	if (select === null) return row
	const wanted = select.split(',').map((name) => name.trim())
	const isTold = (name: string) => wanted.includes(name) || EXPANDED.has(name) || name.startsWith('@')
	return Object.fromEntries(Object.entries(row).filter(([name]) => isTold(name)))
}

/** A page of rows as Graph sends it, with `@odata.nextLink` while there is more. */
export function page(rows: readonly Row[], url: URL, context: string): Row {
	const top = Math.min(Number(url.searchParams.get('$top') ?? 100), 999)
	const skip = Number(url.searchParams.get('$skiptoken') ?? 0)
	if (!Number.isSafeInteger(top) || top < 1 || !Number.isSafeInteger(skip) || skip < 0) {
		throw badRequest('BadRequest', 'Invalid paging parameter.')
	}
	const value = rows.slice(skip, skip + top).map((row) => selectColumns(row, url.searchParams.get('$select')))
	const next = new URL(url)
	next.searchParams.set('$skiptoken', String(skip + top))
	return {
		'@odata.context': context,
		...(skip + top < rows.length ? { '@odata.nextLink': next.href } : {}),
		value,
	}
}
