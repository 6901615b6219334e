import type { ServerResponse } from 'node:http'
import { send } from './transport.ts'
import { TokenRefused, type createTokens } from './tokens.ts'

/** Where tokens of the tenant are had, and the document that says where that is. */
export function createTokenEndpoint({
	tokens,
	tenantId,
	origin,
}: {
	tokens: ReturnType<typeof createTokens>
	tenantId: string
	origin: () => string
}) {
	const base = () => `${origin()}/${tenantId}`
	return {
		/** Answers what is about tokens; false where the call is about something else. */
		answer(path: string, body: string, response: ServerResponse): boolean {
			if (path.endsWith('/.well-known/openid-configuration')) {
				send(response, 200, {
					issuer: `${base()}/v2.0`,
					token_endpoint: `${base()}/oauth2/v2.0/token`,
					authorization_endpoint: `${base()}/oauth2/v2.0/authorize`,
					jwks_uri: `${base()}/discovery/v2.0/keys`,
				})
				return true
			}
			if (path !== `/${tenantId}/oauth2/v2.0/token`) return false
			const form = new URLSearchParams(body)
			const scope = (form.get('scope') ?? '').split(' ').find((part) => part.endsWith('/.default')) ?? ''
			try {
				const issued = tokens.issue({
					assertion: form.get('client_assertion') ?? '',
					scope,
					audience: `${base()}/oauth2/v2.0/token`,
					clientId: form.get('client_id') ?? '',
					claims: form.get('claims') ?? '',
				})
				send(response, 200, {
					token_type: 'Bearer',
					expires_in: issued.expiresIn,
					ext_expires_in: issued.expiresIn,
					access_token: issued.token,
				})
			} catch (error) {
				if (!(error instanceof TokenRefused)) throw error
				send(response, 401, { error: 'invalid_client', error_description: error.message })
			}
			return true
		},
	}
}
