import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { GrantPortUnavailable } from '../grant-port.ts'
import { refusalOf } from './outcome.server.ts'
import { isUnanswered, NO_ANSWER } from './trouble.server.ts'

const MAX_PAGES = 20
/** Nobody refuses it: a list is longer than one that is looked for. */
const LIST_TOO_LONG = 'LIST_TOO_LONG'
const pageSchema = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() })

/** Every row of a list, page by page; throws where there are more than `maxPages`. */
export const readPages = async <T>(
	client: Client,
	path: string,
	schema: z.ZodType<T>,
	maxPages = MAX_PAGES,
): Promise<T[]> => (await countPages(client, path, schema, maxPages)).rows

/** Every row of a list, and how many calls it took; throws where it takes more than `maxPages`. */
export async function countPages<T>(
	client: Client,
	path: string,
	schema: z.ZodType<T>,
	maxPages = MAX_PAGES,
): Promise<{ rows: T[]; calls: number }> {
	const rows: T[] = []
	let next: string | undefined = path
	let calls = 0
	for (; next !== undefined; calls++) {
		if (calls === maxPages)
			throw new GrantPortUnavailable(
				`The tenant lists more than ${maxPages} pages where a few were looked for.`,
				null,
				{ code: LIST_TOO_LONG, isOfThisCall: true },
			)
		const answer: z.infer<typeof pageSchema> = pageSchema.parse(await client.api(next).get())
		rows.push(...answer.value.map((row) => schema.parse(row)))
		next = answer['@odata.nextLink']
	}
	return { rows, calls }
}

/** Reads, or throws GrantPortUnavailable with what the tenant said: then nothing is known. */
export async function reading<T>(read: () => Promise<T>): Promise<T> {
	try {
		return await read()
	} catch (error) {
		if (error instanceof GrantPortUnavailable) throw error
		const refusal = refusalOf(error)
		const message = refusal
			? `${refusal.status} ${refusal.code}: ${refusal.message}`
			: error instanceof Error
				? error.message
				: 'unknown'
		throw new GrantPortUnavailable(message, refusal?.retryAfterMs ?? null, {
			cause: error,
			code: refusal?.code ?? (isUnanswered(error) ? NO_ANSWER : null),
			isOfThisCall: refusal?.status === 400,
		})
	}
}

/** A date of Graph, or null. */
export const dateOf = (text: string | null | undefined) => (text ? new Date(text) : null)
