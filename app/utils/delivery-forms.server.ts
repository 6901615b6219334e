import { z } from 'zod'
import { LANGUAGES } from '#app/messages/create-text.ts'
import { OVERLAPS } from '#app/services/presence/manage-feeds.server.ts'
import { WEBHOOK_FORMATS } from '#workflows/notify/webhook-body.ts'

const text = (max: number) => z.string().trim().min(1, 'errors.required').max(max, 'errors.TOO_LONG')

/** The forms of the page of delivery, by what they are for. */
export const deliveryForms = z.discriminatedUnion('intent', [
	z.object({
		intent: z.literal('create'),
		name: text(80),
		url: text(2000),
		format: z.enum(WEBHOOK_FORMATS),
		language: z.enum(LANGUAGES),
	}),
	z.object({ intent: z.literal('key'), webhookId: z.uuid(), overlap: z.enum(OVERLAPS) }),
	z.object({ intent: z.enum(['test', 'enable', 'end', 'resend_all']), webhookId: z.uuid() }),
	z.object({ intent: z.enum(['resend_mail', 'resend']), id: z.uuid() }),
])
