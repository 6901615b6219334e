import {
	createHash,
	createPublicKey,
	randomBytes,
	sign,
	verify,
	X509Certificate,
	generateKeyPairSync,
	constants,
	type JsonWebKey,
	type KeyPairKeyObjectResult,
} from 'node:crypto'
import { z } from 'zod'

const TOKEN_SECONDS = 3600
const ASSERTION_SKEW_SECONDS = 300

/** The token endpoint refuses a client; the text is what Entra's endpoint would say. */
export class TokenRefused extends Error {
	override readonly name = 'TokenRefused'
}

const headerSchema = z.looseObject({ alg: z.literal('PS256'), 'x5t#S256': z.string() })
const claimsSchema = z.looseObject({
	aud: z.string(),
	iss: z.string(),
	sub: z.string(),
	jti: z.string(),
	exp: z.number(),
	nbf: z.number().optional(),
})
const federatedSchema = z.looseObject({ alg: z.literal('RS256'), kid: z.string() })
const federatedClaims = z.looseObject({
	aud: z.union([z.string(), z.array(z.string())]),
	iss: z.string(),
	sub: z.string(),
	exp: z.number(),
	nbf: z.number().optional(),
})
const accessSchema = z.object({
	aud: z.string(),
	appid: z.string(),
	tid: z.string(),
	exp: z.number(),
	answers: z.string().nullish(),
	xms_cc: z.array(z.string()).optional(),
})
const askedSchema = z.object({
	access_token: z.object({
		nbf: z.object({ value: z.string() }).optional(),
		xms_cc: z.object({ values: z.array(z.string()) }).optional(),
	}),
})

/** An application of the tenant, and the certificate it is known by. */
export type TokenClient = { clientId: string; pem: string }
/** Whose tokens stand for the first application: `keys` as the issuer publishes them (JWKS). */
export type Federation = {
	issuer: string
	subject: string
	audience: string
	keys: readonly (JsonWebKey & { kid: string })[]
}
export type Bearer = {
	appId: string
	/** The challenge that it was given for; null where it was given without one. */
	answers: string | null
	/** Whether its holder says that it can answer challenges. */
	isCapable: boolean
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string | undefined): unknown => {
	try {
		return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
	} catch {
		// Not JSON: no schema accepts it.
		return undefined
	}
}

let made: KeyPairKeyObjectResult | undefined

/** What the sandbox signs its tokens with: one pair a process, since a pair takes long to make. */
const signingKey = () => (made ??= generateKeyPairSync('rsa', { modulusLength: 2048 }))

/**
 * Issues and checks the sandbox's access tokens: an assertion in (RFC 7523), by a registered certificate or by the issuer
 * that the first application trusts, and a signed bearer token out.
 */
