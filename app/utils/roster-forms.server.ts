import { z } from 'zod'
import { DAYS } from '#workflows/charter/person-rules.schema.ts'
import { PROVIDERS } from '#workflows/lockbox/providers.ts'
import { timeZone } from '#workflows/shared/zoned-time.ts'

const text = (max: number) => z.string().trim().min(1, 'errors.required').max(max, 'errors.TOO_LONG')
const boundaryId = z.uuid()
const holdersNeeded = z
	.string()
	.trim()
	.regex(/^\d{1,2}$/, 'errors.HOLDERS_NEEDED')
	.transform(Number)
/** A local date and time, or nothing; read in the zone of its form. */
const local = z.string().trim().max(30, 'errors.instant')

/** The forms of the page of boundaries, by what they are for. */
const forms = z.discriminatedUnion('intent', [
	z.object({
		intent: z.literal('boundary'),
		provider: z.enum(PROVIDERS),
		name: text(80),
		scope: text(300),
		approverRole: text(120),
		holdersNeeded,
	}),
	z.object({ intent: z.literal('change'), boundaryId, holdersNeeded }),
	z.object({ intent: z.literal('close'), boundaryId }),
	z.object({
		intent: z.literal('holder'),
		boundaryId,
		person: text(200),
		from: local,
		until: local,
		evidence: text(500),
		zone: text(60),
	}),
	z.object({ intent: z.literal('end'), holderId: z.uuid() }),
	z.object({
		intent: z.literal('weekly'),
		boundaryId,
		person: text(200),
		startsAt: text(5),
		endsAt: text(5),
		zone: text(60),
		from: local,
		until: local,
	}),
	z.object({
		intent: z.literal('once'),
		boundaryId,
		person: text(200),
		kind: z.enum(['on', 'off']),
		from: local,
		until: local,
		zone: text(60),
	}),
	z.object({ intent: z.literal('remove'), shiftId: z.uuid() }),
])

/** The same with local times read: what names no instant of the zone is an error of its field. */
export const rosterForms = forms.transform((form, context) => {
	if (!('from' in form)) return form
	const zone = timeZone(form.zone)
	const instantOf = (field: 'from' | 'until'): Date | null => {
		if (form[field] === '') return null
		const instants = zone?.instants(form[field]) ?? null
		const [first] = instants ?? []
		if (first !== undefined) return new Date(first)
		const message =
			zone === null ? 'errors.timeZone' : instants === null ? 'errors.instant' : 'errors.skippedHour'
		context.addIssue({ code: 'custom', path: [zone === null ? 'zone' : field], message })
		return null
	}
	return { ...form, from: instantOf('from'), until: instantOf('until') }
})

/** Days that were chosen, in order of the week. */
export const daysOf = (form: FormData) => DAYS.filter((day) => form.getAll('days').includes(day))
