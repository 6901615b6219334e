import type { z } from 'zod'
import {
	assertionResponseSchema,
	registrationResponseSchema,
	type AssertionResponse,
	type RegistrationResponse,
} from '#app/integrations/webauthn.server.ts'
import { DomainError } from '#workflows/shared/errors.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const MAX_RESPONSE = 40_000

/** The challenge and the authenticator's answer of a sign-in or a decision. Throws ASSERTION_REFUSED. */
export function readAssertionForm(form: FormData): { challengeId: string; response: AssertionResponse } {
	return read(form, assertionResponseSchema, 'ASSERTION_REFUSED')
}

/** The same of an enrolment. Throws ATTESTATION_REFUSED. */
export function readRegistrationForm(form: FormData): {
	challengeId: string
	response: RegistrationResponse
} {
	return read(form, registrationResponseSchema, 'ATTESTATION_REFUSED')
}

function read<S extends z.ZodType>(
	form: FormData,
	schema: S,
	code: 'ASSERTION_REFUSED' | 'ATTESTATION_REFUSED',
): { challengeId: string; response: z.infer<S> } {
	const challengeId = form.get('challengeId')
	if (typeof challengeId !== 'string' || !UUID.test(challengeId))
		throw new DomainError('CHALLENGE_INVALID', 'No challenge was sent.')
	const parsed = schema.safeParse(parseJson(form.get('response')))
	if (!parsed.success) throw new DomainError(code, 'The answer of the passkey is malformed.')
	return { challengeId, response: parsed.data }
}

function parseJson(text: FormDataEntryValue | null): unknown {
	if (typeof text !== 'string' || text.length > MAX_RESPONSE) return undefined
	try {
		return JSON.parse(text)
	} catch {
		// The schema refuses what is not JSON.
		return undefined
	}
}
