import { z } from 'zod'
import { checkLevel, country, key, title } from '#workflows/charter/parts.schema.ts'

const RELATIVE = /^([+-])P(\d+)([YMD])$/

/** `+P1D`, `-P12D`, `+P3Y`: relative to the first start, at the same time of day; or a day, which begins in UTC. */
const when = z
	.string()
	.refine(
		(text) => RELATIVE.test(text) || z.iso.date().safeParse(text).success,
		'Write a day as 2026-11-23, or relative to the first start as -P2Y, +P5M or +P40D.',
	)

/** From when a fact holds, and until when; left out: since long ago, and without a known end. */
const validity = { validFrom: when.optional(), validUntil: when.optional() }

const clearance = z
	.strictObject({
		scheme: z.string(),
		level: z.string(),
		issuer: title,
		validFrom: when,
		validUntil: when,
		state: z.enum(['granted', 'suspended', 'revoked']).default('granted'),
	})
	.superRefine((value, context) =>
		checkLevel(value, (path, message) => context.addIssue({ code: 'custom', path: [path], message })),
	)

const attended = z.strictObject({ key, ...validity })

const employment = z
	.strictObject({
		employer: title,
		/** Whose subcontractor the employer is. */
		under: title.optional(),
		/** The contract passes the charter's duties on. */
		flowDown: z.boolean().default(false),
		...validity,
	})
	.refine(({ under, flowDown }) => !flowDown || under !== undefined, {
		path: ['flowDown'],
		message: 'Duties are passed on by a contract: say under whom as well, or leave flowDown out.',
	})

const person = z.strictObject({
	id: z.uuid('Use a UUID.'),
	displayName: title,
	persona: z.string().optional(),
	enrolAtStart: z.boolean().default(false),
	userPrincipalName: z.email('Use a user principal name, such as jonas.weidner@btr.example.'),
	entraObjectId: z.uuid('Use the object id in Entra ID, a UUID.'),
	employer: title,
	citizenships: z.array(country),
	residences: z
		.array(
			z.strictObject({
				country,
				status: z.enum(['resident', 'permanent', 'protected']).default('resident'),
				...validity,
			}),
		)
		.default([]),
	clearances: z.array(clearance),
	briefings: z.array(attended).default([]),
	training: z.array(attended).default([]),
	/** Left out: works for `employer`, under nobody. */
	employments: z
		.array(employment)
		.min(1, 'Name one, or leave the key out: then `employer` is it.')
		.optional(),
	appointments: z.array(key),
	facilities: z.array(key),
})

/** What one person is called by must be theirs alone. */
const UNIQUE = ['id', 'userPrincipalName', 'entraObjectId'] as const

/** An organisation: its people and what is known of them. */
export const organisationSchema = z
	.strictObject({ people: z.array(person).min(1, 'Name at least one person.') })
	.superRefine(({ people }, context) => {
		for (const name of UNIQUE) {
			const seen = new Set<string>()
			people.forEach((one, i) => {
				const value = one[name].toLowerCase()
				if (seen.has(value))
					context.addIssue({
						code: 'custom',
						path: ['people', i, name],
						message: 'Another person has the same: each needs one of their own.',
					})
				seen.add(value)
			})
		}
	})

export type WrittenPerson = z.infer<typeof organisationSchema>['people'][number]

/** The instant that such a text names. */
export function resolveWhen(text: string, now: Date): Date {
	const [sign, amount, unit] = RELATIVE.exec(text)?.slice(1) ?? []
	if (sign === undefined) return new Date(`${text}T00:00:00.000Z`)
	const by = Number(amount) * (sign === '-' ? -1 : 1)
	const date = new Date(now)
	if (unit === 'Y') date.setUTCFullYear(date.getUTCFullYear() + by)
	else if (unit === 'M') date.setUTCMonth(date.getUTCMonth() + by)
	else date.setUTCDate(date.getUTCDate() + by)
	return date
}
