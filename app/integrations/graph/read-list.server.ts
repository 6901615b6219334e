import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { GRAPH_ROWS, type GraphRow, type GraphRowKind } from '#workflows/tenant/graph-rows.ts'
import type { Raw } from '#workflows/tenant/raw-tenant.ts'
import { DirectoryUnavailable } from '../directory-port.ts'
import { readEach } from './batch.server.ts'
import type { Lanes } from './lanes.server.ts'
import { troubleOf } from './trouble.server.ts'

/** More than a tenant of a million users has of anything; what goes on for ever is cut off and unknown. */
const MAX_PAGES = 2000
const pageSchema = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() })
export type ListReader = <K extends GraphRowKind>(kind: K, path: string) => Promise<Raw<K>>
/** Many lists of one kind, each known or unknown by itself, in the order of their paths. */
export type ListsReader = <K extends GraphRowKind>(kind: K, paths: readonly string[]) => Promise<Raw<K>[]>

/**
 * Reads lists page by page. A link is followed as it was given, and only where it leads to the same list of this tenant, since
 * the token goes with it. A list that breaks off, however far it came, is unknown.
 */
export function listReader(client: Client, graphBaseUrl: string): ListReader {
	const pages = pageReader(client, graphBaseUrl)
	return async (kind, path) => {
		try {
			return { read: true, rows: await pages(kind, path) }
		} catch (error) {
			return unknownBecause(error)
		}
	}
}

/** As `listReader`, with the first pages of all lists in as few calls as there can be: twenty in one. */
export function listsReader(client: Client, lanes: Lanes, graphBaseUrl: string): ListsReader {
	const pages = pageReader(client, graphBaseUrl)
	return <K extends GraphRowKind>(kind: K, paths: readonly string[]): Promise<Raw<K>[]> =>
		readEach<Raw<K>>(
			client,
			lanes,
			paths,
			async (first, index) => ({ read: true, rows: await pages(kind, paths[index] ?? '', first) }),
			unknownBecause,
		)
}

function pageReader(client: Client, graphBaseUrl: string) {
	const { origin } = new URL(graphBaseUrl)
	const isOurs = (link: string, path: string) => {
		const url = URL.parse(link)
		return url !== null && url.origin === origin && url.pathname === path
	}
	/** All rows of the list; `first` is its first page where that has been read. */
	return async <K extends GraphRowKind>(kind: K, path: string, first?: unknown): Promise<GraphRow<K>[]> => {
		// The compiler does not see that the schema of a kind reads the rows of that kind.
		const schema = GRAPH_ROWS[kind] as unknown as z.ZodType<GraphRow<K>>
		const own = `/v1.0${path.split('?')[0] ?? ''}`
		const rows: GraphRow<K>[] = []
		let next: string | null = path
		for (let count = 0; next !== null; count++) {
			if (count === MAX_PAGES) throw new DirectoryUnavailable('unavailable', 'TooManyPages')
			const page: unknown = count === 0 && first !== undefined ? first : await client.api(next).get()
			const answer = pageSchema.parse(page)
			for (const row of answer.value) rows.push(schema.parse(row))
			const link: string | null = answer['@odata.nextLink'] ?? null
			if (link !== null && (link === next || !isOurs(link, own)))
				throw new DirectoryUnavailable('unavailable', 'BadLink')
			next = link
		}
		return rows
	}
}

/** Why a part is unknown, in our words and the tenant's. */
export function unknownBecause(error: unknown): Extract<Raw<GraphRowKind>, { read: false }> {
	if (error instanceof z.ZodError) return { read: false, why: 'unreadable', code: 'UnreadableAnswer' }
	const { trouble, code } = troubleOf(error)
	return { read: false, why: trouble, code }
}
