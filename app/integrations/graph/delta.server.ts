import { GraphError, type Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { DirectoryUnavailable, type DeltaPage } from '../directory-port.ts'
import { refusalOf } from './outcome.server.ts'
import { troubleOf } from './trouble.server.ts'

/** A delta token that is too old or of another state: 410, or one of these with another status. */
const RESYNC = new Set([
	'syncstatenotfound',
	'resyncrequired',
	'syncstateinvalid',
	'directory_resyncrequired',
])

/**
 * One page of a delta query, https://learn.microsoft.com/graph/delta-query-overview. A link is followed as it was given, and only
 * where it leads to this collection of this tenant (`isOurs`): the token goes with it. Throws `DirectoryUnavailable`.
 */
export async function readDelta<Row extends z.ZodType, Change>(
	client: Client,
	{
		link,
		first,
		row,
		isOurs,
		changeOf,
	}: {
		/** What leads to the page; null for the first of all, at `first`. */
		link: string | null
		first: string
		row: Row
		isOurs: (link: string) => boolean
		changeOf: (row: z.output<Row>) => Change
	},
): Promise<DeltaPage<Change>> {
	if (link !== null && !isOurs(link)) return { kind: 'resync', link: null }
	const pageSchema = z.object({
		value: z.array(row),
		'@odata.nextLink': z.string().nullish(),
		'@odata.deltaLink': z.string().nullish(),
	})
	let answer: z.infer<typeof pageSchema>
	try {
		answer = pageSchema.parse(await client.api(link ?? first).get())
	} catch (error) {
		const location = link === null ? null : resyncOf(error)
		if (location === null) throw troubleOf(error)
		return { kind: 'resync', link: isOurs(location) && location !== link ? location : null }
	}
	const next = answer['@odata.nextLink']
	const then = next ?? answer['@odata.deltaLink']
	// A page that leads to itself would be read for ever; a delta link may stay the same where nothing has changed.
	if (!then || !isOurs(then) || (next && next === link))
		throw new DirectoryUnavailable('unavailable', 'BadLink')
	return {
		kind: 'page',
		changes: answer.value.map(changeOf),
		then: { kind: next ? 'next' : 'done', link: then },
	}
}

/** Where to begin anew ('' for the beginning) when an answer says that the token is worth nothing; null when it does not. */
function resyncOf(error: unknown): string | null {
	const refusal = refusalOf(error)
	if (refusal === null) return null
	if (refusal.status !== 410 && !RESYNC.has(refusal.code.toLowerCase())) return null
	return (error instanceof GraphError ? error.headers?.get('location') : null) ?? ''
}
