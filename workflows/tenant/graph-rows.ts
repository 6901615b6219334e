import { z } from 'zod'

/**
 * Rows as Microsoft Graph answers them, as far as a picture is made of them. What is not named is ignored, what is named must be
 * of its kind: a row that is not makes its whole part unreadable, since a list that was read in part passes for whole.
 */
const id = z.string().min(1).max(200)
const text = z.string().max(1024).nullish()
const list = z.array(z.string().max(1024)).nullish()
const principal = z.object({ '@odata.type': z.string().nullish() }).nullish()

export const userRow = z.object({
	id,
	displayName: text,
	userPrincipalName: text,
	accountEnabled: z.boolean().nullish(),
	userType: text,
	onPremisesSyncEnabled: z.boolean().nullish(),
})
export const servicePrincipalRow = z.object({
	id,
	appId: text,
	displayName: text,
	servicePrincipalType: text,
	accountEnabled: z.boolean().nullish(),
})
export const groupRow = z.object({
	id,
	displayName: text,
	isAssignableToRole: z.boolean().nullish(),
	groupTypes: list,
	onPremisesSyncEnabled: z.boolean().nullish(),
})
/** `templateId` is what a charter names a built-in role by; of a role that the tenant made it is the id. */
export const roleDefinitionRow = z.object({
	id,
	templateId: text,
	displayName: text,
	isEnabled: z.boolean().nullish(),
})
export const memberRow = z.object({ id, '@odata.type': z.string().nullish() })
/** Groups, units and directory roles; a role's template is what policies name it by. */
export const memberOfRow = memberRow.extend({ roleTemplateId: text })
export const roleAssignmentRow = z.object({
	id,
	principalId: id,
	roleDefinitionId: id,
	directoryScopeId: text,
	appScopeId: text,
	principal,
})
export const roleInstanceRow = z.object({
	id,
	principalId: id,
	roleDefinitionId: id,
	directoryScopeId: text,
	appScopeId: text,
	assignmentType: text,
	memberType: text,
	startDateTime: text,
	endDateTime: text,
	roleAssignmentOriginId: text,
	roleAssignmentScheduleId: text,
	principal,
})
const scheduleInfo = z
	.object({
		startDateTime: text,
		expiration: z.object({ type: text, endDateTime: text, duration: text }).nullish(),
	})
	.nullish()
export const roleScheduleRow = z.object({
	id,
	principalId: id,
	roleDefinitionId: id,
	directoryScopeId: text,
	appScopeId: text,
	memberType: text,
	status: text,
	createdUsing: text,
	scheduleInfo,
	principal,
})
export const eligibilityRow = z.object({
	id,
	principalId: id,
	roleDefinitionId: id,
	directoryScopeId: text,
	appScopeId: text,
	memberType: text,
	startDateTime: text,
	endDateTime: text,
	roleEligibilityScheduleId: text,
	principal,
})
export const requestRow = z.object({
	id,
	action: text,
	status: text,
	targetScheduleId: text,
	ticketInfo: z.object({ ticketNumber: text, ticketSystem: text }).nullish(),
})
export const groupInstanceRow = z.object({
	id,
	groupId: id,
	principalId: id,
	accessId: z.enum(['member', 'owner']),
	memberType: text,
	startDateTime: text,
	endDateTime: text,
	assignmentScheduleId: text,
	eligibilityScheduleId: text,
})
export const groupScheduleRow = z.object({
	id,
	groupId: id,
	principalId: id,
	accessId: z.enum(['member', 'owner']),
	memberType: text,
	status: text,
	createdUsing: text,
	scheduleInfo,
})
const guests = z.looseObject({ guestOrExternalUserTypes: text }).nullish()
const users = z
	.object({
		includeUsers: list,
		excludeUsers: list,
		includeGroups: list,
		excludeGroups: list,
		includeRoles: list,
		excludeRoles: list,
		includeGuestsOrExternalUsers: guests,
		excludeGuestsOrExternalUsers: guests,
	})
	.nullish()
