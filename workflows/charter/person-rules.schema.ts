import { z } from 'zod'
import { NATIONAL_CAVEATS, statesOfCaveat } from './caveats.ts'
import { allOf, checkLevel, country, key, level, period, title } from './parts.schema.ts'

/** What a charter may ask of a person. Every rule that is stated must hold; one that is left out asks for nothing. */

const CITIZENSHIP_NEEDS =
	'Say who may: anyOf, soleOf, unionCitizen or usPerson. An empty list would mean nobody; leaving all out is not allowed.'

export const citizenshipRule = z
	.strictObject({
		/** Holds one of these, whatever else. Empty means nobody. */
		anyOf: z.array(country).max(250).optional(),
		/** Holds one of these and no other citizenship at all. Empty means nobody. */
		soleOf: z.array(country).max(250).optional(),
		/** Citizenships that exclude, dual nationality included. */
		noneOf: z.array(country).max(250).default([]),
		/** Citizen of a member state of the European Union. */
		unionCitizen: z.literal(true).optional(),
		/** Citizen, lawful permanent resident or protected individual of the United States (22 CFR 120.62). */
		usPerson: z.literal(true).optional(),
		/** A second citizenship: allowed, forbidden, or only of the states listed. */
		dualNationality: z
			.union([
				z.enum(['allowed', 'forbidden']),
				z.strictObject({ onlyWith: z.array(country).min(1).max(250) }),
			])
			.default('allowed'),
	})
	.superRefine(({ anyOf, soleOf, unionCitizen, usPerson }, context) => {
		if (!anyOf && !soleOf && !unionCitizen && !usPerson)
			context.addIssue({ code: 'custom', message: CITIZENSHIP_NEEDS })
	})

const residenceRule = z
	.strictObject({
		/** Resident in one of these. Empty means nobody. */
		anyOf: z.array(country).max(250).optional(),
		/** Resident in a member state of the European Union. */
		unionResident: z.literal(true).optional(),
	})
	.superRefine(({ anyOf, unionResident }, context) => {
		if (!anyOf && !unionResident)
			context.addIssue({ code: 'custom', message: 'Say where: anyOf or unionResident.' })
	})

const acceptedLevel = level
	.extend({
		/** Authorities whose clearances count. Left out: any. Empty: nobody's. */
		issuers: z.array(title).max(50).optional(),
	})
	.superRefine((value, context) =>
		checkLevel(value, (path, message) => context.addIssue({ code: 'custom', path: [path], message })),
	)

const equivalentLevel = level
	.extend({
		issuers: z.array(title).max(50).optional(),
		/** Key of the agreement, under `agreements`, that this acceptance rests on. */
		agreement: key.optional(),
	})
	.superRefine((value, context) => {
		checkLevel(value, (path, message) => context.addIssue({ code: 'custom', path: [path], message }))
		if (value.agreement === undefined) {
			context.addIssue({
				code: 'custom',
				path: ['agreement'],
				message: `Nothing says that ${value.scheme} ${value.level} is to be accepted: name the agreement it rests on, and describe that under agreements.`,
			})
		}
	})

export const clearanceRule = z.strictObject({
	/** One of these, or a higher level of the same scheme, suffices. Empty means nobody. */
	anyOf: z.array(acceptedLevel).max(50),
	/** Levels of other schemes that count as well, each under an agreement. */
	acceptEquivalent: z.array(equivalentLevel).max(50).default([]),
	/** The clearance must still hold for so long after the access ends. */
	minimumRemaining: period.optional(),
})

const caveat = z
	.string()
	.max(200)
	.refine(
		(text) => statesOfCaveat(text) !== null,
		`Use one of ${NATIONAL_CAVEATS.join(', ')}, or a release list such as REL TO USA, GBR.`,
	)

/** Something attended once that must be recent. */
const attended = z.strictObject({ key, within: period.optional() })

export const AAGUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const credentialRule = z.strictObject({
	/** The key cannot leave the authenticator: not eligible for backup (WebAuthn L3, BE flag unset). */
	deviceBound: z.literal(true).optional(),
	/** Enrolled with an attestation that was verified against a known root. */
	attested: z.literal(true).optional(),
	/** Authenticator models that are allowed. Left out: any. Empty: nobody's. */
	aaguids: z.array(z.string().regex(AAGUID, 'Write an AAGUID as a UUID in lower case.')).max(200).optional(),
})

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'Write a time of day as 08:00.')

const isZone = (zone: string) => {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0
	} catch {
		return false
	}
}

const workingHours = z
	.strictObject({
		/** IANA time zone. */
		zone: z.string().max(64).refine(isZone, 'Use a time zone of the IANA list, such as Europe/Berlin.'),
		days: z.array(z.enum(DAYS)).min(1).max(7),
		from: clock,
		until: clock,
	})
	.refine(({ from, until }) => from < until, {
		path: ['until'],
		message: 'Working hours end after they begin, on the same day.',
	})

const employerRule = z.strictObject({
	/** Employers whose staff may. Empty means nobody. */
	anyOf: z.array(title).max(100),
	/** People of a subcontractor: not at all, or where the contract passes these duties on to them. */
	subcontractors: z.enum(['forbidden', 'flow-down']).default('forbidden'),
})

/** Rules that `everyone` and each role may both state; where both do, the most restrictive of each wins. */
export const sharedRules = {
	residence: residenceRule.optional(),
	caveats: allOf(caveat).optional(),
	briefings: allOf(attended).optional(),
	training: allOf(attended).optional(),
	employer: employerRule.optional(),
	credential: credentialRule.optional(),
	workingHours: workingHours.optional(),
}

/** What holds for every role alike. */
export const everyoneRules = z.strictObject({
	citizenship: citizenshipRule.optional(),
	clearance: clearanceRule.optional(),
	...sharedRules,
})

export type CitizenshipRule = z.infer<typeof citizenshipRule>
export type ClearanceRule = z.infer<typeof clearanceRule>
export type EveryoneRules = z.infer<typeof everyoneRules>
export type WorkingHours = z.infer<typeof workingHours>
