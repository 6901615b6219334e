import {
	createHash,
	createPublicKey,
	randomBytes,
	sign,
	verify,
	X509Certificate,
	generateKeyPairSync,
	constants,
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
const accessSchema = z.object({ aud: z.string(), appid: z.string(), tid: z.string(), exp: z.number() })

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string | undefined): unknown => {
	try {
		return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
	} catch {
		// Not JSON: no schema accepts it.
		return undefined
	}
}

/** Issues and checks the sandbox's access tokens: certificate credential in (RFC 7523), signed bearer token out. */
export function createTokens({
	tenantId,
	clientId,
	clientPem,
	now,
}: {
	tenantId: string
	clientId: string
	clientPem: string
	now: () => number
}) {
	const certificate = new X509Certificate(clientPem.slice(clientPem.indexOf('-----BEGIN CERTIFICATE-----')))
	const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url')
	const signing = generateKeyPairSync('rsa', { modulusLength: 2048 })
	const usedAssertions = new Map<string, number>()

	return {
		/** Checks a client assertion and gives an access token for the Graph host in `scope`. */
		issue({ assertion, scope, audience }: { assertion: string; scope: string; audience: string }): {
			token: string
			expiresIn: number
		} {
			const [head, body, signature] = assertion.split('.')
			const header = headerSchema.safeParse(decode(head))
			const claims = claimsSchema.safeParse(decode(body))
			if (!header.success || !claims.success)
				throw new TokenRefused('AADSTS50027: JWT token is invalid or malformed.')
			if (header.data['x5t#S256'] !== thumbprint)
				throw new TokenRefused('AADSTS700027: The certificate is not registered on the application.')
			const key = {
				key: createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })),
				padding: constants.RSA_PKCS1_PSS_PADDING,
				saltLength: 32,
			}
			if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature ?? '', 'base64url'))) {
				throw new TokenRefused('AADSTS700027: Client assertion failed signature validation.')
			}
			const { aud, iss, sub, jti, exp } = claims.data
			const seconds = Math.floor(now() / 1000)
			if (aud !== audience) throw new TokenRefused('AADSTS50013: Assertion audience claim does not match.')
			if (iss !== clientId || sub !== clientId)
				throw new TokenRefused('AADSTS700016: Application was not found in the directory.')
			if (exp + ASSERTION_SKEW_SECONDS < seconds)
				throw new TokenRefused('AADSTS700024: Client assertion is not within its valid time range.')
			for (const [used, until] of usedAssertions) if (until < seconds) usedAssertions.delete(used)
			if (usedAssertions.has(jti)) throw new TokenRefused('AADSTS50013: The assertion has been used before.')
			usedAssertions.set(jti, exp + ASSERTION_SKEW_SECONDS)
			const payload = {
				aud: scope.replace(/\/\.default$/, ''),
				appid: clientId,
				tid: tenantId,
				exp: seconds + TOKEN_SECONDS,
				uti: randomBytes(12).toString('base64url'),
			}
			const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}`
			return {
				token: `${text}.${sign('sha256', Buffer.from(text), signing.privateKey).toString('base64url')}`,
				expiresIn: TOKEN_SECONDS,
			}
		},
		/** The application that the bearer token belongs to; null when it is missing, false, expired or for another host. */
		check(authorization: string | undefined, audience: string): string | null {
			const [head, body, signature] = authorization?.replace(/^Bearer /i, '').split('.') ?? []
			const claims = accessSchema.safeParse(decode(body))
			if (!claims.success || signature === undefined) return null
			const isOurs = verify(
				'sha256',
				Buffer.from(`${head}.${body}`),
				signing.publicKey,
				Buffer.from(signature, 'base64url'),
			)
			const { aud, appid, tid, exp } = claims.data
			return isOurs && tid === tenantId && aud === audience && exp * 1000 > now() ? appid : null
		},
	}
}
