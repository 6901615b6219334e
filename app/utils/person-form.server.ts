import { z } from 'zod'
import type { PersonForm } from '#app/services/people/register-person.server.ts'
import type { Refusal } from './http.server.ts'

const text = (max: number) => z.string().trim().min(1, 'errors.required').max(max, 'errors.TOO_LONG')

/** Who somebody is, as a form asks for it. */
export const personSchema = z.object({
	displayName: text(200),
	userPrincipalName: z
		.string()
		.trim()
		.max(200, 'errors.TOO_LONG')
		.regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'errors.upn'),
	entraObjectId: z.string().trim().toLowerCase().pipe(z.uuid('errors.uuid')),
	employer: text(200),
	personnelNumber: z
		.string()
		.trim()
		.max(60, 'errors.TOO_LONG')
		.transform((number) => (number === '' ? null : number)),
}) satisfies z.ZodType<PersonForm>

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
