import type { Client } from '@microsoft/microsoft-graph-client'
import { columnsOf, groupRow, type GraphRow } from '#workflows/tenant/graph-rows.ts'
import { NOT_ASKED, type RawGroup, type RawTenant } from '#workflows/tenant/raw-tenant.ts'
import { equals } from './client.server.ts'
import { isAbsent } from './outcome.server.ts'
import { unknownBecause, type ListReader } from './read-list.server.ts'

const PIM = '/identityGovernance/privilegedAccess/group'
const HELD = 'id,groupId,principalId,accessId,memberType'
/** Of each list what is read of it: which id of a schedule an instance has differs between them. */
const COLUMNS = {
	assignmentScheduleInstances: `${HELD},startDateTime,endDateTime,assignmentScheduleId`,
	eligibilityScheduleInstances: `${HELD},startDateTime,endDateTime,eligibilityScheduleId`,
	assignmentSchedules: columnsOf('groupAssignmentSchedules'),
	assignmentScheduleRequests: columnsOf('roleAssignmentScheduleRequests'),
} as const
const NO_PIM = { read: false, why: 'unsupported', code: 'NotInThisCloud' } as const
/** The other kinds of principals come as what they are. */
const GROUP = '#microsoft.graph.group'

/**
 * What each of these groups is and who is in it, by id. Each is read by itself: PIM lists nothing for all groups at once, and
 * one that is gone or refuses leaves the others.
 */
export async function readGroups(
	client: Client,
	read: ListReader,
	{ ids, listed, hasPim }: { ids: readonly string[]; listed: RawTenant['groups']; hasPim: boolean },
): Promise<Map<string, RawGroup>> {
	const known = new Map(listed.read ? listed.rows.map((row) => [row.id.toLowerCase(), row]) : [])
	const groups = new Map<string, RawGroup>()
	for (const id of ids) {
		const properties = known.get(id) ?? (await readProperties(client, id))
		groups.set(id, properties === 'absent' ? ABSENT : await readLists(read, id, properties, hasPim))
	}
	return groups
}

/** Nobody is in a group that is not there. */
const EMPTY = { read: true, rows: [] } as const
const ABSENT: RawGroup = {
	properties: 'absent',
	members: EMPTY,
	transitiveMembers: EMPTY,
	owners: EMPTY,
	active: EMPTY,
	eligible: EMPTY,
	schedules: EMPTY,
	requests: EMPTY,
}

async function readProperties(client: Client, id: string): Promise<GraphRow<'groups'> | 'absent' | null> {
	const columns = 'id,displayName,isAssignableToRole,groupTypes,onPremisesSyncEnabled'
	try {
		return groupRow.parse(await client.api(`/groups/${encodeURIComponent(id)}?$select=${columns}`).get())
	} catch (error) {
		// What cannot be read is not known: its lists are asked for all the same.
		if (isAbsent(error)) return 'absent'
		unknownBecause(error)
		return null
	}
}

/** Groups that PIM cannot manage are not asked about: it throttles whoever does. */
const isForPim = (properties: GraphRow<'groups'> | null) =>
	properties === null ||
	(properties.onPremisesSyncEnabled !== true && !(properties.groupTypes ?? []).includes('DynamicMembership'))

/** Whether PIM can have a policy of it: it is there, and PIM can manage it, as far as is known. */
export const mayHavePolicy = ({ properties }: Pick<RawGroup, 'properties'>): boolean =>
	properties !== 'absent' && isForPim(properties)

async function readLists(
	read: ListReader,
	id: string,
	properties: GraphRow<'groups'> | null,
	hasPim: boolean,
): Promise<RawGroup> {
	const path = `/groups/${encodeURIComponent(id)}`
	const members = await read('groupMembers', `${path}/members?$select=id&$top=999`)
	const isNested = members.read && members.rows.some((row) => row['@odata.type'] === GROUP)
	const canBePim = isForPim(properties)
	const pim = async <
		K extends
			| 'groupAssignmentScheduleInstances'
			| 'groupEligibilityScheduleInstances'
			| 'groupAssignmentSchedules'
			| 'roleAssignmentScheduleRequests',
	>(
		kind: K,
		list: keyof typeof COLUMNS,
	) => {
		if (!hasPim) return NO_PIM
		if (!canBePim) return EMPTY
		const filter = equals('groupId', id).replaceAll(' ', '%20')
		return read(kind, `${PIM}/${list}?$filter=${filter}&$select=${COLUMNS[list]}&$top=999`)
	}
	return {
		properties,
		members,
		transitiveMembers: isNested
			? await read('groupTransitiveMembers', `${path}/transitiveMembers?$select=id&$top=999`)
			: NOT_ASKED,
		owners: await read('groupOwners', `${path}/owners?$select=id&$top=999`),
		active: await pim('groupAssignmentScheduleInstances', 'assignmentScheduleInstances'),
		eligible: await pim('groupEligibilityScheduleInstances', 'eligibilityScheduleInstances'),
		schedules: await pim('groupAssignmentSchedules', 'assignmentSchedules'),
		requests: await pim('roleAssignmentScheduleRequests', 'assignmentScheduleRequests'),
	}
}
