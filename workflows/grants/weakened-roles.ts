import type { RolePolicy } from '../tenant/picture-policies.ts'
import { policyDurationMs } from '../tenant/policy-duration.ts'

export type RoleWeakening =
	| 'LONGER_ASSIGNMENT'
	| 'NO_EXPIRATION'
	| 'LONGER_ELIGIBILITY'
	| 'NO_ELIGIBILITY_END'
	| 'LONGER_ACTIVATION'
	| 'FEWER_RULES'
	| 'NO_APPROVAL'
	| 'MORE_APPROVERS'
	| 'NO_CONTEXT'

/** In which ways a policy of PIM asks for less than then. What it did not say, then or now, is no change. */
export function weakerRole(then: RolePolicy, now: RolePolicy): RoleWeakening[] {
	const found: RoleWeakening[] = []
	if (isLonger(then.maximumAssignment, now.maximumAssignment)) found.push('LONGER_ASSIGNMENT')
	if (then.isExpirationRequired === true && now.isExpirationRequired === false) found.push('NO_EXPIRATION')
	if (isLonger(then.maximumActivation, now.maximumActivation)) found.push('LONGER_ACTIVATION')
	const lists = ['assignmentRules', 'activationRules'] as const
	if (lists.some((list) => then[list].some((rule) => !now[list].includes(rule)))) found.push('FEWER_RULES')
	if (then.needsApproval === true && now.needsApproval === false) found.push('NO_APPROVAL')
	if (!then.details || !now.details) return found
	const [before, after] = [then.details, now.details]
	if (isLonger(before.maximumEligibility, after.maximumEligibility)) found.push('LONGER_ELIGIBILITY')
	if (before.isEligibilityEndRequired === true && after.isEligibilityEndRequired === false)
		found.push('NO_ELIGIBILITY_END')
	// Another context may ask for anything; that it asks for as much nobody can see here.
	if (before.activationContext !== null && after.activationContext !== before.activationContext)
		found.push('NO_CONTEXT')
	const isApproved = then.needsApproval === true && now.needsApproval !== false
	if (isApproved && after.approvers.some((one) => !before.approvers.includes(one)))
		found.push('MORE_APPROVERS')
	return found
}

const isLonger = (then: string | null, now: string | null): boolean =>
	then !== null && now !== null && policyDurationMs(now) > policyDurationMs(then)
