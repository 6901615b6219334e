import { z } from 'zod'
import { OVERLAPS } from '#app/services/presence/manage-feeds.server.ts'
import { instantField } from './form.server.ts'

const text = (max: number) => z.string().trim().min(1, 'errors.required').max(max, 'errors.INVALID_INPUT')

/** The forms of the page of facilities, by what they are for. */
export const facilityForms = {
	create: z.object({ name: text(80) }),
	key: z.object({ feedId: z.uuid(), overlap: z.enum(OVERLAPS) }),
	stop: z.object({ feedId: z.uuid() }),
	upload: z.object({ feedId: z.uuid(), events: text(2_000_000) }),
	badge: z.object({
		person: text(200),
		number: text(100),
		issuedAt: instantField.refine((at) => at !== null, 'errors.required'),
	}),
}
