import type { Client } from '@microsoft/microsoft-graph-client'
import { columnsOf, groupRow, type GraphRow } from '#workflows/tenant/graph-rows.ts'
import { NOT_ASKED, NOTHING_OF_GROUP, type RawGroup, type RawTenant } from '#workflows/tenant/raw-tenant.ts'
import { NOT_IN_THIS_CLOUD } from '#workflows/tenant/tenant-picture.ts'
import { readEach } from './batch.server.ts'
import { equals } from './client.server.ts'
import type { Lanes } from './lanes.server.ts'
import { isAbsent } from './outcome.server.ts'
import type { ListReader, ListsReader } from './read-list.server.ts'

const PIM = '/identityGovernance/privilegedAccess/group'
const HELD = 'id,groupId,principalId,accessId,memberType'
/** Of each list what is read of it: which id of a schedule an instance has differs between them. */
const COLUMNS = {
	assignmentScheduleInstances: `${HELD},startDateTime,endDateTime,assignmentScheduleId`,
	eligibilityScheduleInstances: `${HELD},startDateTime,endDateTime,eligibilityScheduleId`,
	assignmentSchedules: columnsOf('groupAssignmentSchedules'),
	assignmentScheduleRequests: columnsOf('roleAssignmentScheduleRequests'),
} as const
const NO_PIM = { read: false, why: 'unsupported', code: NOT_IN_THIS_CLOUD } as const
/** The other kinds of principals come as what they are. */
const GROUP = '#microsoft.graph.group'

/** What groups are read by: the client and its turns, and lists one by one and many at once. */
export type GroupReader = { client: Client; lanes: Lanes; read: ListReader; readLists: ListsReader }

/**
 * What each of these groups is and who is in it, by id. What the directory knows of them is read of twenty in a call. PIM lists
 * nothing for all groups at once and takes so few calls that putting them together would gain nothing, and would hold up who is
 * more urgent. One that is gone or refuses leaves the others.
 */
export async function readGroups(
	reader: GroupReader,
	{ ids, listed, hasPim }: { ids: readonly string[]; listed: RawTenant['groups']; hasPim: boolean },
): Promise<Map<string, RawGroup>> {
	const known = new Map<string, Properties>(
		listed.read ? listed.rows.map((row) => [row.id.toLowerCase(), row]) : [],
	)
	const unknown = ids.filter((id) => !known.has(id))
	for (const [index, properties] of (await readProperties(reader, unknown)).entries())
		known.set(unknown[index] ?? '', properties)
	const there = ids.filter((id) => known.get(id) !== 'absent')
	const people = await readPeople(reader, there)
	const groups = new Map<string, RawGroup>(ids.map((id) => [id, ABSENT]))
	for (const id of there) {
		const properties = known.get(id)
		if (properties === 'absent') continue
		groups.set(id, {
			properties: properties ?? null,
			...(people.get(id) ?? NOTHING_OF_GROUP),
			...(await readPim(reader, id, properties ?? null, hasPim)),
		})
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

/** Null where it could not be read: what a group is is not known then, and its lists are asked for all the same. */
type Properties = GraphRow<'groups'> | 'absent' | null

const readProperties = (
	{ client, lanes }: GroupReader,
	ids: readonly string[],
): Promise<readonly Properties[]> =>
	readEach<Properties>(
		client,
		lanes,
		ids.map(
			(id) => `${pathOf(id)}?$select=id,displayName,isAssignableToRole,groupTypes,onPremisesSyncEnabled`,
		),
		(row) => groupRow.parse(row),
		(error) => (isAbsent(error) ? 'absent' : null),
	)

/** Groups that PIM cannot manage are not asked about: it throttles whoever does. */
const isForPim = (properties: GraphRow<'groups'> | null) =>
	properties === null ||
	(properties.onPremisesSyncEnabled !== true && !(properties.groupTypes ?? []).includes('DynamicMembership'))

/** Whether PIM can have a policy of it: it is there, and PIM can manage it, as far as is known. */
export const mayHavePolicy = ({ properties }: Pick<RawGroup, 'properties'>): boolean =>
	properties !== 'absent' && isForPim(properties)

const pathOf = (id: string) => `/groups/${encodeURIComponent(id)}`
type People = Pick<RawGroup, 'members' | 'transitiveMembers' | 'owners'>

/** Who is in each of these groups and who owns it; who is in it through others is asked of those alone that have such. */
async function readPeople(
	{ readLists }: GroupReader,
	ids: readonly string[],
): Promise<ReadonlyMap<string, People>> {
	const all = async <K extends 'groupMembers' | 'groupTransitiveMembers' | 'groupOwners'>(
		kind: K,
		of: readonly string[],
		list: string,
	) => {
		const lists = await readLists(
			kind,
			of.map((id) => `${pathOf(id)}/${list}?$select=id&$top=999`),
		)
		return new Map(of.map((id, index) => [id, lists[index]]))
	}
	const members = await all('groupMembers', ids, 'members')
	const nested = ids.filter((id) => {
		const list = members.get(id)
		return list?.read === true && list.rows.some((row) => row['@odata.type'] === GROUP)
	})
	const transitive = await all('groupTransitiveMembers', nested, 'transitiveMembers')
	const owners = await all('groupOwners', ids, 'owners')
	return new Map(
		ids.map((id) => [
			id,
			{
				members: members.get(id) ?? NOT_ASKED,
				transitiveMembers: transitive.get(id) ?? NOT_ASKED,
				owners: owners.get(id) ?? NOT_ASKED,
			},
		]),
	)
}

async function readPim(
	{ read }: GroupReader,
	id: string,
	properties: GraphRow<'groups'> | null,
	hasPim: boolean,
): Promise<Pick<RawGroup, 'active' | 'eligible' | 'schedules' | 'requests'>> {
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
		active: await pim('groupAssignmentScheduleInstances', 'assignmentScheduleInstances'),
		eligible: await pim('groupEligibilityScheduleInstances', 'eligibilityScheduleInstances'),
		schedules: await pim('groupAssignmentSchedules', 'assignmentSchedules'),
		requests: await pim('roleAssignmentScheduleRequests', 'assignmentScheduleRequests'),
	}
}
