import { z } from 'zod'
import { problemsOf } from './charter-checks.ts'
import { MARKINGS } from './clearance-schemes.ts'
import {
	allOf,
	cidr,
	country,
	duration,
	jurisdiction,
	key,
	party,
	period,
	prose,
	title,
} from './parts.schema.ts'
import { citizenshipRule, clearanceRule, everyoneRules, sharedRules } from './person-rules.schema.ts'
import { breakGlass, lockbox, undisclosedRequester } from './emergency.schema.ts'
import { entraRules } from './entra.schema.ts'
import { MOST_GROUPS } from './stage-groups.ts'

/** What a holder of the role may do in Charterkeep itself. An empty list means nothing. */
export const DUTIES = ['security_officer', 'approver', 'operator', 'charter_owner', 'auditor'] as const
export type Duty = (typeof DUTIES)[number]

const stage = z.strictObject({
	/** Approvers are holders of this role. */
	from: key,
	/** How many distinct people of that role must approve. */
	quorum: z.int().min(1).max(9),
	/** Further groups that decide at the same stage, in any order, each with a quorum of other people. */
	alongside: z
		.array(z.strictObject({ from: key, quorum: z.int().min(1).max(9) }))
		.min(1, 'Name at least one, or leave the key out when none is needed.')
		.max(MOST_GROUPS - 1)
		.optional(),
	/** How many people must deny to end the request; left out, the first denial ends it. */
	denials: z.int().min(1).max(9).optional(),
	/** Time to decide; silence denies. */
	within: duration,
	/** What silence means. There is no other answer. */
	silence: z.literal('deny').default('deny'),
	/** Who may decide as well when nobody has for so long. */
	escalation: z.strictObject({ after: duration, to: key }).optional(),
})

const SCOPE = /^\/$|^\/administrativeUnits\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What a grant assigns in Entra ID: a directory role at a scope, or a place in a group under PIM. */
const entra = z.union([
	z.strictObject({
		roleTemplateId: z.uuid(),
		name: title,
		scope: z.string().regex(SCOPE, 'The scope is / or /administrativeUnits/ and the id of one.'),
	}),
	z.strictObject({ groupId: z.uuid(), relation: z.enum(['member', 'owner']), name: title }),
])

const access = z.strictObject({
	/** Holders of one of these roles may ask. Empty means nobody. */
	requestedBy: z.array(key).max(50),
	/** Holders of one of these roles may have it; left out, those who may ask. Empty means nobody. */
	benefits: z.array(key).max(50).optional(),
	maximumDuration: duration,
	ticket: z.strictObject({ pattern: z.string().min(1).max(200), example: z.string().min(1).max(60) }),
	stages: z.array(stage).min(1).max(5),
	entra,
})

const role = z.strictObject({
	title,
	purpose: prose,
	duties: z.array(z.enum(DUTIES)).default([]),
	/** The highest marking the role reaches: only facilities certified for it count, and clearances must suffice for it. */
	handles: z.enum(MARKINGS).default('unclassified'),
	citizenship: citizenshipRule,
	clearance: clearanceRule,
	/** A person must be authorised for one of these. Empty means nobody. */
	facilities: z.array(key).max(200),
	...sharedRules,
	/** How often appointments to the role are reviewed, and how long its records are kept. */
	review: z.strictObject({ every: period }).optional(),
	retention: period.optional(),
	/** Present when the role is asked for just in time; absent when it is held by appointment. */
	access: access.optional(),
})

/** What shows that a person is at the facility now. */
const presence = z.union([
	z.enum(['none', 'network']),
	z.strictObject({
		/** A badge event is at most so old. */
		badgeWithin: duration,
		/** True: the network must show it too. */
		network: z.boolean().default(false),
	}),
])

const facility = z.strictObject({
	title,
	country,
	city: title,
	networks: z.array(cidr).min(1).max(100),
	/** The highest marking the facility is certified for. */
	certified: z.enum(MARKINGS).default('unclassified'),
	presence: presence.default('none'),
})

const agreement = z.strictObject({
	title,
	/** States and organisations that are party to it: country codes, EU or NATO. */
	parties: z.array(party).min(2, 'An agreement has two parties at least.').max(60),
	/** In force between these days (the second excluded); left out: no end known. */
	from: z.iso.date().optional(),
	until: z.iso.date().optional(),
})

const pair = z
	.array(key)
	.length(2, 'A pair names two roles.')
	.refine(([a, b]) => a !== b, 'A role cannot be kept apart from itself: nobody could hold it.')

/** Roles that must stay in different hands. */
const separationOfDuty = z.strictObject({
	/** One person holds at most one of the two. */
	neverHeldTogether: allOf(pair).optional(),
	/** Access to both is never live at once for one person. */
	neverActiveTogether: allOf(pair).optional(),
	/** Whoever holds the first does not decide as the second. */
	neverAcross: allOf(z.strictObject({ requests: key, approves: key })).optional(),
})

const tenant = z.strictObject({
	id: z.uuid(),
	title,
	cloud: z.enum(['global', 'us-government', 'us-dod', 'china', 'sovereign', 'local']).default('global'),
})

/** The charter document: what it may say, and nothing else. Unknown keys are errors. */
export const charterShape = z.strictObject({
	charter: z.strictObject({
		id: key,
		title,
		version: z.int().min(1).max(999_999),
		boundary: title,
		/** A country, or EU for the European Union as a whole. */
		jurisdiction,
		organisation: title,
		tenants: z.array(tenant).min(1).max(50).optional(),
	}),
	agreements: z.record(key, agreement).default({}),
	facilities: z.record(key, facility),
	everyone: everyoneRules.optional(),
	roles: z.record(key, role),
	separationOfDuty: separationOfDuty.optional(),
	lockbox: lockbox.optional(),
	breakGlass: breakGlass.optional(),
	undisclosedRequester: undisclosedRequester.optional(),
	entra: entraRules.optional(),
})

export const charterSchema = charterShape.superRefine((charter, context) => {
	for (const { path, message } of problemsOf(charter)) context.addIssue({ code: 'custom', path, message })
})

export type Charter = z.infer<typeof charterShape>
export type CharterRole = Charter['roles'][string]
export type RoleAccess = NonNullable<CharterRole['access']>
