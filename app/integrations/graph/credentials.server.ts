import {
	ClientCertificateCredential,
	ManagedIdentityCredential,
	WorkloadIdentityCredential,
	type GetTokenOptions,
	type TokenCredential,
	type WorkloadIdentityCredentialOptions,
} from '@azure/identity'
import { z } from 'zod'
import type { CloudName } from './clouds.ts'
import { httpsCall, NoAnswer } from './https-fetch.server.ts'

/** As whom we come to the tenant, and by what we show it. */
export type AppIdentity =
	| {
			by: 'certificate'
			clientId: string
			/** Certificate and private key of the app registration. */
			certificatePem: string
	  }
	| {
			by: 'workload'
			clientId: string
			/** Where the platform keeps the token of this workload, and renews it. */
			tokenFile: string
	  }
	| {
			by: 'managed'
			/** Of a user-assigned identity; null for that of the machine. */
			clientId: string | null
	  }

export type Authority = {
	/** Such as https://login.microsoftonline.com. */
	authorityHost: string
	tenantId: string
	cloud: CloudName
	/** Authority of the cloud's certificates where the system's are not enough; null otherwise. */
	caPem: string | null
	/** For how long an answer is waited for, the authority's as the tenant's, in milliseconds. */
	timeoutMs: number
}

/** Why no token was had. Nothing was sent to the tenant then. */
export type TokenTrouble = 'CredentialRefused' | 'ApplicationNotFound' | 'WrongTenant' | 'NoToken'

/** No token was had: nothing was sent. The message is the authority's first line, which names no secret. */
export class NoTokenError extends Error {
	override readonly name = 'NoTokenError'
	readonly code: TokenTrouble

	constructor(code: TokenTrouble, message: string, options?: ErrorOptions) {
		super(message, options)
		this.code = code
	}
}

export type Tokens = {
	/** Whether a call that must be judged anew is answered with a token for it (continuous access evaluation). */
	readonly answersClaims: boolean
	/** A bearer token for `scope`; `claims` as a challenge asked for them. Throws NoTokenError, after `timeoutMs` at the latest. */
	tokenFor(scope: string, claims?: string): Promise<string>
}

/**
 * The tokens of one application. Tokens for continuous access evaluation live up to a day and are taken back at once
 * where the tenant says so; managed identities have none. They are asked for only by who answers challenges.
 */
export function openTokens(authority: Authority, identity: AppIdentity, answersChallenges: boolean): Tokens {
	const credential = credentialOf(authority, identity)
	const answersClaims = answersChallenges && identity.by !== 'managed'
	return {
		answersClaims,
		async tokenFor(scope, claims) {
			const options: GetTokenOptions = answersClaims
				? { enableCae: true, ...(claims === undefined ? {} : { claims }) }
				: {}
			try {
				const given = await inTime(credential.getToken(scope, options), authority.timeoutMs)
				if (given === null) throw new NoTokenError('NoToken', 'The authority gave no token.')
				demandTenant(given.token, authority.tenantId)
				return given.token
			} catch (error) {
				if (error instanceof NoTokenError) throw error
				throw (await tenantUnknown(authority, error)) ?? noTokenOf(error)
			}
		},
	}
}

/**
 * What is waited for, or NoTokenError after so long. The library waits for ever, and hands no signal on to what it sends: an
 * authority that takes a call and never answers would keep a job, and with it the lock under which the job runs, for good.
 */
async function inTime<T>(asked: Promise<T>, timeoutMs: number): Promise<T> {
	let timer: NodeJS.Timeout | undefined
	const over = new Promise<never>((_, reject) => {
		timer = setTimeout(
			() => reject(new NoTokenError('NoToken', `The authority gave no token within ${timeoutMs / 1000} s.`)),
			timeoutMs,
		)
	})
	try {
		return await Promise.race([asked, over])
	} finally {
		clearTimeout(timer)
	}
}

const tenantClaim = z.looseObject({ tid: z.uuid() })

/**
 * Refuses a token of another tenant: a managed identity belongs to whichever tenant the machine is in, and an authority of
 * one's own may give anything. Tokens are opaque to whoever asks for them, so one that cannot be read is left to `SameTenant`.
 */
