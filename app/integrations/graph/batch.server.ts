import { GraphError, type Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { CountsAs } from './client.server.ts'
import { costOf, familyOf, pathOf } from './families.ts'
import type { Lanes } from './lanes.server.ts'
import { isUnanswered } from './trouble.server.ts'

/** As many as Graph takes in one. */
const MOST = 20
/** How often what was throttled, or failed for the tenant's own reasons, is asked again before that is the answer. */
const ATTEMPTS = 4

const answerSchema = z.object({
	responses: z.array(
		z.object({
			id: z.string(),
			status: z.number().int(),
			headers: z.record(z.string(), z.string()).nullish(),
			body: z.unknown(),
		}),
	),
})

/** What one address of a batch was answered with: its own status, whatever that of the batch. */
export type BatchAnswer = { status: number; headers: Headers; body: unknown }

/**
 * Reads many addresses (with their query, without host and version), twenty in a call, and gives an answer for each in the
 * order of `urls`. Each counts and is throttled by itself, so that one call may hold nineteen answers and a 429: only those
 * that failed are asked again, when the tenant wants them. Throws what the client throws where a whole call fails.
 */
export async function readBatch(
	client: Client,
	lanes: Lanes,
	urls: readonly string[],
): Promise<BatchAnswer[]> {
	const found = new Array<BatchAnswer | null>(urls.length).fill(null)
	let left = urls.map((url, index) => ({ url, index }))
	for (let attempt = 1; left.length > 0; attempt++) {
		for (const group of chunksOf(left)) {
			const answers = await readOnce(client, group, attempt === 1)
			for (const { url, index } of group) {
				const answer = answers.get(String(index))
				if (answer) lanes.hear(familyOf(pathOf(absolute(url))), 'GET', costOf('GET', absolute(url)), answer)
				found[index] = answer ?? found[index] ?? MISSING
			}
		}
		if (attempt === ATTEMPTS) break
		left = left.filter(({ index }) => mayPass(found[index] ?? MISSING))
	}
	return found.map((answer) => answer ?? MISSING)
}

/**
 * Reads many addresses as `readBatch` does, and makes of each answer what `made` does. What goes wrong with one, or with the call
 * that it is in, is given to `failed`, and leaves the others. A call that nobody answers is done anew address by address: what takes
 * one of them too long must not hide the rest. Throws what `failed` throws.
 */
export async function readEach<T>(
	client: Client,
	lanes: Lanes,
	urls: readonly string[],
	made: (answer: unknown, index: number) => T | Promise<T>,
	failed: (error: unknown) => T,
): Promise<T[]> {
	const all: T[] = []
	for (let from = 0; from < urls.length; from += MOST) {
		for (const [n, answer] of (await answersOf(client, lanes, urls.slice(from, from + MOST))).entries())
			try {
				if ('error' in answer) throw answer.error
				all.push(await made(answer.body, from + n))
			} catch (error) {
				all.push(failed(error))
			}
	}
	return all
}

type Answered = { body: unknown } | { error: unknown }

/** Of twenty addresses at most; one needs no batch. */
async function answersOf(client: Client, lanes: Lanes, urls: readonly string[]): Promise<Answered[]> {
	if (urls.length === 1) return readSingly(client, urls)
	try {
		return (await readBatch(client, lanes, urls)).map((answer) => {
			const error = errorOf(answer)
			return error === null ? { body: answer.body } : { error }
		})
	} catch (error) {
		return isSilent(error) ? readSingly(client, urls) : urls.map(() => ({ error }))
	}
}

/** After so many in a row that nobody answers, nobody is there. */
const MOST_SILENT = 3

async function readSingly(client: Client, urls: readonly string[]): Promise<Answered[]> {
	const answers: Answered[] = []
	let silent = 0
	for (const url of urls) {
		const last = answers.at(-1)
		if (silent === MOST_SILENT && last !== undefined) {
			answers.push(last)
			continue
		}
		try {
			const body: unknown = await client.api(url).get()
			answers.push({ body })
			silent = 0
		} catch (error) {
			answers.push({ error })
			silent = isSilent(error) ? silent + 1 : 0
		}
	}
	return answers
}

const GATEWAY: ReadonlySet<number> = new Set([502, 504])
/** Nobody answered, or somebody in between who had waited for it. */
const isSilent = (error: unknown) =>
	isUnanswered(error) || (error instanceof GraphError && GATEWAY.has(error.statusCode))

const absolute = (url: string) => new URL(`https://graph.invalid${url}`)
/** Nobody answered: neither there nor not there. */
const MISSING: BatchAnswer = { status: 502, headers: new Headers(), body: null }
const mayPass = ({ status }: BatchAnswer) => status === 429 || status === 424 || status >= 500

/** Twenty at most, all of one family: a batch waits for its turn as a whole. */
function chunksOf<T extends { url: string }>(asked: readonly T[]): T[][] {
	const families = Map.groupBy(asked, ({ url }) => familyOf(pathOf(absolute(url))))
	return [...families.values()].flatMap((group) =>
		Array.from({ length: Math.ceil(group.length / MOST) }, (_, n) => group.slice(n * MOST, (n + 1) * MOST)),
	)
}

async function readOnce(
	client: Client,
	group: readonly { url: string; index: number }[],
	isFirst: boolean,
): Promise<ReadonlyMap<string, BatchAnswer>> {
	const family = familyOf(pathOf(absolute(group[0]?.url ?? '/')))
	const cost = group.reduce((sum, { url }) => sum + costOf('GET', absolute(url)), 0)
	const requests = group.map(({ url, index }) => ({
		id: String(index),
		method: 'GET',
		url,
		headers: { 'Accept-Language': 'en-US' },
	}))
	const asked = client.api('/$batch').middlewareOptions([new CountsAs({ method: 'GET', family, cost })])
	let answer: unknown
	try {
		answer = await asked.post({ requests })
	} catch (error) {
		// What was answered the first time stands, whatever becomes of asking again for the rest.
		if (isFirst) throw error
		return new Map()
	}
	return new Map(
		answerSchema
			.parse(answer)
			.responses.map(({ id, status, headers, body }) => [
				id,
				{ status, headers: new Headers(headers ?? {}), body },
			]),
	)
}

const refusedSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/** The error that the client would have thrown, had this address been read by itself; null where it was answered. */
export function errorOf({ status, headers, body }: BatchAnswer): GraphError | null {
	if (status < 400) return null
	const said = refusedSchema.safeParse(body)
	const error = new GraphError(status, said.success ? said.data.error.message : 'No answer in the batch.')
	error.code = said.success ? said.data.error.code : 'UnknownError'
	error.headers = headers
	return error
}
