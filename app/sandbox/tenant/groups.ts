import { badRequest } from './errors.ts'
import { createGroupEligibilities } from './group-eligibilities.ts'
import { createGroupLists, GROUP_READERS } from './group-lists.ts'
import { createGroupPim } from './group-pim.ts'
import { createMemberships, type Relation } from './memberships.ts'
import { createPim } from './pim.ts'
import { groupPim } from './pim-kinds.ts'
import { createToldAt, type PimSettings } from './pim-lists.ts'
import type { TypeOf } from './principals.ts'
import type { TenantState } from './state.ts'
import { listOrOne, type Answer, type Asked, type Context } from './surface.ts'

/** `managed`: synchronised from on-premises, or filled by a rule; neither takes members from anybody. */
export type SandboxGroup = {
	id: string
	displayName: string
	managed?: 'onPremises' | 'dynamic'
	/** A distribution list or mail-enabled security group, whose members Graph only reads. */
	byMail?: boolean
	/** Whether it may hold directory roles. */
	isAssignableToRole?: boolean
}

const GROUP_PATH = /^\/groups(?:\/([^/]+))?$/

/** Groups of the tenant: what they are, their lists of members and owners, and PIM for Groups. */
export function createGroups({
	state,
	save,
	groups: initial,
	hasUser,
	typeOf,
	now,
	newId,
	settings,
	olderMs,
	context,
	rolesOf = () => [],
	changed = () => undefined,
}: {
	state: TenantState
	save: () => void
	groups: readonly SandboxGroup[]
	hasUser: (id: string) => boolean
	typeOf: TypeOf
	now: () => number
	newId: () => string
	settings: PimSettings
	olderMs: () => number
	context: Context
	/** Templates of the directory roles that a principal holds for the whole tenant. */
	rolesOf?: (principalId: string) => readonly string[]
	/** Told of each member that comes or goes. */
	changed?: (groupId: string, memberId: string) => void
}) {
	const groups = new Map(initial.map((group) => [group.id, group]))
	const pim = createPim({
		requests: state.groupRequests,
		kind: groupPim((id) => {
			const group = groups.get(id)
			if (group?.managed)
				throw badRequest('InvalidResource', 'The group cannot be managed in Privileged Identity Management.')
			return group !== undefined
		}),
		directory: { hasUser, isThere: (id) => typeOf(id) !== null },
		now,
		newId,
		settings,
		olderMs,
	})
	const eligibilities = createGroupEligibilities(state, { now, newId })
	const memberships = createMemberships({ state, now, settings })
	const pimCalls = createGroupPim({ pim, eligibilities, save, context })
	const lists = createGroupLists({
		groups,
		memberships,
		activeAt: pim.instancesAt,
		assigned: pim.assignments,
		takeOut: (principalId, place) => pim.takeOut(principalId, place),
		hasUser,
		typeOf,
		rolesOf,
		save,
		now,
		toldAt: createToldAt(now, olderMs),
		context,
		changed,
	})
	const groupRow = ({ id, displayName, managed, byMail, isAssignableToRole }: SandboxGroup) => ({
		id,
		displayName,
		isAssignableToRole: isAssignableToRole ?? null,
		groupTypes: managed === 'dynamic' ? ['DynamicMembership'] : [],
		onPremisesSyncEnabled: managed === 'onPremises' ? true : null,
		securityEnabled: true,
		mailEnabled: byMail ?? false,
	})

	return {
		/** The answer to a call about groups; null when it is about something else. Throws GraphError. */
		answer(asked: Asked): Answer | null {
			const groupPath = GROUP_PATH.exec(asked.path)
			if (groupPath && asked.method === 'GET') {
				asked.demand(...GROUP_READERS)
				return listOrOne(asked, context, [...groups.values()].map(groupRow), groupPath[1])
			}
			return pimCalls.answer(asked) ?? lists.answer(asked)
		},
		pim,
		listed: lists.listed,
		holds: lists.holds,
		has: (id: string) => groups.has(id),
		ids: (): readonly string[] => [...groups.keys()],
		/** What an administrator makes, or makes of one that is there; for tests. */
		put: (group: SandboxGroup): void => {
			groups.set(group.id, group)
		},
		/** What an administrator deletes; for tests. */
		remove: (id: string): void => {
			groups.delete(id)
		},
		/** Makes somebody eligible for a place in a group, who has not activated it; for tests. */
		makeEligible(groupId: string, principalId: string, accessId: 'member' | 'owner' = 'member'): void {
			eligibilities.add(principalId, groupId, accessId)
			save()
		},
		/** Gives a place in a group from a later time on, as an administrator does in the portal. */
		assignLater(
			groupId: string,
			principalId: string,
			startAt: Date,
			endAt: Date,
			accessId: 'member' | 'owner' = 'member',
		): void {
			pim.post({
				action: 'adminAssign',
				principalId,
				groupId,
				accessId,
				justification: 'beside',
				scheduleInfo: {
					startDateTime: startAt.toISOString(),
					expiration: { type: 'afterDateTime', endDateTime: endAt.toISOString() },
				},
			})
			save()
		},
		/**
		 * Puts somebody in, or takes them out, as an administrator does beside Charterkeep: by itself a while ago, so that
		 * lists tell it already.
		 */
		change(
			groupId: string,
			userId: string,
			isIn: boolean,
			relation: Relation = 'members',
			agoMs = memberships.settledMs,
		): void {
			if (isIn) memberships.add(groupId, relation, userId, agoMs)
			else memberships.remove(groupId, relation, userId, agoMs)
			save()
			if (relation === 'members') changed(groupId, userId)
		},
	}
}
