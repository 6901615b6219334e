import { parse } from 'yaml'
import { z } from 'zod'
import { isKnownLevel } from '#workflows/charter/clearance-schemes.ts'

const RELATIVE = /^([+-])P(\d+)([YMD])$/

/** `+P1D`, `-P12D`, `+P3Y`: a date relative to the first start, at the same time of day. */
const relative = z.string().regex(RELATIVE)

const personSchema = z.strictObject({
	id: z.uuid(),
	displayName: z.string().min(1),
	persona: z.string().optional(),
	enrolAtStart: z.boolean().default(false),
	userPrincipalName: z.email(),
	entraObjectId: z.uuid(),
	employer: z.string().min(1),
	citizenships: z.array(z.string().regex(/^[A-Z]{2}$/)),
	clearances: z.array(
		z
			.strictObject({
				scheme: z.string(),
				level: z.string(),
				issuer: z.string(),
				validFrom: relative,
				validUntil: relative,
				state: z.enum(['granted', 'suspended', 'revoked']).default('granted'),
			})
			.refine(({ scheme, level }) => isKnownLevel(scheme, level), 'This scheme has no such level.'),
	),
	appointments: z.array(z.string()),
	facilities: z.array(z.string()),
})

const organisationSchema = z.strictObject({ people: z.array(personSchema).min(1) })

type Resolved<T> = Omit<T, 'validFrom' | 'validUntil'> & { validFrom: Date; validUntil: Date }
type Written = z.infer<typeof personSchema>
export type SamplePerson = Omit<Written, 'clearances'> & {
	clearances: Resolved<Written['clearances'][number]>[]
}

/** Reads the sample organisation with its dates resolved against the first start. Throws when the text is wrong. */
export function readOrganisation(yaml: string, now: Date): SamplePerson[] {
	return organisationSchema.parse(parse(yaml)).people.map((person) => ({
		...person,
		clearances: person.clearances.map((clearance) => ({
			...clearance,
			validFrom: resolve(clearance.validFrom, now),
			validUntil: resolve(clearance.validUntil, now),
		})),
	}))
}

function resolve(text: string, now: Date): Date {
	const [sign, amount, unit] = RELATIVE.exec(text)?.slice(1) ?? []
	const by = Number(amount) * (sign === '-' ? -1 : 1)
	const date = new Date(now)
	if (unit === 'Y') date.setUTCFullYear(date.getUTCFullYear() + by)
	else if (unit === 'M') date.setUTCMonth(date.getUTCMonth() + by)
	else date.setUTCDate(date.getUTCDate() + by)
	return date
}
