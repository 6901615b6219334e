import { z } from 'zod'
import { METHOD_KINDS, METHOD_TROUBLES } from '../people/authentication-methods.ts'
import { isInstant } from '../shared/instants.ts'

/** What a picture is made of. Each part is read by itself, so that one that cannot be had leaves the others. */
export const PICTURE_PARTS = [
	'users',
	'servicePrincipals',
	'groups',
	/** Active directory roles as PIM lists them, with their ends. */
	'roleInstances',
	/** Directory roles that are assigned, whoever did it and however; also where there is no PIM. */
	'roleAssignments',
	'roleEligibilities',
	/** Which assignments bear a mark of ours. */
	'ownRequests',
	'conditionalAccess',
	'authenticationStrengths',
	'rolePolicies',
] as const
export type PicturePart = (typeof PICTURE_PARTS)[number]

/** Why a part is not known. */
export const PART_TROUBLES = [
	/** Nobody looked: a reading for reconciliation needs no users, and not every file was handed over. */
	'notAsked',
	'forbidden',
	/** This cloud does not have it. */
	'unsupported',
	'throttled',
	'unavailable',
	'unreadable',
] as const
export type PartTrouble = (typeof PART_TROUBLES)[number]

const objectId = z.string().min(1).max(128)
const name = z.string().max(1024).nullable()
/** ISO 8601 in UTC with milliseconds. */
const instant = z.string().refine(isInstant, 'not an instant in UTC with milliseconds')

const partState = z.discriminatedUnion('read', [
	z.strictObject({ read: z.literal(true) }),
	z.strictObject({
		read: z.literal(false),
		why: z.enum(PART_TROUBLES),
		/** The tenant's own word for it, or the name of a file; null where nobody said. */
		code: z.string().max(200).nullable(),
	}),
])
export type PartState = z.infer<typeof partState>

const tenantUserSchema = z.strictObject({
	objectId,
	displayName: name,
	userPrincipalName: name,
	/** Null: the tenant does not tell. */
	accountEnabled: z.boolean().nullable(),
	userType: z.enum(['member', 'guest', 'unknown']),
	/** Whether its life is kept in a directory on-premises; null: not told. */
	syncedFromOnPremises: z.boolean().nullable(),
})
export type PictureUser = z.infer<typeof tenantUserSchema>

const servicePrincipalSchema = z.strictObject({
	objectId,
	appId: name,
	displayName: name,
	/** As Graph has `servicePrincipalType`: Application, ManagedIdentity, Legacy, SocialIdp. */
	kind: name,
	accountEnabled: z.boolean().nullable(),
})

export const PRINCIPAL_KINDS = ['user', 'group', 'servicePrincipal', 'unknown'] as const
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number]

const memberSchema = z.strictObject({
	objectId,
	kind: z.enum(PRINCIPAL_KINDS),
	/** False: a member of a group that is a member. Such a one cannot be taken out of this group itself. */
	isDirect: z.boolean(),
})
export type PictureMember = z.infer<typeof memberSchema>

/** What of a group could not be read: its lists are empty then and say nothing. */
export const GROUP_LISTS = ['properties', 'members', 'owners', 'active', 'eligible'] as const
export type GroupList = (typeof GROUP_LISTS)[number]

const groupSchema = z.strictObject({
	objectId,
	displayName: name,
	/** False: the tenant has no such group, though a charter names it or a role is held by it. Null: not known. */
	exists: z.boolean().nullable(),
	isRoleAssignable: z.boolean().nullable(),
	/** Who says who is in it. Null: not known. */
	managed: z.enum(['cloud', 'onPremises', 'dynamic']).nullable(),
	/** Everybody in it, groups in it and who is in those. */
	members: z.array(memberSchema),
	owners: z.array(memberSchema),
	unread: z.array(z.enum(GROUP_LISTS)),
})
export type PictureGroup = z.infer<typeof groupSchema>

const roleHoldingSchema = z.strictObject({
	principalId: objectId,
	principalKind: z.enum(PRINCIPAL_KINDS),
	roleDefinitionId: objectId,
	/** `/` is the whole tenant. */
	directoryScopeId: z.string().min(1).max(512),
	/**
	 * `assigned` by an administrator through PIM, `activated` by whoever was eligible, `direct`: assigned past PIM, `eligible`: no
	 * access until it is activated.
	 */
	how: z.enum(['assigned', 'activated', 'direct', 'eligible']),
	/** `group`: listed for a person because of a group; the group's own holding is listed as well. */
	memberType: z.enum(['direct', 'group', 'inherited']),
	/** Null: not told. */
	from: instant.nullable(),
	/** Null: it is permanent, as far as the tenant tells (see `isPermanent`). */
	until: instant.nullable(),
	/** False where only the plain list of assignments could be read, which states no end. */
	isEndKnown: z.boolean(),
	scheduleId: z.string().max(200).nullable(),
	/** The plain assignment behind it, by which it is deleted where it is `direct`. */
	assignmentId: z.string().max(200).nullable(),
	/** Grants of ours that rest on it, by the marks on our requests. Empty also where those could not be read. */
	ticketNumbers: z.array(z.string().max(200)),
})
export type RoleHolding = z.infer<typeof roleHoldingSchema>

