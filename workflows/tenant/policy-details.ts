import { z } from 'zod'
import type { GraphRow } from './graph-rows.ts'
import { lower } from './graph-values.ts'

const texts = z.array(z.string().max(4096))

/** What a policy of Conditional Access says beside whom it holds for and what it demands, as far as a change of it can weaken it. */
export const accessDetailsSchema = z.strictObject({
	/** Kinds of guests and external users, by Graph's names. */
	includeGuests: texts,
	excludeGuests: texts,
	includeUserActions: texts,
	/** Authentication contexts that it is asked for by. */
	includeContexts: texts,
	/** What conditions let it apply to, and leave out: the condition's name and one value, such as `platforms windows`. */
	narrowedTo: texts,
	narrowedOut: texts,
	/** Filters of devices or applications: where they stand, and their rule. */
	filters: texts,
	/** How often one must sign in again; 0: each time; null: it does not say. */
	signInFrequencyHours: z.number().nullable(),
	/** Whether the browser stays signed in; null: the person chooses. */
	persistentBrowser: z.enum(['always', 'never']).nullable(),
	/** Further controls of the session that are on, by Graph's names. */
	sessionControls: texts,
})
export type AccessDetails = z.infer<typeof accessDetailsSchema>

export const roleDetailsSchema = z.strictObject({
	/** ISO 8601; the longest that somebody may be made eligible for. */
	maximumEligibility: z.string().max(64).nullable(),
	isEligibilityEndRequired: z.boolean().nullable(),
	/** The authentication context that an activation must satisfy; null: none. */
	activationContext: z.string().max(64).nullable(),
	/** Who may approve an activation, such as `user ID` or `group ID`. */
	approvers: texts,
})
export type RoleDetails = z.infer<typeof roleDetailsSchema>

type AccessRow = GraphRow<'conditionalAccessPolicies'>

/** The details of a policy as Graph writes it; `narrowing`: its conditions that are about something other than who and what. */
export function accessDetailsOf(row: AccessRow, narrowing: readonly string[]): AccessDetails {
	const { users, applications } = row.conditions
	const session = row.sessionControls ?? {}
	const values = narrowing.flatMap((name) =>
		valuesOf(name, name === 'applicationFilter' ? applications?.applicationFilter : row.conditions[name]),
	)
	const ofKind = (kind: Value['kind']) =>
		values.flatMap((value) => (value.kind === kind ? [value.text] : [])).sort()
	const browser = isOn(session.persistentBrowser) ? session.persistentBrowser?.mode : null
	return {
		includeGuests: flags(users?.includeGuestsOrExternalUsers),
		excludeGuests: flags(users?.excludeGuestsOrExternalUsers),
		includeUserActions: (applications?.includeUserActions ?? []).map(lower).sort(),
		includeContexts: (applications?.includeAuthenticationContextClassReferences ?? []).map(lower).sort(),
		narrowedTo: ofKind('to'),
		narrowedOut: ofKind('out'),
		filters: ofKind('filter'),
		signInFrequencyHours: hoursOf(session.signInFrequency),
		persistentBrowser: browser === 'always' || browser === 'never' ? browser : null,
		sessionControls: SESSION_CONTROLS.filter((name) =>
			name === 'disableResilienceDefaults' ? session[name] === true : isOn(session[name]),
		),
	}
}

const SESSION_CONTROLS = [
	'applicationEnforcedRestrictions',
	'cloudAppSecurity',
	'disableResilienceDefaults',
	'secureSignInSession',
] as const
const isOn = (control: { isEnabled?: boolean | null | undefined } | null | undefined) =>
	control?.isEnabled === true

type Frequency = NonNullable<AccessRow['sessionControls']>['signInFrequency']
function hoursOf(frequency: Frequency): number | null {
	if (!frequency || !isOn(frequency)) return null
	if (frequency.frequencyInterval === 'everyTime') return 0
	const { value, type } = frequency
	return typeof value === 'number' ? value * (type === 'days' ? 24 : 1) : null
}

type Value = { kind: 'to' | 'out' | 'filter'; text: string }
/** Graph writes conditions as lists, as words with commas between, or as objects of lists that include and exclude, and filters. */
function valuesOf(name: string, condition: unknown): Value[] {
	if (typeof condition === 'string')
		return split(condition).map((one) => ({ kind: 'to', text: `${name} ${one}` }))
	if (Array.isArray(condition))
		return condition
			.filter((one) => typeof one === 'string')
			.map((one) => ({ kind: 'to', text: `${name} ${lower(one)}` }))
	if (typeof condition !== 'object' || condition === null) return []
	if ('rule' in condition && typeof condition.rule === 'string') {
		const mode = 'mode' in condition && typeof condition.mode === 'string' ? condition.mode : ''
		return [{ kind: 'filter', text: `${name} ${mode} ${condition.rule}` }]
	}
	// What is an annotation of the answer says nothing of the policy.
	const named = Object.entries(condition).filter(([key]) => !key.startsWith('@'))
	return named.flatMap(([key, value]: [string, unknown]) =>
		valuesOf(name, value).map((one) =>
			one.kind === 'to' && key.startsWith('exclude') ? { ...one, kind: 'out' } : one,
		),
	)
}

const split = (words: string) =>
	words
		.split(',')
		.map((word) => lower(word.trim()))
		.filter((word) => word !== '')
		.sort()

const flags = (guests: { guestOrExternalUserTypes?: string | null | undefined } | null | undefined) =>
	split(guests?.guestOrExternalUserTypes ?? '').filter((kind) => kind !== 'none')

type Rule = NonNullable<NonNullable<GraphRow<'roleManagementPolicyAssignments'>['policy']>['rules']>[number]

/** The details of a policy of PIM, by its rules. */
export function roleDetailsOf(rule: (id: string) => Rule | undefined): RoleDetails {
	const eligibility = rule('Expiration_Admin_Eligibility')
	const context = rule('AuthenticationContext_EndUser_Assignment')
	const stages = rule('Approval_EndUser_Assignment')?.setting?.approvalStages ?? []
	const approvers = stages.flatMap((stage) => stage?.primaryApprovers ?? [])
	return {
		maximumEligibility: eligibility?.maximumDuration ?? null,
		isEligibilityEndRequired: eligibility?.isExpirationRequired ?? null,
		activationContext: context?.isEnabled === true ? (context.claimValue ?? null) : null,
		approvers: [
			...new Set(
				approvers.map((one) =>
					one?.userId
						? `user ${lower(one.userId)}`
						: one?.groupId
							? `group ${lower(one.groupId)}`
							: lower(one?.['@odata.type'] ?? 'unknown'),
				),
			),
		].sort(),
	}
}
