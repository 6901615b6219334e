import { GraphError } from './errors.ts'
import type { Bearer } from './tokens.ts'

/**
 * Continuous access evaluation: the tenant wants an access judged anew, and takes only a token that was given for its
 * claims. Set through the object that started the tenant, for tests.
 */
export function createReevaluation() {
	let wanted: string | null = null
	let isEndless = false
	let count = 0
	const challenge = () => {
		count += 1
		wanted = String(1_790_000_000 + count)
	}
	return {
		/** From now on only a token that answers this challenge is taken. */
		challenge,
		/** No token is ever good enough. */
		refuseAll(): void {
			isEndless = true
			challenge()
		},
		stop(): void {
			isEndless = false
			wanted = null
		},
		/** Throws the challenge, or for who cannot answer it a plain refusal of the token. */
		demand({ answers, isCapable }: Bearer, origin: string): void {
			if (wanted === null || answers === wanted) return
			const realm = `Bearer realm="", authorization_uri="${origin}/common/oauth2/authorize"`
			if (!isCapable)
				throw new GraphError(401, 'InvalidAuthenticationToken', 'Continuous access evaluation.', {
					'www-authenticate': `${realm}, error="invalid_token"`,
				})
			const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: wanted } } })
			if (isEndless) challenge()
			throw new GraphError(
				401,
				'InvalidAuthenticationToken',
				'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
				{
					'www-authenticate': `${realm}, error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`,
				},
			)
		},
	}
}
