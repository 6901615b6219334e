import { z } from 'zod'
import { instantField } from './form.server.ts'

const text = (most: number) => z.string().trim().min(1, 'errors.required').max(most, 'errors.TOO_LONG')
const maybe = (most: number) => z.string().trim().max(most, 'errors.TOO_LONG').default('')
const needed = instantField.refine((at): at is Date => at !== null, 'errors.instant')
const boundaryId = z.uuid('errors.required')
/** One a line; each as long as a resource id of Azure may be. */
const lines = z
	.string()
	.max(20_000, 'errors.TOO_LONG')
	.default('')
	.transform((all) =>
		all
			.split(/\r?\n/)
			.map((line) => line.trim().slice(0, 1000))
			.filter((line) => line !== '')
			.slice(0, 200),
	)
const hours = z.coerce
	.number('errors.required')
	.min(0.25, 'errors.DURATION_TOO_SHORT')
	.max(24 * 366, 'errors.DURATION_TOO_LONG')
	.transform((number) => Math.round(number * 3600))

const asked = { cause: text(4000), type: text(300), reach: text(1000), resources: lines }

export const importSchema = z.object({ boundaryId, output: text(2_000_000) })

export const handSchema = z
	.object({
		boundaryId,
		providerRequestId: text(200),
		...asked,
		supportRequest: maybe(300),
		askedAt: needed,
		deadline: needed,
		hours,
		name: maybe(500),
		country: maybe(500),
		clearance: maybe(500),
	})
	.transform(({ hours: durationSeconds, name, country, clearance, ...form }) => ({
		...form,
		durationSeconds,
		disclosed: { name, country, clearance },
	}))

export const insideSchema = z
	.object({
		boundaryId,
		formId: z.uuid('errors.INVALID_INPUT'),
		beneficiary: maybe(200),
		role: text(64),
		...asked,
		hours,
	})
	.transform(({ hours: durationSeconds, ...form }) => ({ ...form, durationSeconds }))
