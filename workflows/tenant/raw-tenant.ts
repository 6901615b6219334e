import type { GraphRow, GraphRowKind } from './graph-rows.ts'
import type { PartTrouble } from './tenant-picture.ts'

/** A list that was read whole, or why it was not. */
export type Raw<K extends GraphRowKind> =
	{ read: true; rows: readonly GraphRow<K>[] } | { read: false; why: PartTrouble; code: string | null }

/** What was read about one group. */
export type RawGroup = {
	/** `absent`: the tenant says that there is no such group. */
	properties: GraphRow<'groups'> | 'absent' | null
	members: Raw<'groupMembers'>
	/** With the members of groups in it; not asked for where there are none. */
	transitiveMembers: Raw<'groupTransitiveMembers'>
	owners: Raw<'groupOwners'>
	active: Raw<'groupAssignmentScheduleInstances'>
	eligible: Raw<'groupEligibilityScheduleInstances'>
	/** What begins later stands in it, beside what is active. */
	schedules: Raw<'groupAssignmentSchedules'>
	/** For the marks on our own. */
	requests: Raw<'roleAssignmentScheduleRequests'>
	/** How its places may be given; asked for only of groups that a charter gives places in, with the rules of the tenant. */
	policies?: Raw<'roleManagementPolicyAssignments'>
}

/** The methods of one user; `passkeys` have the details of FIDO2 methods, where those were asked for. */
export type RawMethods = { methods: Raw<'methods'>; passkeys: Raw<'methods'> }

/** What was read of a tenant, as Graph answered it; `assemblePicture` makes a picture of it. */
export type RawTenant = {
	tenantId: string | null
	readAt: Date
	users: Raw<'users'>
	servicePrincipals: Raw<'servicePrincipals'>
	groups: Raw<'groups'>
	roleAssignments: Raw<'roleAssignments'>
	roleInstances: Raw<'roleAssignmentScheduleInstances'>
	eligibilities: Raw<'roleEligibilityScheduleInstances'>
	/** What begins later stands in it, beside what is active. */
	roleSchedules: Raw<'roleAssignmentSchedules'>
	requests: Raw<'roleAssignmentScheduleRequests'>
	conditionalAccess: Raw<'conditionalAccessPolicies'>
	strengths: Raw<'authenticationStrengthPolicies'>
	rolePolicies: Raw<'roleManagementPolicyAssignments'>
	/** By group id, in lower case. */
	groupLists: ReadonlyMap<string, RawGroup>
	/** Everybody in a group that policies of Conditional Access name and nothing else does, by group id in lower case. */
	policyGroups: ReadonlyMap<string, Raw<'groupTransitiveMembers'>>
	/** By object id of the user, in lower case; `absent`: the tenant has no such user. */
	methods: ReadonlyMap<string, RawMethods | 'absent'>
}

export const NOT_ASKED = { read: false, why: 'notAsked', code: null } as const

/** A group of which nothing was asked. */
export const NOTHING_OF_GROUP: RawGroup = {
	properties: null,
	members: NOT_ASKED,
	transitiveMembers: NOT_ASKED,
	owners: NOT_ASKED,
	active: NOT_ASKED,
	eligible: NOT_ASKED,
	schedules: NOT_ASKED,
	requests: NOT_ASKED,
}

/** A tenant of which nothing was asked. */
export const nothingRead = (tenantId: string | null, readAt: Date): RawTenant => ({
	tenantId,
	readAt,
	users: NOT_ASKED,
	servicePrincipals: NOT_ASKED,
	groups: NOT_ASKED,
	roleAssignments: NOT_ASKED,
	roleInstances: NOT_ASKED,
	eligibilities: NOT_ASKED,
	roleSchedules: NOT_ASKED,
	requests: NOT_ASKED,
	conditionalAccess: NOT_ASKED,
	strengths: NOT_ASKED,
	rolePolicies: NOT_ASKED,
	groupLists: new Map(),
	policyGroups: new Map(),
	methods: new Map(),
})
