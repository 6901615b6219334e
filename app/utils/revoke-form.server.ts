import { z } from 'zod'
import { REVOCATION_CAUSES } from '#workflows/people/revocation.ts'

/** The form that revokes a passkey. */
export const revokeSchema = z.object({
	passkeyId: z.uuid(),
	cause: z.enum(REVOCATION_CAUSES, 'errors.required'),
})
