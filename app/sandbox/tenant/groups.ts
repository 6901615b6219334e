import { z } from 'zod'
import { badRequest, GraphError, notFound } from './errors.ts'
import { filterRows, page, selectColumns } from './odata.ts'
import { createPim } from './pim.ts'
import type { PimSettings } from './pim-lists.ts'
import { groupPim } from './pim-kinds.ts'
import type { TenantState } from './state.ts'
import { listOrOne, type Answer, type Asked, type Context } from './surface.ts'
import { createGroupEligibilities } from './group-eligibilities.ts'
import type { TypeOf } from './principals.ts'

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

export const GROUP_PIM_PERMISSION = 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'
const GROUP_ELIGIBILITY_PERMISSION = 'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'
export const GROUP_ELIGIBILITY_REMOVAL = 'PrivilegedEligibilitySchedule.Remove.AzureADGroup'
export const MEMBERS_PERMISSION = 'GroupMember.ReadWrite.All'
/** Owners are more than members: they decide who is in. */
export const OWNERS_PERMISSION = 'Group.ReadWrite.All'
export const GROUPS_READ = 'GroupMember.Read.All'
/** What reads a group itself; who may only write members may not. */
export const GROUP_READERS = [GROUPS_READ, 'Group.Read.All', OWNERS_PERMISSION, 'Directory.Read.All'] as const
export const GROUP_ELIGIBILITY_READ = 'PrivilegedEligibilitySchedule.Read.AzureADGroup'

const PIM_PATH = /^\/identityGovernance\/privilegedAccess\/group\/([A-Za-z]+)(?:\/([^/]+))?(?:\/(cancel))?$/
const MEMBER_OF_PATH = /^\/users\/([^/]+)\/transitiveMemberOf$/
const LIST_PATH = /^\/groups\/([^/]+)\/(members|owners|transitiveMembers)(?:\/([^/]+))?(\/\$ref)?$/
const GROUP_PATH = /^\/groups(?:\/([^/]+))?$/
const referenceSchema = z.strictObject({ '@odata.id': z.url() })

