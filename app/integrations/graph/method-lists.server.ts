import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { GRAPH_ROWS, type GraphRow } from '#workflows/tenant/graph-rows.ts'
import { DirectoryUnavailable } from '../directory-port.ts'
import { errorOf, readBatch, type BatchAnswer } from './batch.server.ts'
import type { Lanes } from './lanes.server.ts'
import { refusalOf } from './outcome.server.ts'
import { troubleOf } from './trouble.server.ts'

/** All that a user has registered, or passkeys alone with what is known of each. */
type Kind = 'methods' | 'fido2Methods'
/** Every method of one user; that the tenant has no such user; or why nothing is known, which is never taken for none. */
export type MethodList = readonly GraphRow<'methods'>[] | 'absent' | DirectoryUnavailable

/** Nobody registers so many methods that more pages are needed. */
const MAX_PAGES = 5
const NO_SUCH_USER = new Set(['Request_ResourceNotFound', 'ResourceNotFound', 'userNotFound', 'itemNotFound'])
/** Without $select: the kind of a method stands in its type, which is always sent, and its own columns differ by kind. */
const pathOf = (userId: string, kind: Kind) => `/users/${encodeURIComponent(userId)}/authentication/${kind}`

const pageSchema = z.object({
	value: z.array(GRAPH_ROWS.methods),
	'@odata.nextLink': z.string().nullish(),
})

/** What lists of methods are read by: the client and its turns, and where the tenant is. */
export type MethodReader = { client: Client; lanes: Lanes; graphBaseUrl: string }

/** Methods of these users, in their order, twenty in a call; each is answered by itself. Throws `DirectoryUnavailable` where a whole call fails. */
export async function readMethodLists(
	{ client, lanes, graphBaseUrl }: MethodReader,
	kind: Kind,
	userIds: readonly string[],
): Promise<MethodList[]> {
	let answers: readonly BatchAnswer[]
	try {
		answers = await readBatch(
			client,
			lanes,
			userIds.map((id) => pathOf(id, kind)),
		)
	} catch (error) {
		throw troubleOf(error)
	}
	return Promise.all(answers.map((answer) => wholeList(answer).catch(whyUnknown)))

	/** The first page is there; the token goes with every link, which is followed only to such a list of this tenant. */
	async function wholeList(answer: BatchAnswer): Promise<MethodList> {
		const refused = errorOf(answer)
		if (refused !== null) throw refused
		const rows: GraphRow<'methods'>[] = []
		let page = pageSchema.parse(answer.body)
		for (let pages = 1; ; pages++) {
			rows.push(...page.value)
			const link = page['@odata.nextLink'] ?? null
			if (link === null) return rows
			if (!isOurs(link)) throw new DirectoryUnavailable('unavailable', 'BadLink')
			// A list that was cut off must not pass for one without phishing-resistant methods.
			if (pages === MAX_PAGES) throw new DirectoryUnavailable('unavailable', 'TooManyPages')
			page = pageSchema.parse(await client.api(link).get())
		}
	}

	function isOurs(link: string): boolean {
		const url = URL.parse(link)
		return (
			url !== null &&
			url.origin === new URL(graphBaseUrl).origin &&
			url.pathname.startsWith('/v1.0/users') &&
			url.pathname.endsWith(`/authentication/${kind}`)
		)
	}
}

function whyUnknown(error: unknown): MethodList {
	const refusal = refusalOf(error)
	return refusal?.status === 404 && NO_SUCH_USER.has(refusal.code) ? 'absent' : troubleOf(error)
}
