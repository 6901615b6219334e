import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import type { Assertion } from '#workflows/ledger/envelope.schema.ts'

/** The parts of an answer that prove it to a third party, as they came from the authenticator. */
export function evidenceOf({ id, response }: AssertionResponse): Assertion {
	return {
		credentialId: id,
		clientDataJson: response.clientDataJSON,
		authenticatorData: response.authenticatorData,
		signature: response.signature,
	}
}
