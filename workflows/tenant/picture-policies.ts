import { z } from 'zod'
import { instant, name, objectId } from './picture-primitives.ts'
import { accessDetailsSchema, roleDetailsSchema } from './policy-details.ts'

const ids = z.array(z.string().max(256))
export const conditionalAccessSchema = z.strictObject({
	id: objectId,
	displayName: name,
	state: z.enum(['enabled', 'reportOnly', 'disabled', 'unknown']),
	modifiedAt: instant.nullable(),
	includeUsers: ids,
	excludeUsers: ids,
	includeGroups: ids,
	excludeGroups: ids,
	/** Templates of roles. */
	includeRoles: ids,
	excludeRoles: ids,
	/** Whether it leaves out guests or external users of some kind. */
	excludesGuests: z.boolean(),
	includeApplications: ids,
	excludeApplications: ids,
	/** Conditions that make it apply only sometimes, such as `locations` or `platforms`, by Graph's names. */
	narrowedBy: ids,
	/** How the controls are joined; null where there are none. */
	operator: z.enum(['AND', 'OR']).nullable(),
	/** Such as `mfa`, `block`, `compliantDevice`. */
	builtInControls: ids,
	authenticationStrengthId: z.string().max(128).nullable(),
	/** Whether there is a control beside those, such as terms of use or a custom factor. */
	hasOtherControls: z.boolean(),
	/** Absent in what was remembered before it was read. */
	details: accessDetailsSchema.optional(),
})
export type ConditionalAccessPolicy = z.infer<typeof conditionalAccessSchema>

export const authenticationStrengthSchema = z.strictObject({
	id: objectId,
	displayName: name,
	/** Such as `fido2` or `password,sms`: methods of one combination are joined by commas. */
	allowedCombinations: ids,
})
export type AuthenticationStrength = z.infer<typeof authenticationStrengthSchema>

export const rolePolicySchema = z.strictObject({
	place: z.discriminatedUnion('kind', [
		z.strictObject({ kind: z.literal('role'), roleDefinitionId: objectId }),
		z.strictObject({ kind: z.literal('group'), groupId: objectId, relation: z.enum(['member', 'owner']) }),
	]),
	/** ISO 8601; the longest that an administrator may assign actively. Null: the policy does not say. */
	maximumAssignment: z.string().max(64).nullable(),
	isExpirationRequired: z.boolean().nullable(),
	/** ISO 8601; the longest activation. */
	maximumActivation: z.string().max(64).nullable(),
	/** What is asked of whoever assigns, such as `MultiFactorAuthentication`, `Justification`, `Ticketing`. */
	assignmentRules: ids,
	activationRules: ids,
	/** Whether an activation needs somebody's approval. */
	needsApproval: z.boolean().nullable(),
	/** Absent in what was remembered before it was read. */
	details: roleDetailsSchema.optional(),
})
export type RolePolicy = z.infer<typeof rolePolicySchema>
