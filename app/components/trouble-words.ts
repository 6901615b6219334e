import type { Text } from '#app/messages/create-text.ts'
import { ASSURANCE_CODES } from '#workflows/grants/assurance-codes.ts'
import { UNSEEN } from '#workflows/tenant/unseen-parts.ts'
import { SESSIONS_NOT_ENDED, type Mender } from '#workflows/tenant/tenant-troubles.ts'

/** What there is a sentence for; everything else is the tenant's own word and stands as it is. */
const SAID = [
	'CredentialRefused',
	'ApplicationNotFound',
	'WrongTenant',
	'OtherTenant',
	'NoToken',
	'InvalidAuthenticationToken',
	'AccessReevaluated',
	'NotGraph',
	'NoAnswer',
	'ROLES_UNREAD',
	...UNSEEN,
	'MEMBERS_UNREAD',
	/** Of before: such a removal comes before the guard at once, and waits no more. */
	'GROUP_GREW',
	'TENANT_UNREACHABLE',
	'PLACE_NOT_FREE',
	'LIST_TOO_LONG',
	'PermissionScopeNotGranted',
	'Authorization_RequestDenied',
	'AadPremiumLicenseRequired',
	'RoleNotFound',
	'ResourceNotFound',
	'GroupNotFound',
	'InvalidScope',
	'InvalidResource',
	'GroupFromOnPremises',
	'GroupIsDynamic',
	'NoPimForRoles',
	'SubjectNotFound',
	'Request_ResourceNotFound',
	'RoleAssignmentRequestPolicyValidationFailed',
	'PolicyExpirationRule',
	'PolicyMfaRule',
	'PolicyJustificationRule',
	'PolicyTicketingRule',
	'PolicyEligibilityRule',
	'RoleAssignmentRequestAcrsValidationFailed',
	'InvalidRoleAssignmentRequestSchedule',
	'PendingRoleAssignmentRequest',
	'TooManyRequests',
	SESSIONS_NOT_ENDED,
	'HELD_OTHERWISE',
	'STATUS_DENIED',
	'STATUS_FAILED',
	'STATUS_CANCELED',
	'STATUS_REVOKED',
] as const

/** Why: what stands in the way, and what mends it, in a sentence or two. */
export function whyOf(code: string, t: Text): string {
	const lack = ASSURANCE_CODES.find((each) => each === code)
	if (lack !== undefined) return t(`grants.lack_${lack}`)
	const said = SAID.find((each) => each === code)
	return said === undefined ? t('trouble.whyUnknown', { code }) : t(`trouble.why_${said}`)
}

/** The same with who mends it. */
export const whyAndWho = (code: string, mender: Mender, t: Text): string =>
	`${whyOf(code, t)} ${t(`trouble.mends_${mender}`)}`