const onOff = z.object({ isEnabled: z.boolean().nullish() })
export const conditionalAccessRow = z.object({
	id,
	displayName: text,
	state: text,
	modifiedDateTime: text,
	conditions: z.looseObject({
		users,
		applications: z
			.looseObject({
				includeApplications: list,
				excludeApplications: list,
				includeUserActions: list,
				includeAuthenticationContextClassReferences: list,
				applicationFilter: z.unknown().optional(),
			})
			.nullish(),
		clientAppTypes: list,
	}),
	grantControls: z
		.looseObject({
			operator: text,
			builtInControls: list,
			customAuthenticationFactors: list,
			termsOfUse: list,
			authenticationStrength: z.object({ id }).nullish(),
		})
		.nullish(),
	sessionControls: z
		.looseObject({
			signInFrequency: onOff
				.extend({ value: z.number().nullish(), type: text, frequencyInterval: text })
				.nullish(),
			persistentBrowser: onOff.extend({ mode: text }).nullish(),
			applicationEnforcedRestrictions: onOff.nullish(),
			cloudAppSecurity: onOff.nullish(),
			secureSignInSession: onOff.nullish(),
			disableResilienceDefaults: z.boolean().nullish(),
		})
		.nullish(),
})
export const strengthRow = z.object({ id, displayName: text, allowedCombinations: list })
const approver = z.object({ '@odata.type': z.string().nullish(), userId: text, groupId: text }).nullish()
const stage = z.object({ primaryApprovers: z.array(approver).nullish() }).nullish()
export const rolePolicyRow = z.object({
	scopeId: id,
	scopeType: id,
	roleDefinitionId: text,
	policy: z
		.object({
			rules: z
				.array(
					z.object({
						id: z.string(),
						isExpirationRequired: z.boolean().nullish(),
						maximumDuration: text,
						enabledRules: list,
						isEnabled: z.boolean().nullish(),
						claimValue: text,
						setting: z
							.object({ isApprovalRequired: z.boolean().nullish(), approvalStages: z.array(stage).nullish() })
							.nullish(),
					}),
				)
				.nullish(),
		})
		.nullish(),
})
export const methodRow = z.object({
	id: z.string().max(512).nullish(),
	'@odata.type': z.string().nullish(),
	aaGuid: text,
	passkeyType: text,
	attestationLevel: text,
})
export const organizationRow = z.object({ id, displayName: text })

/** The kinds of rows by the names that files and readers have for them. */
const signInRow = z.object({
	id: z.string().min(1).max(128),
	createdDateTime: z.iso.datetime(),
	userId: z.string(),
	appDisplayName: z.string().max(400).nullish(),
	ipAddress: z.string().max(64).nullish(),
	status: z.object({ errorCode: z.int() }),
})

export const GRAPH_ROWS = {
	organization: organizationRow,
	users: userRow,
	servicePrincipals: servicePrincipalRow,
	groups: groupRow,
	roleDefinitions: roleDefinitionRow,
	roleAssignments: roleAssignmentRow,
	roleAssignmentScheduleInstances: roleInstanceRow,
	roleAssignmentSchedules: roleScheduleRow,
	roleEligibilityScheduleInstances: eligibilityRow,
	roleAssignmentScheduleRequests: requestRow,
	conditionalAccessPolicies: conditionalAccessRow,
	authenticationStrengthPolicies: strengthRow,
	roleManagementPolicyAssignments: rolePolicyRow,
	groupMembers: memberRow,
	groupTransitiveMembers: memberRow,
	groupOwners: memberRow,
	memberOf: memberOfRow,
	groupAssignmentScheduleInstances: groupInstanceRow,
	groupAssignmentSchedules: groupScheduleRow,
	groupEligibilityScheduleInstances: groupInstanceRow,
	methods: methodRow,
	signIns: signInRow,
} as const
export type GraphRowKind = keyof typeof GRAPH_ROWS

/** What comes by `$expand`, and the type, which always comes: neither is a column. */
const NO_COLUMN = /^(?:principal|policy|@.*)$/
/** What is asked for of such rows, as `$select` takes it: just what is read of them. */
export const columnsOf = (kind: GraphRowKind): string =>
	Object.keys(GRAPH_ROWS[kind].shape)
		.filter((name) => !NO_COLUMN.test(name))
		.join(',')

export type GraphRow<K extends GraphRowKind> = z.infer<(typeof GRAPH_ROWS)[K]>