function demandTenant(token: string, tenantId: string): void {
	let claims: unknown
	try {
		claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
	} catch {
		// No JWT.
		return
	}
	const { data } = tenantClaim.safeParse(claims)
	if (data !== undefined && data.tid.toLowerCase() !== tenantId.toLowerCase())
		throw new NoTokenError('WrongTenant', `The token is of tenant ${data.tid}.`)
}

function credentialOf(
	{ authorityHost, tenantId, cloud, caPem, timeoutMs }: Authority,
	identity: AppIdentity,
): TokenCredential {
	const options = {
		authorityHost,
		// Who an unknown cloud's authority is would be asked of the public one, which an isolated network never reaches.
		disableInstanceDiscovery: cloud === 'custom',
		...(caPem === null ? {} : { tlsOptions: { ca: caPem } }),
		// Closes the connection that nobody waits for any more: one would be left behind by each try.
		additionalPolicies: [{ position: 'perRetry', policy: endAfter(timeoutMs) } as const],
	}
	switch (identity.by) {
		case 'certificate':
			return new ClientCertificateCredential(
				tenantId,
				identity.clientId,
				{ certificate: identity.certificatePem },
				options,
			)
		case 'workload':
			return new WorkloadIdentityCredential({
				...options,
				tenantId,
				clientId: identity.clientId,
				tokenFilePath: identity.tokenFile,
			})
		case 'managed':
			return identity.clientId === null
				? new ManagedIdentityCredential()
				: new ManagedIdentityCredential({ clientId: identity.clientId })
	}
}

type Policy = NonNullable<WorkloadIdentityCredentialOptions['additionalPolicies']>[number]['policy']

const endAfter = (timeoutMs: number): Policy => ({
	name: 'endAfter',
	sendRequest: (request, next) => next(Object.assign(request, { timeout: timeoutMs })),
})

/** AADSTS700016, 7000112: no such application, or a disabled one; 90002: no such tenant. */
const GONE = /AADSTS(?:700016|7000112|90002)\b/
/** Signature, certificate, validity and federated assertion: 50013, 50027, 7000xx, 70021x, 7000222. */
const REFUSED =
	/AADSTS(?:50013|50027|53003|70002\d|7000\d{2}|7002\d{2,4}|7000222)\b|invalid_client|unauthorized_client/

/** What the library says when the tenant's own address gives no configuration: it keeps the reason to itself. */
const NO_CONFIGURATION = /openid_config_error|endpoints_resolution_error/
const REASON_TIMEOUT_MS = 5000

/** That there is no such tenant, in the authority's words; null where that is not why no token was had. */
async function tenantUnknown(
	{ authorityHost, tenantId, caPem }: Authority,
	error: unknown,
): Promise<NoTokenError | null> {
	if (!(error instanceof Error) || !NO_CONFIGURATION.test(error.message)) return null
	const url = new URL(`/${tenantId}/v2.0/.well-known/openid-configuration`, authorityHost)
	try {
		const { status, body } = await httpsCall(url, {
			method: 'GET',
			headers: new Headers({ accept: 'application/json' }),
			body: undefined,
			ca: caPem,
			timeoutMs: REASON_TIMEOUT_MS,
		})
		const said = /AADSTS90002[^"\\]{0,250}/.exec(body)?.[0]
		if (status < 400 || said === undefined) return null
		return new NoTokenError('ApplicationNotFound', said, { cause: error })
	} catch (away) {
		// The authority does not answer at all: that is reason enough, and the first error says it.
		if (!(away instanceof NoAnswer)) throw away
		return null
	}
}

function noTokenOf(error: unknown): NoTokenError {
	const text = error instanceof Error ? error.message : ''
	const code = GONE.test(text) ? 'ApplicationNotFound' : REFUSED.test(text) ? 'CredentialRefused' : 'NoToken'
	const line = text.split('\n').find((each) => each.includes('AADSTS')) ?? text.split('\n')[0] ?? ''
	return new NoTokenError(code, line.slice(0, 300), { cause: error })
}
