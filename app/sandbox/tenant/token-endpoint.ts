import type { ServerResponse } from 'node:http'
import { createFaults } from './faults.ts'
import { send } from './transport.ts'
import { TokenRefused, type createTokens } from './tokens.ts'

const OTHER_TENANT =
	/^\/([0-9a-f]{8}-[0-9a-f-]{27})\/(?:v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)$/
const OF_THE_AUTHORITY = /\/\.well-known\/openid-configuration$|\/oauth2\/v2\.0\/token$/

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
	const faults = createFaults()
	return {
		/** What goes wrong with the authority; what goes wrong with Graph is told apart. */
		faults,
		/** Answers what is about tokens; false where the call is about something else. */
		answer(method: string, path: string, body: string, response: ServerResponse): boolean {
			const fault = OF_THE_AUTHORITY.test(path) ? faults.take(method, path) : null
			if (fault !== null) {
				faults.misbehave(response, fault)
				return true
			}
			const other = OTHER_TENANT.exec(path)?.[1]
			if (other !== undefined && other !== tenantId) {
				send(response, 400, {
					error: 'invalid_tenant',
					error_description: `AADSTS90002: Tenant '${other}' not found. Check to make sure you have the correct tenant ID.`,
					error_codes: [90002],
				})
				return true
			}
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
