import { z } from 'zod'
import { durationMs } from '../shared/instants.ts'
import { problemsOf } from './charter-checks.ts'
import { isKnownLevel } from './clearance-schemes.ts'

const key = z
	.string()
	.regex(/^[a-z][a-z0-9-]{1,47}$/, 'Use lower-case letters, digits and hyphens, 2 to 48 characters.')
const title = z.string().trim().min(1).max(120)
const prose = z.string().trim().min(1).max(1000)
/** ISO 3166-1 alpha-2, upper case. */
const country = z
	.string()
	.regex(/^[A-Z]{2}$/, 'Use a two-letter country code in capitals (ISO 3166-1), such as DE.')
const cidr = z.union([z.cidrv4(), z.cidrv6()])
const duration = z
	.string()
	.refine((text) => durationMs(text) !== null, 'Write a duration as in ISO 8601, such as PT4H or PT30M.')

const clearanceLevel = z
	.strictObject({ scheme: z.string().min(1).max(16), level: z.string().min(1).max(16) })
	.refine(({ scheme, level }) => isKnownLevel(scheme, level), 'This scheme has no such level.')

/** What a holder of the role may do in Charterkeep itself. An empty list means nothing. */
export const DUTIES = ['security_officer', 'approver', 'operator', 'charter_owner', 'auditor'] as const
export type Duty = (typeof DUTIES)[number]

const stage = z.strictObject({
	/** Approvers are holders of this role. */
	from: key,
	/** How many distinct people of that role must approve. */
	quorum: z.int().min(1).max(9),
	/** Time to decide; silence denies. */
	within: duration,
})

const access = z.strictObject({
	/** Holders of one of these roles may ask. Empty means nobody. */
	requestedBy: z.array(key),
	maximumDuration: duration,
	ticket: z.strictObject({ pattern: z.string().min(1).max(200), example: z.string().min(1).max(60) }),
	stages: z.array(stage).min(1).max(5),
	/** The Entra directory role that the grant assigns; id of the role template. */
	entra: z.strictObject({ roleTemplateId: z.uuid(), name: title, scope: z.literal('/') }),
})

const role = z.strictObject({
	title,
	purpose: prose,
	duties: z.array(z.enum(DUTIES)).default([]),
	citizenship: z.strictObject({
		/** One of these suffices. Empty means nobody. */
		anyOf: z.array(country),
		/** A citizenship that excludes, dual nationality included. */
		noneOf: z.array(country).default([]),
	}),
	clearance: z.strictObject({
		/** One of these, or a higher level of the same scheme, suffices. Empty means nobody. */
		anyOf: z.array(clearanceLevel),
	}),
	/** A person must be authorised for one of these. Empty means nobody. */
	facilities: z.array(key),
	/** Present when the role is asked for just in time; absent when it is held by appointment. */
	access: access.optional(),
})

const facility = z.strictObject({
	title,
	country,
	city: title,
	networks: z.array(cidr).min(1),
})

/** The charter document: what it may say, and nothing else. Unknown keys are errors. */
export const charterSchema = z
	.strictObject({
		charter: z.strictObject({
			id: key,
			title,
			version: z.int().min(1),
			boundary: title,
			jurisdiction: country,
			organisation: title,
		}),
		facilities: z.record(key, facility),
		roles: z.record(key, role),
	})
	.superRefine((charter, context) => {
		for (const { path, message } of problemsOf(charter)) context.addIssue({ code: 'custom', path, message })
	})

export type Charter = z.infer<typeof charterSchema>
export type CharterRole = Charter['roles'][string]
export type RoleAccess = NonNullable<CharterRole['access']>
