import { z } from 'zod'
import { instant, name, objectId } from './picture-primitives.ts'

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
export const GROUP_LISTS = [
	'properties',
	'members',
	'owners',
	'active',
	'eligible',
	'scheduled',
	'policies',
	/** Which places bear a mark of ours. */
	'requests',
] as const
export type GroupList = (typeof GROUP_LISTS)[number]

export const groupSchema = z.strictObject({
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

export const roleHoldingSchema = z.strictObject({
	principalId: objectId,
	principalKind: z.enum(PRINCIPAL_KINDS),
	roleDefinitionId: objectId,
	/** `/` is the whole tenant. */
	directoryScopeId: z.string().min(1).max(512),
	/**
	 * `assigned` by an administrator through PIM, `activated` by whoever was eligible, `direct`: assigned past PIM, `eligible`: no
	 * access until it is activated, `scheduled`: no access until it begins, by itself.
	 */
	how: z.enum(['assigned', 'activated', 'direct', 'eligible', 'scheduled']),
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

export const groupHoldingSchema = z.strictObject({
	groupId: objectId,
	relation: z.enum(['member', 'owner']),
	principalId: objectId,
	principalKind: z.enum(PRINCIPAL_KINDS),
	/**
	 * `pim`: active through PIM for Groups, `direct`: simply in the list, `eligible`: no place until it is activated,
	 * `scheduled`: no place until it begins, by itself.
	 */
	how: z.enum(['pim', 'direct', 'eligible', 'scheduled']),
	from: instant.nullable(),
	until: instant.nullable(),
	/**
	 * False where its end cannot be told. Of what is `direct` it is not known either whether it is there through PIM: what PIM lists
	 * as active could not be read (see `isPathKnown`).
	 */
	isEndKnown: z.boolean(),
	scheduleId: z.string().max(200).nullable(),
	ticketNumbers: z.array(z.string().max(200)),
})
export type GroupHolding = z.infer<typeof groupHoldingSchema>

/** What a holding gives: access now, by activating, or from its begin on. */
export const standingOf = ({
	how,
}: Pick<RoleHolding | GroupHolding, 'how'>): 'active' | 'eligible' | 'scheduled' =>
	how === 'eligible' || how === 'scheduled' ? how : 'active'

/** Whether it gives access now, and is not only eligible or still to begin. */
export const isActive = (holding: Pick<RoleHolding | GroupHolding, 'how'>): boolean =>
	standingOf(holding) === 'active'

/** Whether it is known to have no end. */
export const isPermanent = ({ until, isEndKnown }: RoleHolding | GroupHolding): boolean =>
	until === null && isEndKnown

/** Whether it is known how somebody came into a group: by PIM, which would give it an end, or into its plain list. */
export const isPathKnown = ({ how, isEndKnown }: GroupHolding): boolean => how !== 'direct' || isEndKnown
