import { z } from 'zod'

const text = (max: number) => z.string().trim().min(1, 'errors.required').max(max, 'errors.TOO_LONG')

/** Who somebody is, as a form or a file says it. Messages are keys of the catalogue. */
export const identitySchema = z.object({
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
})
export type Identity = z.infer<typeof identitySchema>
