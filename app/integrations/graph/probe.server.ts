import { z } from 'zod'
import { connectGraph, type TenantConnection } from './client.server.ts'
import { readParts } from './read-parts.server.ts'
import type { TenantPort } from '../tenant-port.ts'
import { NoTokenError, openTokens, type TokenTrouble } from './credentials.server.ts'
import { openLanes, REAL_TIME } from './lanes.server.ts'
import { refusalOf } from './outcome.server.ts'

export type Probed =
	| { kind: 'done'; answer: unknown }
	| { kind: 'refused'; status: number; code: string; message: string }
	/** No answer came. */
	| { kind: 'silent'; message: string }

export type Prober = {
	/** The application permissions that stand in the token; null where it cannot be read. */
	roles(): Promise<{ roles: readonly string[] | null } | { trouble: TokenTrouble; message: string }>
	send(call: { method: 'GET' | 'POST'; path: string; body?: object }): Promise<Probed>
	/** As the reader of the tenant does. */
	readParts: TenantPort['readParts']
	/** By how much the tenant's clock was ahead of ours at the last answer, in milliseconds; null before one. */
	skewMs(): number | null
}

const claimsSchema = z.looseObject({ roles: z.array(z.string()).optional() })

/** Calls of a tenant whose refusals are looked at. Whoever sends sees to it that they change nothing. */
export function openProber(
	tenant: Omit<TenantConnection, 'killSwitch'>,
	{ newId, now }: { newId: () => string; now: () => Date },
): Prober {
	let skew: number | null = null
	const heard = (headers: Headers) => {
		const date = Date.parse(headers.get('date') ?? '')
		if (!Number.isNaN(date)) skew = date - now().getTime()
	}
	const lanes = openLanes(tenant.budgets, REAL_TIME)
	const client = connectGraph(tenant, { newId, lanes, heard })
	const tokens = openTokens(tenant, tenant.identity, true)
	return {
		async roles() {
			try {
				const token = await tokens.tokenFor(`${tenant.graphBaseUrl}/.default`)
				return { roles: rolesIn(token) }
			} catch (error) {
				if (!(error instanceof NoTokenError)) throw error
				return { trouble: error.code, message: error.message }
			}
		},
		async send({ method, path, body }) {
			try {
				const request = client.api(path)
				const answer: unknown = method === 'GET' ? await request.get() : await request.post(body ?? {})
				return { kind: 'done', answer }
			} catch (error) {
				const refusal = refusalOf(error)
				return refusal === null
					? { kind: 'silent', message: error instanceof Error ? error.message : 'unknown' }
					: { kind: 'refused', ...refusal }
			}
		},
		readParts: (parts) => readParts(client, lanes, tenant.graphBaseUrl, parts),
		skewMs: () => skew,
	}
}

/** Microsoft calls access tokens opaque to whoever asks for them: what cannot be read says nothing. */
function rolesIn(token: string): readonly string[] | null {
	try {
		const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
		return claimsSchema.safeParse(claims).data?.roles ?? null
	} catch {
		// No JWT: what it allows is found out by calls alone.
		return null
	}
}
