import { z } from 'zod'
import { LANGUAGES } from '#app/messages/create-text.ts'
import { TOPICS, type Topic } from '#workflows/notify/notice-kinds.ts'
import { MAIL_MODES, type MailMode } from '#workflows/notify/plan-mail.ts'

const mode = z.enum(MAIL_MODES, 'errors.INVALID_INPUT')
/** Minutes of the day on a quarter of an hour; empty for none. */
const minute = z
	.string()
	.regex(/^(\d{1,4})?$/, 'errors.INVALID_INPUT')
	.transform((text) => (text === '' ? null : Number(text)))

/** The form of mail preferences: a mode for each topic but break-glass, which has no choice. */
export const preferencesSchema = z
	.object({
		language: z.enum(LANGUAGES, 'errors.INVALID_INPUT'),
		zone: z.string().trim().min(1, 'errors.required').max(60, 'errors.timeZone'),
		quietFrom: minute,
		quietUntil: minute,
		digestHour: z.coerce.number('errors.number').int('errors.number').min(0).max(23),
		mode_decide: mode,
		mode_own: mode,
		mode_alarm: mode,
		mode_people: mode,
		mode_system: mode,
	})
	.superRefine(({ quietFrom, quietUntil }, context) => {
		if ((quietFrom === null) !== (quietUntil === null))
			context.addIssue({ code: 'custom', path: ['quietUntil'], message: 'errors.quietHours' })
	})
	.transform(({ language, zone, quietFrom, quietUntil, digestHour, ...modes }) => ({
		language,
		zone,
		digestHour,
		quiet: quietFrom === null || quietUntil === null ? null : { from: quietFrom, until: quietUntil },
		modes: Object.fromEntries(
			TOPICS.map((topic) => [topic, topic === 'break_glass' ? 'now' : modes[`mode_${topic}`]]),
		) as Record<Topic, MailMode>,
	}))
