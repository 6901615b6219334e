import type { Mender } from '#workflows/tenant/tenant-troubles.ts'

/**
 * What an answer of the tenant to a write means:
 * - `exists`, `absent`: read back and compare, it says neither success nor failure;
 * - `later`: nothing was done, and the same may succeed later;
 * - `refused`: nothing was done, and trying again will not mend it.
 */
export type Meaning = 'exists' | 'absent' | 'later' | 'refused'

/**
 * Every code that the interface for role and group assignments is known to answer with, each with one meaning. Codes
 * that are not here are refused where the status is one of the caller's, and unknown where it is the tenant's.
 */
export const ANSWERS = {
	RoleAssignmentExists: ['exists', 'nobody'],
	RoleAssignmentDoesNotExist: ['absent', 'nobody'],
	/** One is under way already, perhaps ours. */
	PendingRoleAssignmentRequest: ['later', 'nobody'],
	/** Shorter than five minutes, or removed within the first five. */
	ActiveDurationTooShort: ['later', 'nobody'],
	/** A new principal is known to PIM only after some time; see `provisionGrant` for how long we wait. */
	SubjectNotFound: ['later', 'security_officer'],
	Request_ResourceNotFound: ['later', 'security_officer'],
	TooManyRequests: ['later', 'nobody'],
	InvalidAuthenticationToken: ['later', 'tenant_admin'],
	/** The tenant takes back what it gave the application, and a token judged anew is refused as well. */
	AccessReevaluated: ['later', 'tenant_admin'],
	/** No token was had, so that nothing was sent: the certificate or the federation is not what is registered any more. */
	CredentialRefused: ['later', 'tenant_admin'],
	/** The same: the application is gone or disabled. */
	ApplicationNotFound: ['later', 'tenant_admin'],
	/** The same: what gives tokens, or what answers, is another tenant than the one that is set. */
	WrongTenant: ['later', 'tenant_admin'],
	/** The same, for a reason that may pass, such as an authority that does not answer. */
	NoToken: ['later', 'nobody'],
	/** This cloud has no Privileged Identity Management for directory roles: nothing was sent. */
	NoPimForRoles: ['refused', 'charter_owner'],
	RoleNotFound: ['refused', 'charter_owner'],
	ResourceNotFound: ['refused', 'charter_owner'],
	/** Of plain membership: the group itself is not there. */
	GroupNotFound: ['refused', 'charter_owner'],
	InvalidScope: ['refused', 'charter_owner'],
	InvalidRoleAssignmentRequestSchedule: ['refused', 'nobody'],
	RoleAssignmentRequestPolicyValidationFailed: ['refused', 'tenant_admin'],
	/** The same, by the rule of the policy that the tenant's message names first. */
	PolicyExpirationRule: ['refused', 'tenant_admin'],
	PolicyMfaRule: ['refused', 'tenant_admin'],
	PolicyJustificationRule: ['refused', 'tenant_admin'],
	PolicyTicketingRule: ['refused', 'tenant_admin'],
	PolicyEligibilityRule: ['refused', 'tenant_admin'],
	RoleAssignmentRequestAcrsValidationFailed: ['refused', 'tenant_admin'],
	AadPremiumLicenseRequired: ['refused', 'tenant_admin'],
	PermissionScopeNotGranted: ['refused', 'tenant_admin'],
	Authorization_RequestDenied: ['refused', 'tenant_admin'],
	InvalidResource: ['refused', 'charter_owner'],
	GroupFromOnPremises: ['refused', 'charter_owner'],
	GroupIsDynamic: ['refused', 'charter_owner'],
} as const satisfies Record<string, readonly [Meaning, Mender]>

export type KnownAnswer = keyof typeof ANSWERS
export const isKnownAnswer = (code: string): code is KnownAnswer => Object.hasOwn(ANSWERS, code)

/** Graph says most of what can be wrong with a list of members with one code, and the rest in words. */
const IN_WORDS: readonly (readonly [RegExp, Meaning, string])[] = [
	[/references already exist/i, 'exists', 'AlreadyMember'],
	[/on-premises mastered/i, 'refused', 'GroupFromOnPremises'],
	[/dynamic membership/i, 'refused', 'GroupIsDynamic'],
]

/** One code for every rule of a policy of PIM; which of them failed the message alone says, as a list or in words. */
const POLICY_FAILED = 'RoleAssignmentRequestPolicyValidationFailed'
const RULE = /\b(?:Expiration|Mfa|Justification|Ticketing|Eligibility)Rule\b/

/** The meaning and code of an answer; null where the code says nothing. */
export function meaningOf(code: string, message: string): { meaning: Meaning; code: string } | null {
	if (code === POLICY_FAILED) {
		const rule = RULE.exec(message)?.[0]
		const finer = `Policy${rule ?? ''}`
		if (isKnownAnswer(finer)) return { meaning: ANSWERS[finer][0], code: finer }
	}
	if (isKnownAnswer(code)) return { meaning: ANSWERS[code][0], code }
	const said = code === 'Request_BadRequest' ? IN_WORDS.find(([words]) => words.test(message)) : undefined
	return said ? { meaning: said[1], code: said[2] } : null
}

/** Ours, where nothing was sent or the tenant took it back. */
const OURS: Readonly<Record<string, Mender>> = {
	ACCOUNT_ABSENT: 'security_officer',
	ACCOUNT_DISABLED: 'tenant_admin',
	ACCOUNT_UNKNOWN: 'tenant_admin',
	METHOD_MISSING: 'requester',
	METHOD_UNKNOWN: 'tenant_admin',
	CONDITIONAL_ACCESS_MISSING: 'tenant_admin',
	CONDITIONAL_ACCESS_UNKNOWN: 'tenant_admin',
	SESSIONS_NOT_ENDED: 'tenant_admin',
	HELD_OTHERWISE: 'security_officer',
	MEMBERS_UNREAD: 'tenant_admin',
	GROUP_GREW: 'nobody',
	TENANT_UNREACHABLE: 'tenant_admin',
	PLACE_NOT_FREE: 'nobody',
	LIST_TOO_LONG: 'charter_owner',
	OtherTenant: 'tenant_admin',
	NotGraph: 'tenant_admin',
	NoAnswer: 'nobody',
	STATUS_DENIED: 'tenant_admin',
	STATUS_FAILED: 'tenant_admin',
	STATUS_CANCELED: 'tenant_admin',
	STATUS_REVOKED: 'tenant_admin',
}

/** Who can mend what an access was not given for, or waits for. What nobody knows goes to the tenant's administrators. */
export const menderOf = (code: string): Mender =>
	isKnownAnswer(code) ? ANSWERS[code][1] : (OURS[code] ?? 'tenant_admin')
