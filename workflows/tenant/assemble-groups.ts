import { attempt, type KindOf } from './assembling.ts'
import type { GraphRow } from './graph-rows.ts'
import { instantOf, lower, nameOf } from './graph-values.ts'
import { laterPlaces, type ActiveNow } from './assemble-schedules.ts'
import { ticketsOf } from './own-marks.ts'
import type { RawGroup, RawTenant } from './raw-tenant.ts'
import { NOT_IN_THIS_CLOUD } from './tenant-picture.ts'
import type { GroupHolding, GroupList, PictureGroup, PictureMember } from './picture-holdings.ts'

/** Groups that matter, who is in them, and places that PIM for Groups gives or would give. */
export function groupsOf(
	raw: RawTenant,
	kindOf: KindOf,
): { groups: PictureGroup[]; holdings: GroupHolding[] } {
	const listed = new Map(raw.groups.read ? raw.groups.rows.map((row) => [lower(row.id), row]) : [])
	const groups: PictureGroup[] = []
	const holdings: GroupHolding[] = []
	for (const [objectId, lists] of raw.groupLists) {
		const properties = lists.properties ?? listed.get(objectId) ?? null
		const unread = new Set<GroupList>()
		if (properties === null) unread.add('properties')
		const members = membersOf(lists, kindOf, unread)
		const owners = lists.owners.read ? membersFrom(lists.owners.rows, true, kindOf) : []
		if (!lists.owners.read) unread.add('owners')
		const tickets = ticketsOf(lists.requests)
		if (!lists.requests.read) unread.add('requests')
		const active = placesOf('active', lists.active, kindOf, unread, tickets)
		const eligible = placesOf('eligible', lists.eligible, kindOf, unread)
		// Whoever PIM has put in stands in the plain list as well.
		const isEndKnown = !unread.has('active') || hasNoPim(lists.active)
		const inPim = new Set(active.map(({ relation, principalId }) => `${relation} ${principalId}`))
		const later = laterOf(lists.schedules, active, unread, (rows, now) =>
			laterPlaces(rows, kindOf, tickets, now, raw.readAt.toISOString()),
		)
		if (lists.policies?.read === false) unread.add('policies')
		holdings.push(...active, ...eligible, ...later)
		for (const [relation, rows] of [
			['member', members],
			['owner', owners],
		] as const)
			for (const row of rows)
				if (row.isDirect && !inPim.has(`${relation} ${row.objectId}`))
					holdings.push({
						groupId: objectId,
						relation,
						principalId: row.objectId,
						principalKind: row.kind,
						how: 'direct',
						from: null,
						until: null,
						isEndKnown,
						scheduleId: null,
						ticketNumbers: [],
					})
		groups.push({
			objectId,
			...propertiesOf(properties),
			members,
			owners,
			unread: [...unread].sort(),
		})
	}
	return { groups, holdings }
}

const UNLICENSED = 'AadPremiumLicenseRequired'

/** Where the cloud or the tenant has no PIM for groups, whoever is in the list was simply put there. */
const hasNoPim = (list: RawGroup['active']): boolean =>
	!list.read && (list.code === NOT_IN_THIS_CLOUD || list.code === UNLICENSED)

/** Places that begin later; what is active must be known to tell them from what has begun. */
function laterOf(
	list: RawGroup['schedules'],
	active: readonly GroupHolding[],
	unread: Set<GroupList>,
	from: (rows: readonly GraphRow<'groupAssignmentSchedules'>[], now: ActiveNow) => GroupHolding[],
): GroupHolding[] {
	const later: GroupHolding[] = []
	const state = attempt(() => {
		if (!list.read) return
		later.push(
			...from(list.rows, {
				isKnown: !unread.has('active'),
				scheduleIds: new Set(active.map(({ scheduleId }) => scheduleId ?? '')),
				keys: new Set(active.map(({ relation, principalId }) => `${relation} ${principalId}`)),
			}),
		)
	})
	if (list.read && state.read) return later
	unread.add('scheduled')
	return []
}

function propertiesOf(
	row: RawGroup['properties'],
): Pick<PictureGroup, 'displayName' | 'exists' | 'isRoleAssignable' | 'managed'> {
	if (row === null) return { displayName: null, exists: null, isRoleAssignable: null, managed: null }
	if (row === 'absent') return { displayName: null, exists: false, isRoleAssignable: null, managed: null }
	return {
		displayName: nameOf(row.displayName),
		exists: true,
		// Graph leaves it out, or says null, for groups that cannot hold roles.
		isRoleAssignable: row.isAssignableToRole ?? false,
		managed: row.onPremisesSyncEnabled === true ? 'onPremises' : isDynamic(row) ? 'dynamic' : 'cloud',
	}
}

const isDynamic = ({ groupTypes }: GraphRow<'groups'>) => (groupTypes ?? []).includes('DynamicMembership')

const membersFrom = (
	rows: readonly GraphRow<'groupMembers'>[],
	isDirect: boolean,
	kindOf: KindOf,
): PictureMember[] =>
	rows
		.map((row) => ({ objectId: lower(row.id), kind: kindOf(lower(row.id), row['@odata.type']), isDirect }))
		.sort((a, b) => (a.objectId < b.objectId ? -1 : 1))

/** Who is in it, and who is in groups in it. Where that could not be read, nobody is known to be the whole of it. */
function membersOf(lists: RawGroup, kindOf: KindOf, unread: Set<GroupList>): PictureMember[] {
	if (!lists.members.read) {
		unread.add('members')
		return []
	}
	const direct = membersFrom(lists.members.rows, true, kindOf)
	if (!direct.some(({ kind }) => kind === 'group')) return direct
	if (!lists.transitiveMembers.read) {
		unread.add('members')
		return []
	}
	const own = new Set(direct.map(({ objectId }) => objectId))
	const nested = membersFrom(lists.transitiveMembers.rows, false, kindOf)
	return [...direct, ...nested.filter(({ objectId }) => !own.has(objectId))]
}

function placesOf(
	list: 'active' | 'eligible',
	rows: RawGroup['active'] | RawGroup['eligible'],
	kindOf: KindOf,
	unread: Set<GroupList>,
	tickets: ReadonlyMap<string, readonly string[]> = new Map(),
): GroupHolding[] {
	if (!rows.read) {
		unread.add(list)
		return []
	}
	const holdings: GroupHolding[] = []
	const state = attempt(() => {
		for (const row of rows.rows)
			holdings.push({
				groupId: lower(row.groupId),
				relation: row.accessId,
				principalId: lower(row.principalId),
				principalKind: kindOf(lower(row.principalId)),
				how: list === 'active' ? 'pim' : 'eligible',
				from: instantOf(row.startDateTime),
				until: instantOf(row.endDateTime),
				isEndKnown: true,
				scheduleId: row.assignmentScheduleId ?? row.eligibilityScheduleId ?? null,
				ticketNumbers: [...(tickets.get(row.assignmentScheduleId ?? '') ?? [])],
			})
	})
	if (state.read) return holdings
	unread.add(list)
	return []
}
