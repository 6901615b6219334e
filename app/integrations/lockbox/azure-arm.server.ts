import { z } from 'zod'
import type { ProviderRequest } from '#workflows/lockbox/provider-request.ts'
import { NoTokenError, openTokens, type AppIdentity, type Authority } from '../graph/credentials.server.ts'
import { httpsCall, NoAnswer, type HttpAnswer } from '../graph/https-fetch.server.ts'
import { LockboxUnavailable, type AnswerOutcome, type LockboxPort } from '../lockbox-port.ts'
import { readAzureRequest } from './azure-request.ts'

/** The only version that there is. */
export const API_VERSION = '2018-02-28-preview'
/** A list that goes on and on is none that anybody reads. */
const MOST_PAGES = 200

export type ArmConnection = Authority & {
	kind: 'sandbox' | 'entra'
	/** Such as https://management.azure.com. */
	armUrl: string
	identity: AppIdentity
}

const pageSchema = z.looseObject({ value: z.array(z.unknown()), nextLink: z.string().nullish() })
const errorSchema = z.looseObject({
	error: z.looseObject({
		code: z.string().optional(),
		additionalInfo: z
			.array(z.looseObject({ info: z.looseObject({ currentStatus: z.string().optional() }).optional() }))
			.nullish(),
	}),
})

/**
 * Azure Customer Lockbox over the Resource Manager. Every call is sent once: there is neither an ETag nor a mark that would
 * make a repeated answer harmless, so whoever calls reads before and after.
 */
export function connectArm(arm: ArmConnection, newId: () => string): LockboxPort {
	const tokens = openTokens(arm, arm.identity, false)

	async function call(url: URL, method: 'GET' | 'POST', body?: object): Promise<HttpAnswer> {
		const token = await tokens.tokenFor(`${arm.armUrl}/.default`)
		const text = body === undefined ? undefined : JSON.stringify(body)
		const headers = new Headers({
			authorization: `Bearer ${token}`,
			accept: 'application/json',
			'x-ms-client-request-id': newId(),
		})
		if (text !== undefined) {
			headers.set('content-type', 'application/json')
			headers.set('content-length', String(Buffer.byteLength(text)))
		}
		return httpsCall(url, { method, headers, body: text, ca: arm.caPem, timeoutMs: arm.timeoutMs })
	}

	function address(scope: string, ...more: string[]): URL {
		const parts = ['providers/Microsoft.CustomerLockbox/requests', ...more.map(encodeURIComponent)]
		const url = new URL(`${arm.armUrl}${scope}/${parts.join('/')}`)
		url.searchParams.set('api-version', API_VERSION)
		return url
	}

	/** A reading that fails says nothing of any request. */
	async function read(url: URL): Promise<HttpAnswer> {
		try {
			const answer = await call(url, 'GET')
			if (answer.status === 200 || answer.status === 404) return answer
			const trouble = answer.status === 401 || answer.status === 403 ? 'forbidden' : 'unreachable'
			throw new LockboxUnavailable(trouble, `Azure answered ${answer.status}.`)
		} catch (error) {
			if (error instanceof LockboxUnavailable) throw error
			const isRefused = error instanceof NoTokenError && error.code !== 'NoToken'
			throw new LockboxUnavailable(isRefused ? 'forbidden' : 'unreachable', 'Azure could not be reached.', {
				cause: error,
			})
		}
	}

	return {
		async list(scope) {
			const requests: ProviderRequest[] = []
			let unreadable = 0
			let next: URL | null = address(scope)
			for (let page = 0; next !== null; page++) {
				if (page >= MOST_PAGES) throw new LockboxUnavailable('unreadable', 'The list does not end.')
				const answer = await read(next)
				const parsed = pageSchema.safeParse(parseJson(answer.body))
				if (answer.status !== 200 || !parsed.success)
					throw new LockboxUnavailable('unreadable', 'The list cannot be read.')
				for (const each of parsed.data.value) {
					const request = readAzureRequest(each)
					if (request === null) unreadable += 1
					else requests.push(request)
				}
				next = nextOf(parsed.data.nextLink ?? null, arm.armUrl)
			}
			return { requests, unreadable }
		},
		async read(scope, providerRequestId) {
			const answer = await read(address(scope, providerRequestId))
			if (answer.status === 404) return null
			const request = readAzureRequest(parseJson(answer.body))
			if (request === null || request.providerRequestId !== providerRequestId)
				throw new LockboxUnavailable('unreadable', 'The request cannot be read.')
			return request
		},
		async answer(scope, providerRequestId, { verdict, reason }): Promise<AnswerOutcome> {
			let answer: HttpAnswer
			try {
				const status = verdict === 'approve' ? ('Approve' as const) : ('Deny' as const)
				answer = await call(address(scope, providerRequestId, 'updateApproval'), 'POST', { status, reason })
			} catch (error) {
				// Without a token nothing was sent; without an answer nobody knows.
				return error instanceof NoAnswer
					? { kind: 'unknown', message: error.message }
					: { kind: 'later', retryAfterMs: null }
			}
			return outcomeOf(answer)
		},
	}
}

/** The one table from an answer to what became of what was sent. Whatever is not surely a no is unknown. */
function outcomeOf({ status, headers, body }: HttpAnswer): AnswerOutcome {
	if (status >= 200 && status < 300) return { kind: 'accepted' }
	const parsed = errorSchema.safeParse(parseJson(body))
	const error = parsed.success ? parsed.data.error : null
	const current = error?.additionalInfo?.find(({ info }) => info?.currentStatus)?.info?.currentStatus ?? null
	// Conflict, gone: it was decided, withdrawn or has expired. Reading it back says which.
	if (status === 409 || status === 410 || current !== null) return { kind: 'moved', status: current }
	if (status === 429 || status === 401) return { kind: 'later', retryAfterMs: retryAfterOf(headers) }
	if (status >= 400 && status < 500 && status !== 408)
		return { kind: 'refused', code: (error?.code ?? `HTTP_${status}`).slice(0, 64) || `HTTP_${status}` }
	return { kind: 'unknown', message: `Azure answered ${status}.` }
}

function retryAfterOf(headers: Headers): number | null {
	const text = headers.get('retry-after') ?? ''
	return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null
}

/** The token goes to the host that was configured and to no other, whatever a link says. */
function nextOf(link: string | null, armUrl: string): URL | null {
	if (link === null || link === '') return null
	if (!URL.canParse(link) || new URL(link).origin !== new URL(armUrl).origin)
		throw new LockboxUnavailable('unreadable', 'The list goes on at another host.')
	const url = new URL(link)
	if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', API_VERSION)
	return url
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		// Not JSON: no schema accepts it.
		return undefined
	}
}
