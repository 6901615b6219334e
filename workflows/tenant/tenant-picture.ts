import { z } from 'zod'
import { METHOD_KINDS, METHOD_TROUBLES } from '../people/authentication-methods.ts'
import { groupHoldingSchema, groupSchema, roleHoldingSchema } from './picture-holdings.ts'
import {
	authenticationStrengthSchema,
	conditionalAccessSchema,
	rolePolicySchema,
} from './picture-policies.ts'
import { instant, name, objectId } from './picture-primitives.ts'

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
	/** Directory roles that begin later: schedules of PIM that are not active yet. */
	'roleSchedules',
	/** The same for places in groups; each group says by itself whether its list was read. */
	'groupSchedules',
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

/** A picture of before a part was read says nothing of it: that is unknown, and not empty. */
const LATER_PARTS: readonly PicturePart[] = ['roleSchedules', 'groupSchedules']
const NOT_ASKED: PartState = { read: false, why: 'notAsked', code: null }
const partsSchema = z.preprocess(
	(parts) =>
		typeof parts === 'object' && parts !== null
			? { ...Object.fromEntries(LATER_PARTS.map((part) => [part, NOT_ASKED])), ...parts }
			: parts,
	z.strictObject(
		Object.fromEntries(PICTURE_PARTS.map((part) => [part, partState])) as Record<
			PicturePart,
			typeof partState
		>,
	),
)

/**
 * What a tenant holds, as it was read at one time, in our words: object ids in lower case, instants in UTC with
 * milliseconds. A part that could not be read is unknown and never empty: ask `listOf`, which answers null then.
 */
export const tenantPictureSchema = z.strictObject({
	tenantId: z.string().max(128).nullable(),
	readAt: instant,
	parts: partsSchema,
	users: z.array(tenantUserSchema),
	/** Only those that hold something. */
	servicePrincipals: z.array(servicePrincipalSchema),
	/** Only those that matter: a charter governs them, or they hold a directory role. */
	groups: z.array(groupSchema),
	/** Those that policies of Conditional Access name and nothing else does, with who is in them; null: that could not be read. */
	policyGroups: z.array(z.strictObject({ objectId, members: z.array(objectId).nullable() })),
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

/** The code of what this cloud does not have by its own table. An answer that says so may come of somebody in between, and pass. */
export const NOT_IN_THIS_CLOUD = 'NotInThisCloud'

/** Whether nothing of this part is unseen: it was read, or is of what this cloud does not have. */
export const isPartKnown = (part: PartState): boolean => part.read || part.code === NOT_IN_THIS_CLOUD

/** Whether this cloud has PIM for groups: without, nobody could be in a group, will be, or is there by PIM. */
export const hasGroupPim = ({ parts: { groupSchedules } }: Pick<TenantPicture, 'parts'>): boolean =>
	groupSchedules.read || groupSchedules.code !== NOT_IN_THIS_CLOUD

/** An empty picture in which nothing was asked for; readers fill in what they read. */
export function emptyPicture(tenantId: string | null, readAt: string): TenantPicture {
	const parts = Object.fromEntries(PICTURE_PARTS.map((part) => [part, NOT_ASKED])) as Record<
		PicturePart,
		PartState
	>
	return {
		tenantId,
		readAt,
		parts,
		users: [],
		servicePrincipals: [],
		groups: [],
		policyGroups: [],
		roleHoldings: [],
		groupHoldings: [],
		conditionalAccess: [],
		authenticationStrengths: [],
		rolePolicies: [],
		methods: [],
	}
}
