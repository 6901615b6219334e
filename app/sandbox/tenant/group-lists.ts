import { z } from 'zod'
import { badRequest, GraphError, notFound } from './errors.ts'
import type { SandboxGroup } from './groups.ts'
import type { Memberships, Relation } from './memberships.ts'
import { filterRows, page } from './odata.ts'
import type { Row } from './pim-kinds.ts'
import type { TypeOf } from './principals.ts'
import type { Answer, Asked, Context } from './surface.ts'

export const MEMBERS_PERMISSION = 'GroupMember.ReadWrite.All'
/** Owners are more than members: they decide who is in. */
export const OWNERS_PERMISSION = 'Group.ReadWrite.All'
export const GROUPS_READ = 'GroupMember.Read.All'
/** What reads a group itself; who may only write members may not. */
export const GROUP_READERS = [GROUPS_READ, 'Group.Read.All', OWNERS_PERMISSION, 'Directory.Read.All'] as const

const MEMBER_OF_PATH = /^\/users\/([^/]+)\/transitiveMemberOf$/
const LIST_PATH = /^\/groups\/([^/]+)\/(members|owners|transitiveMembers)(?:\/([^/]+))?(\/\$ref)?$/
const referenceSchema = z.strictObject({ '@odata.id': z.url() })

/** Who is in a group: the lists of it, and what is changed of them by reference. */
export function createGroupLists({
	groups,
	memberships,
	activeAt,
	assigned,
	takeOut,
	hasUser,
	typeOf,
	rolesOf,
	save,
	now,
	toldAt,
	context,
	changed,
}: {
	groups: ReadonlyMap<string, SandboxGroup>
	memberships: Memberships
	/** What PIM lists as active at this moment, and what it has given, whatever it lists. */
	activeAt: (at: number) => readonly Row[]
	assigned: () => readonly Row[]
	/** Ends what PIM has given of this place; false where it has given nothing. */
	takeOut: (principalId: string, place: { groupId: string; accessId: 'member' | 'owner' }) => boolean
	hasUser: (id: string) => boolean
	typeOf: TypeOf
	/** Templates of the directory roles that a principal holds for the whole tenant. */
	rolesOf: (principalId: string) => readonly string[]
	save: () => void
	now: () => number
	/** The time that a reading tells of. */
	toldAt: () => number
	context: Context
	/** Told of each member that comes or goes. */
	changed: (groupId: string, memberId: string) => void
}) {
	const isOf = (groupId: string, relation: Relation) => (row: Row) =>
		row.groupId === groupId && `${String(row.accessId)}s` === relation
	/** Those that were put into it, and those whose active assignment has come, as a list of this moment tells it. */
	function listedAt(groupId: string, relation: Relation, at: number): string[] {
		if (!groups.has(groupId)) return []
		const active = activeAt(at)
			.filter(isOf(groupId, relation))
			.map((row) => String(row.principalId))
		return [...new Set([...memberships.listedAt(groupId, relation, at), ...active])]
	}
	/** Whether somebody is in it, whatever lists tell. */
	const holds = (groupId: string, relation: Relation, id: string) =>
		groups.has(groupId) &&
		(memberships.holds(groupId, relation, id) ||
			assigned()
				.filter(isOf(groupId, relation))
				.some((row) => row.principalId === id))

	function listAnswer(
		{ method, url, body, demand }: Asked,
		groupId: string,
		relation: Relation,
		memberId: string | undefined,
		isReference: boolean,
	): Answer {
		if (method === 'GET') demand(MEMBERS_PERMISSION, OWNERS_PERMISSION, GROUPS_READ)
		else demand(OWNERS_PERMISSION, ...(relation === 'members' ? [MEMBERS_PERMISSION] : []))
		const group = groups.get(groupId)
		if (!group) throw notFound('Request_ResourceNotFound', `Resource '${groupId}' does not exist.`)
		if (method === 'GET' && memberId === undefined && !isReference) {
			const rows = listedAt(groupId, relation, toldAt()).map(memberRow)
			return {
				status: 200,
				result: page(filterRows(rows, url.searchParams.get('$filter')), url, `${context()}directoryObjects`),
			}
		}
		if (!isReference) throw badRequest('BadRequest', 'A member of a group is a reference: end with /$ref.')
		demandUnmanaged(group)
		if (method === 'POST' && memberId === undefined) {
			const id = referenceSchema.parse(body())['@odata.id'].split('/').at(-1) ?? ''
			if (!hasUser(id)) throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
			if (holds(groupId, relation, id))
				throw badRequest(
					'Request_BadRequest',
					`One or more added object references already exist for the following modified properties: '${relation}'.`,
				)
			memberships.add(groupId, relation, id)
			save()
			changed(groupId, id)
			return { status: 204, result: null }
		}
		if (method === 'DELETE' && memberId !== undefined) {
			// Whoever PIM has put in is taken out by the same call.
			const accessId = relation === 'members' ? 'member' : 'owner'
			const wasGiven = takeOut(memberId, { groupId, accessId })
			if (!memberships.remove(groupId, relation, memberId) && !wasGiven)
				throw notFound(
					'Request_ResourceNotFound',
					`Resource '${memberId}' does not exist or is not referenced.`,
				)
			save()
			changed(groupId, memberId)
			return { status: 204, result: null }
		}
		throw badRequest('BadRequest', 'The request is not supported.')
	}

	const memberRow = (id: string) => ({ '@odata.type': `#microsoft.graph.${typeOf(id) ?? 'user'}`, id })

	/** Members, and members of groups in it, however deep, each once. */
	function transitive(groupId: string, at: number): string[] {
		const found = new Set<string>()
		const waiting = [groupId]
		for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
			for (const member of listedAt(id, 'members', at))
				if (!found.has(member)) {
					found.add(member)
					if (groups.has(member)) waiting.push(member)
				}
		return [...found]
	}

	function transitiveAnswer({ method, url, demand }: Asked, groupId: string): Answer {
		demand(MEMBERS_PERMISSION, GROUPS_READ)
		if (!groups.has(groupId))
			throw notFound('Request_ResourceNotFound', `Resource '${groupId}' does not exist.`)
		if (method !== 'GET') throw badRequest('BadRequest', 'The request is not supported.')
		const rows = transitive(groupId, toldAt()).map(memberRow)
		return { status: 200, result: page(rows, url, `${context()}directoryObjects`) }
	}

	/** A role that is in use is an object of the tenant, with an id of its own. */
	const directoryRoleRow = (roleTemplateId: string) => ({
		'@odata.type': '#microsoft.graph.directoryRole',
		id: `d0d0d0d0${roleTemplateId.slice(8)}`,
		roleTemplateId,
	})

	/** Groups that somebody is in, also by being in a group that is in them, and directory roles that any of those gives. */
	function memberOfAnswer({ method, url, demand }: Asked, userId: string): Answer {
		demand(GROUPS_READ, 'Directory.Read.All')
		if (!hasUser(userId)) throw notFound('Request_ResourceNotFound', `Resource '${userId}' does not exist.`)
		if (method !== 'GET') throw badRequest('BadRequest', 'The request is not supported.')
		const at = toldAt()
		const inGroups = [...groups.keys()].filter((id) => transitive(id, at).includes(userId))
		const templates = new Set([userId, ...inGroups].flatMap(rolesOf))
		const rows = [...inGroups.map(memberRow), ...[...templates].map(directoryRoleRow)]
		return { status: 200, result: page(rows, url, `${context()}directoryObjects`) }
	}

	return {
		/** The answer to a call about who is in a group; null when it is about something else. Throws GraphError. */
		answer(asked: Asked): Answer | null {
			const memberId = MEMBER_OF_PATH.exec(asked.path)?.[1]
			if (memberId !== undefined) return memberOfAnswer(asked, memberId)
			const path = LIST_PATH.exec(asked.path)
			if (!path) return null
			const [, groupId = '', relation, third, reference] = path
			if (relation === 'transitiveMembers') return transitiveAnswer(asked, groupId)
			const isReference = third === '$ref' || reference !== undefined
			return listAnswer(
				asked,
				groupId,
				relation === 'owners' ? 'owners' : 'members',
				third === '$ref' ? undefined : third,
				isReference,
			)
		},
		/** Who a list of now tells to be in it. */
		listed: (groupId: string, relation: Relation) => listedAt(groupId, relation, now()),
		holds,
	}
}

/** Throws where members come from elsewhere, and nobody puts them in or takes them out. */
function demandUnmanaged({ managed }: SandboxGroup): void {
	if (managed === 'onPremises')
		throw new GraphError(
			400,
			'Request_BadRequest',
			'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
		)
	if (managed === 'dynamic')
		throw new GraphError(
			400,
			'Request_BadRequest',
			'Membership of a dynamic membership group cannot be changed directly.',
		)
}