export function createTokens({
	tenantId,
	clients,
	rolesOf,
	now,
}: {
	/** Of which tenant tokens say that they are. */
	tenantId: () => string
	clients: readonly TokenClient[]
	/** The application permissions of a client now; they stand in its tokens. */
	rolesOf: (clientId: string) => readonly string[]
	now: () => number
}) {
	const known = clients.map(({ clientId, pem }) => {
		const certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')))
		const key = createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' }))
		return { clientId, key, thumbprint: createHash('sha256').update(certificate.raw).digest('base64url') }
	})
	const signing = signingKey()
	const revoked = new Set<string>()
	const gone = new Set<string>()
	const expired = new Set<string>()
	let federation: Federation | null = null

	/** The client that a certificate's assertion stands for. */
	function byCertificate(assertion: string, audience: string, asked: string): string {
		const [head, body, signature] = assertion.split('.')
		const header = headerSchema.safeParse(decode(head))
		const claims = claimsSchema.safeParse(decode(body))
		if (!header.success || !claims.success)
			throw new TokenRefused('AADSTS50027: JWT token is invalid or malformed.')
		const client = known.find(
			({ thumbprint, clientId }) => thumbprint === header.data['x5t#S256'] && !revoked.has(clientId),
		)
		if (client === undefined)
			throw new TokenRefused('AADSTS700027: The certificate is not registered on the application.')
		if (expired.has(client.clientId))
			throw new TokenRefused(
				'AADSTS700027: Client assertion contains an invalid signature. [Reason - The key used is expired.]',
			)
		const key = { key: client.key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
		if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature ?? '', 'base64url'))) {
			throw new TokenRefused('AADSTS700027: Client assertion failed signature validation.')
		}
		const { aud, iss, sub, exp } = claims.data
		const seconds = Math.floor(now() / 1000)
		if (aud !== audience) throw new TokenRefused('AADSTS50013: Assertion audience claim does not match.')
		if (iss !== client.clientId || sub !== client.clientId || asked !== client.clientId)
			throw new TokenRefused('AADSTS700016: Application was not found in the directory.')
		if (exp + ASSERTION_SKEW_SECONDS < seconds)
			throw new TokenRefused('AADSTS700024: Client assertion is not within its valid time range.')
		// The library sends one assertion again for as long as it is valid, and Entra takes it: nothing counts them here.
		return client.clientId
	}

	/** The first application, where the token of a workload is one of the issuer, subject and audience that it trusts. */
	function byFederation(assertion: string, trusted: Federation, asked: string): string {
		const [head, body, signature] = assertion.split('.')
		const header = federatedSchema.safeParse(decode(head))
		const claims = federatedClaims.safeParse(decode(body))
		if (!header.success || !claims.success)
			throw new TokenRefused('AADSTS50027: JWT token is invalid or malformed.')
		const { aud, iss, sub, exp, nbf = 0 } = claims.data
		const [first] = known
		if (first === undefined || asked !== first.clientId)
			throw new TokenRefused('AADSTS700016: Application was not found in the directory.')
		if (iss !== trusted.issuer)
			throw new TokenRefused('AADSTS700211: No matching federated identity record found for issuer.')
		if (sub !== trusted.subject)
			throw new TokenRefused('AADSTS700213: No matching federated identity record found for subject.')
		if (![aud].flat().includes(trusted.audience))
			throw new TokenRefused('AADSTS700212: No matching federated identity record found for audience.')
		const jwk = trusted.keys.find(({ kid }) => kid === header.data.kid)
		const isSigned =
			jwk !== undefined &&
			verify(
				'sha256',
				Buffer.from(`${head}.${body}`),
				createPublicKey({ key: jwk, format: 'jwk' }),
				Buffer.from(signature ?? '', 'base64url'),
			)
		if (!isSigned) throw new TokenRefused('AADSTS700027: Client assertion failed signature validation.')
		const seconds = Math.floor(now() / 1000)
		if (exp + ASSERTION_SKEW_SECONDS < seconds || nbf - ASSERTION_SKEW_SECONDS > seconds)
			throw new TokenRefused('AADSTS700024: Client assertion is not within its valid time range.')
		return first.clientId
	}

	return {
		/** Checks a client assertion and gives an access token for the Graph host in `scope`. */
		issue({
			assertion,
			scope,
			audience,
			clientId: asked,
			claims,
		}: {
			assertion: string
			scope: string
			audience: string
			clientId: string
			/** As a challenge, or the client itself, wants them: JSON, or an empty text. */
			claims: string
		}): { token: string; expiresIn: number } {
			if (gone.has(asked)) throw new TokenRefused('AADSTS700016: Application was not found in the directory.')
			const isOurs = headerSchema.safeParse(decode(assertion.split('.')[0])).success
			const appId =
				federation !== null && !isOurs
					? byFederation(assertion, federation, asked)
					: byCertificate(assertion, audience, asked)
			const wanted = askedSchema.safeParse(claims === '' ? {} : parsed(claims)).data?.access_token
			const payload = {
				aud: scope.replace(/\/\.default$/, ''),
				appid: appId,
				tid: tenantId(),
				exp: Math.floor(now() / 1000) + TOKEN_SECONDS,
				uti: randomBytes(12).toString('base64url'),
				roles: rolesOf(appId),
				answers: wanted?.nbf?.value ?? null,
				...(wanted?.xms_cc ? { xms_cc: wanted.xms_cc.values } : {}),
			}
			const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}`
			return {
				token: `${text}.${sign('sha256', Buffer.from(text), signing.privateKey).toString('base64url')}`,
				expiresIn: TOKEN_SECONDS,
			}
		},
		/** What the bearer token says; null when it is missing, false, expired or for another host. */
		check(authorization: string | undefined, audience: string): Bearer | null {
			const [head, body, signature] = authorization?.replace(/^Bearer /i, '').split('.') ?? []
			const claims = accessSchema.safeParse(decode(body))
			if (!claims.success || signature === undefined) return null
			const isSigned = verify(
				'sha256',
				Buffer.from(`${head}.${body}`),
				signing.publicKey,
				Buffer.from(signature, 'base64url'),
			)
			const { aud, appid, tid, exp, answers, xms_cc: can } = claims.data
			return isSigned && tid === tenantId() && aud === audience && exp * 1000 > now()
				? { appId: appid, answers: answers ?? null, isCapable: can?.includes('cp1') ?? false }
				: null
		},
		/** What an administrator does to an application: its certificate is taken off, or it is deleted; for tests. */
		acts: {
			revokeCertificate: (clientId: string) => void revoked.add(clientId),
			/** The certificate that is registered has run out. */
			expireCertificate: (clientId: string) => void expired.add(clientId),
			deleteApplication: (clientId: string) => void gone.add(clientId),
			restore: (clientId: string) => {
				revoked.delete(clientId)
				gone.delete(clientId)
				expired.delete(clientId)
			},
			/** The first application trusts the tokens of this issuer for this subject. */
			federate: (trusted: Federation) => {
				federation = trusted
			},
		},
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		// Not claims: none are taken.
		return undefined
	}
}
