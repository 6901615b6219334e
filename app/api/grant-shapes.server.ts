import { z } from 'zod'
import { listQueryShape } from './request-shapes.server.ts'
import { id, instant, person, role, state } from './shape-parts.server.ts'

/* Accesses: who holds what until when. */

export const grantsQueryShape = listQueryShape.omit({ state: true, number: true })

export const grantsShape = z.strictObject({
	grants: z.array(
		z.strictObject({
			id,
			requestId: id,
			requestNumber: z.int(),
			holder: person,
			...role.shape,
			state,
			from: instant.nullable(),
			until: instant.nullable(),
			extendingTo: instant.nullable(),
			isBreakGlass: z.boolean(),
		}),
	),
	next: z.string().nullable(),
})
