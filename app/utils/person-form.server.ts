import type { z } from 'zod'
import { identitySchema } from '#workflows/people/identity.schema.ts'
import type { PersonForm } from '#app/services/people/register-person.server.ts'
import type { Refusal } from './http.server.ts'

/** Who somebody is, as a form asks for it. */
export const personSchema = identitySchema satisfies z.ZodType<PersonForm>

export type PersonAnswer = {
	errors: Record<string, string>
	code: Refusal['code'] | null
	sent: Record<string, string>
}

/** A refusal of the use case, at its field where it has one. */
export const refusedPerson = (refusal: Refusal, sent: Record<string, string>): PersonAnswer =>
	refusal.field === null
		? { errors: {}, code: refusal.code, sent }
		: { errors: { [refusal.field]: `errors.${refusal.problem ?? refusal.code}` }, code: null, sent }