const groupHoldingSchema = z.strictObject({
	groupId: objectId,
	relation: z.enum(['member', 'owner']),
	principalId: objectId,
	principalKind: z.enum(PRINCIPAL_KINDS),
	/** `pim`: active through PIM for Groups, `direct`: simply in the list, `eligible`: no place until it is activated. */
	how: z.enum(['pim', 'direct', 'eligible']),
	from: instant.nullable(),
	until: instant.nullable(),
	scheduleId: z.string().max(200).nullable(),
	ticketNumbers: z.array(z.string().max(200)),
})
export type GroupHolding = z.infer<typeof groupHoldingSchema>

const ids = z.array(z.string().max(256))
const conditionalAccessSchema = z.strictObject({
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
})
export type ConditionalAccessPolicy = z.infer<typeof conditionalAccessSchema>

const authenticationStrengthSchema = z.strictObject({
	id: objectId,
	displayName: name,
	/** Such as `fido2` or `password,sms`: methods of one combination are joined by commas. */
	allowedCombinations: ids,
})
export type AuthenticationStrength = z.infer<typeof authenticationStrengthSchema>

const rolePolicySchema = z.strictObject({
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
})
export type RolePolicy = z.infer<typeof rolePolicySchema>

const passkeySchema = z.strictObject({
	id: z.string().max(512),
	/** Model of the authenticator, in lower case; null: not told. */
	aaGuid: z.string().max(64).nullable(),
	passkeyType: z.enum(['deviceBound', 'synced', 'unknown']),
	attestation: z.enum(['attested', 'notAttested', 'unknown']),
})
export type PicturePasskey = z.infer<typeof passkeySchema>

export const methodsSchema = z.discriminatedUnion('read', [
	z.strictObject({
		read: z.literal(true),
		objectId,
		kinds: z.array(z.enum(METHOD_KINDS)),
		/** Null: kinds are known and details of passkeys are not. */
		passkeys: z.array(passkeySchema).nullable(),
		readAt: instant,
	}),
	z.strictObject({
		read: z.literal(false),
		objectId,
		why: z.enum([...METHOD_TROUBLES, 'never', 'old']),
	}),
])
export type PictureMethods = z.infer<typeof methodsSchema>

/**
 * What a tenant holds, as it was read at one time, in our words: object ids in lower case, instants in UTC with
 * milliseconds. A part that could not be read is unknown and never empty: ask `listOf`, which answers null then.
 */
export const tenantPictureSchema = z.strictObject({
	tenantId: z.string().max(128).nullable(),
	readAt: instant,
	parts: z.strictObject(
		Object.fromEntries(PICTURE_PARTS.map((part) => [part, partState])) as Record<
			PicturePart,
			typeof partState
		>,
	),
	users: z.array(tenantUserSchema),
	/** Only those that hold something. */
	servicePrincipals: z.array(servicePrincipalSchema),
	/** Only those that matter: a charter governs them, or they hold a directory role. */
	groups: z.array(groupSchema),
	roleHoldings: z.array(roleHoldingSchema),
	groupHoldings: z.array(groupHoldingSchema),
	conditionalAccess: z.array(conditionalAccessSchema),
	authenticationStrengths: z.array(authenticationStrengthSchema),
	rolePolicies: z.array(rolePolicySchema),
	/** Of people who hold something; whoever is not in it was not asked for. */
	methods: z.array(methodsSchema),
})
export type TenantPicture = z.infer<typeof tenantPictureSchema>

type Lists = Pick<
	TenantPicture,
	'users' | 'servicePrincipals' | 'groups' | 'conditionalAccess' | 'authenticationStrengths' | 'rolePolicies'
>

/** A list of the picture, or null where it could not be read: then nothing is known, and nothing follows from it. */
export function listOf<K extends keyof Lists>(picture: TenantPicture, part: K): TenantPicture[K] | null {
	return picture.parts[part].read ? picture[part] : null
}

/** What of the roles that are active now could be read: `whole` with ends, `withoutEnds`, or nothing (null). */
export function activeRolesKnown(picture: Pick<TenantPicture, 'parts'>): 'whole' | 'withoutEnds' | null {
	if (picture.parts.roleInstances.read) return 'whole'
	return picture.parts.roleAssignments.read ? 'withoutEnds' : null
}

/** Whether it gives access now, and is not only eligible. */
export const isActive = ({ how }: Pick<RoleHolding | GroupHolding, 'how'>): boolean => how !== 'eligible'

/** Whether it is known to have no end. Of plain membership that is always so. */
export const isPermanent = (holding: RoleHolding | GroupHolding): boolean =>
	holding.until === null && (!('isEndKnown' in holding) || holding.isEndKnown)

/** An empty picture in which nothing was asked for; readers fill in what they read. */
export function emptyPicture(tenantId: string | null, readAt: string): TenantPicture {
	const parts = Object.fromEntries(
		PICTURE_PARTS.map((part) => [part, { read: false, why: 'notAsked', code: null }]),
	) as Record<PicturePart, PartState>
	return {
		tenantId,
		readAt,
		parts,
		users: [],
		servicePrincipals: [],
		groups: [],
		roleHoldings: [],
		groupHoldings: [],
		conditionalAccess: [],
		authenticationStrengths: [],
		rolePolicies: [],
		methods: [],
	}
}
