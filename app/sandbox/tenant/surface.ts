import { notFound } from './errors.ts'
import { filterRows, page, selectColumns } from './odata.ts'

/** A call of the tenant, and what whoever sends it may do. */
export type Asked = {
	method: string
	/** Without the version: `/users`. */
	path: string
	url: URL
	/** The body as JSON. Throws GraphError where it is none. */
	body: () => unknown
	/** Throws as PIM does where the application lacks this permission. */
	need: (permission: string) => void
	/** Throws as the rest of Graph does where the application has none of these permissions. */
	demand: (...anyOf: string[]) => void
}
export type Answer = { status: number; result: unknown; headers?: Record<string, string> }

/** One part of the tenant's interface: its answer, or null where the call is about something else. Throws GraphError. */
export type Surface = { answer(asked: Asked): Answer | null }
/** One that has to ask somebody else first. */
export type SlowSurface = { answer(asked: Asked): Answer | Promise<Answer> | null }

/** The address of the metadata, up to its `#`; known once the server listens. */
export type Context = () => string

/** The list of `rows`, filtered and page by page, or the one with this id. */
export function listOrOne(
	{ path, url }: Asked,
	context: Context,
	rows: readonly Record<string, unknown>[],
	id: string | undefined,
): Answer {
	const name = path
		.split('/')
		.filter((part) => part !== id)
		.join('/')
		.slice(1)
	const filter = url.searchParams.get('$filter')
	if (id === undefined)
		return { status: 200, result: page(filterRows(rows, filter), url, `${context()}${name}`) }
	const found = rows.find((row) => row.id === id)
	if (!found) throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
	const select = url.searchParams.get('$select')
	return {
		status: 200,
		result: { '@odata.context': `${context()}${name}/$entity`, ...selectColumns(found, select) },
	}
}