/** Groups of the tenant: their lists of members and owners, and PIM for Groups. */
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
	/** Told of each member that comes or goes. */
	changed?: (groupId: string, memberId: string) => void
}) {
	const groups = new Map(initial.map((group) => [group.id, group]))
	const find = (id: string) => groups.get(id)
	const pim = createPim({
		requests: state.groupRequests,
		kind: groupPim((id) => {
			const group = find(id)
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
	const direct = (groupId: string, relation: 'members' | 'owners') => {
		const lists = (state.groups[groupId] ??= { members: [], owners: [] })
		return lists[relation]
	}
	/** Those that were put into it, and those whose active assignment has come. */
	const listed = (groupId: string, relation: 'members' | 'owners') => {
		if (!groups.has(groupId)) return []
		const active = pim
			.instances()
			.filter((row) => row.groupId === groupId && `${String(row.accessId)}s` === relation)
			.map((row) => String(row.principalId))
		return [...new Set([...direct(groupId, relation), ...active])]
	}

	function pimAnswer(
		{ method, url, body, need }: Asked,
		collection: string,
		id: string | undefined,
		act: string | undefined,
	): Answer {
		if (collection === 'eligibilityScheduleRequests' && method === 'POST' && id === undefined) {
			need(GROUP_ELIGIBILITY_PERMISSION)
			const row = eligibilities.remove(body())
			save()
			const annotation = `${context()}identityGovernance/privilegedAccess/group/${collection}/$entity`
			return { status: 201, result: { '@odata.context': annotation, ...row } }
		}
		need(collection.startsWith('eligibility') ? GROUP_ELIGIBILITY_READ : GROUP_PIM_PERMISSION)
		if (collection === 'assignmentScheduleRequests' && method === 'POST' && act === 'cancel' && id) {
			pim.cancel(id)
			save()
			return { status: 204, result: null }
		}
		const annotation = `${context()}identityGovernance/privilegedAccess/group/${collection}`
		if (collection === 'assignmentScheduleRequests' && method === 'POST' && id === undefined) {
			const { row, isStored } = pim.post(body())
			if (isStored) save()
			return { status: 201, result: { '@odata.context': `${annotation}/$entity`, ...row } }
		}
		const rows = {
			assignmentScheduleRequests: pim.toldRequests,
			assignmentScheduleInstances: pim.toldInstances,
			assignmentSchedules: pim.toldSchedules,
			eligibilityScheduleInstances: eligibilities.instances,
		}[collection]
		if (method !== 'GET' || rows === undefined)
			throw badRequest('BadRequest', `Resource not found for the segment '${collection}'.`)
		const select = url.searchParams.get('$select')
		if (id !== undefined) {
			const found = rows().find((row) => row.id === id)
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			return {
				status: 200,
				result: { '@odata.context': `${annotation}/$entity`, ...selectColumns(found, select) },
			}
		}
		const filter = url.searchParams.get('$filter') ?? ''
		if (!/\b(groupId|principalId) eq /.test(filter))
			throw badRequest(
				'MissingParameters',
				'The required parameters GroupId or PrincipalId is missing in the request.',
			)
		return { status: 200, result: page(filterRows(rows(), filter), url, annotation) }
	}

	function listAnswer(
		{ method, url, body, demand }: Asked,
		groupId: string,
		relation: 'members' | 'owners',
		memberId: string | undefined,
		isReference: boolean,
	): Answer {
		if (method === 'GET') demand(MEMBERS_PERMISSION, OWNERS_PERMISSION, GROUPS_READ)
		else demand(OWNERS_PERMISSION, ...(relation === 'members' ? [MEMBERS_PERMISSION] : []))
		const group = find(groupId)
		if (!group) throw notFound('Request_ResourceNotFound', `Resource '${groupId}' does not exist.`)
		if (method === 'GET' && memberId === undefined && !isReference) {
			const rows = listed(groupId, relation).map(memberRow)
			return {
				status: 200,
				result: page(filterRows(rows, url.searchParams.get('$filter')), url, `${context()}directoryObjects`),
			}
		}
		if (!isReference) throw badRequest('BadRequest', 'A member of a group is a reference: end with /$ref.')
		if (group.managed === 'onPremises')
			throw new GraphError(
				400,
				'Request_BadRequest',
				'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
			)
		if (group.managed === 'dynamic')
			throw new GraphError(
				400,
				'Request_BadRequest',
				'Membership of a dynamic membership group cannot be changed directly.',
			)
		const list = direct(groupId, relation)
		if (method === 'POST' && memberId === undefined) {
			const id = referenceSchema.parse(body())['@odata.id'].split('/').at(-1) ?? ''
			if (!hasUser(id)) throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
			if (listed(groupId, relation).includes(id))
				throw badRequest(
					'Request_BadRequest',
					`One or more added object references already exist for the following modified properties: '${relation}'.`,
				)
			list.push(id)
			save()
			changed(groupId, id)
			return { status: 204, result: null }
		}
		if (method === 'DELETE' && memberId !== undefined) {
			const at = list.indexOf(memberId)
			if (at === -1)
				throw notFound(
					'Request_ResourceNotFound',
					`Resource '${memberId}' does not exist or is not referenced.`,
				)
			list.splice(at, 1)
			save()
			changed(groupId, memberId)
			return { status: 204, result: null }
		}
		throw badRequest('BadRequest', 'The request is not supported.')
	}

	const memberRow = (id: string) => ({ '@odata.type': `#microsoft.graph.${typeOf(id) ?? 'user'}`, id })
	const groupRow = ({ id, displayName, managed, byMail, isAssignableToRole }: SandboxGroup) => ({
		id,
		displayName,
		isAssignableToRole: isAssignableToRole ?? null,
		groupTypes: managed === 'dynamic' ? ['DynamicMembership'] : [],
		onPremisesSyncEnabled: managed === 'onPremises' ? true : null,
		securityEnabled: true,
		mailEnabled: byMail ?? false,
	})

	/** Members, and members of groups in it, however deep, each once. */
	function transitive(groupId: string): string[] {
		const found = new Set<string>()
		const waiting = [groupId]
		for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
			for (const member of listed(id, 'members'))
				if (!found.has(member)) {
					found.add(member)
					if (groups.has(member)) waiting.push(member)
				}
		return [...found]
	}

	function transitiveAnswer({ method, url, demand }: Asked, groupId: string): Answer {
		demand(MEMBERS_PERMISSION, GROUPS_READ)
		if (!find(groupId)) throw notFound('Request_ResourceNotFound', `Resource '${groupId}' does not exist.`)
		if (method !== 'GET') throw badRequest('BadRequest', 'The request is not supported.')
		const rows = transitive(groupId).map(memberRow)
		return { status: 200, result: page(rows, url, `${context()}directoryObjects`) }
	}

	/** Groups that somebody is in, also by being in a group that is in them. */
	function memberOfAnswer({ method, url, demand }: Asked, userId: string): Answer {
		demand(GROUPS_READ, 'Directory.Read.All')
		if (!hasUser(userId)) throw notFound('Request_ResourceNotFound', `Resource '${userId}' does not exist.`)
		if (method !== 'GET') throw badRequest('BadRequest', 'The request is not supported.')
		const rows = [...groups.keys()].filter((id) => transitive(id).includes(userId)).map(memberRow)
		return { status: 200, result: page(rows, url, `${context()}directoryObjects`) }
	}

	return {
		/** The answer to a call about groups; null when it is about something else. Throws GraphError. */
		answer(asked: Asked): Answer | null {
			const pimPath = PIM_PATH.exec(asked.path)
			if (pimPath) return pimAnswer(asked, pimPath[1] ?? '', pimPath[2], pimPath[3])
			const groupPath = GROUP_PATH.exec(asked.path)
			if (groupPath && asked.method === 'GET') {
				asked.demand(...GROUP_READERS)
				return listOrOne(asked, context, [...groups.values()].map(groupRow), groupPath[1])
			}
			const memberId = MEMBER_OF_PATH.exec(asked.path)?.[1]
			if (memberId !== undefined) return memberOfAnswer(asked, memberId)
			const listPath = LIST_PATH.exec(asked.path)
			if (listPath) {
				const [, groupId = '', relation, third, reference] = listPath
				const memberId = third === '$ref' ? undefined : third
				const isReference = third === '$ref' || reference !== undefined
				if (relation === 'transitiveMembers') return transitiveAnswer(asked, groupId)
				return listAnswer(asked, groupId, relation === 'owners' ? 'owners' : 'members', memberId, isReference)
			}
			return null
		},
		pim,
		listed,
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
		/** Puts somebody in, or takes them out, as an administrator does beside Charterkeep. */
		change(groupId: string, userId: string, isIn: boolean, relation: 'members' | 'owners' = 'members') {
			const list = direct(groupId, relation).filter((id) => id !== userId)
			const lists = (state.groups[groupId] ??= { members: [], owners: [] })
			lists[relation] = isIn ? [...list, userId] : list
			save()
			if (relation === 'members') changed(groupId, userId)
		},
	}
}
