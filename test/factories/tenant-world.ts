import type { FindingKind } from '#workflows/charter/entra.schema.ts'
import type { ApprovedGrant } from '#workflows/grants/approved-grants.ts'
import type { Accounts } from '#workflows/grants/comparison.ts'
import { governedBy } from '#workflows/grants/governed.ts'
import type { GroupPlace, Place, RolePlace } from '#workflows/grants/place.ts'
import type { ReconcileInput } from '#workflows/grants/reconcile.ts'
import { emptyPicture, PICTURE_PARTS, type TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import {
	isActive,
	type GroupHolding,
	type PictureGroup,
	type RoleHolding,
} from '#workflows/tenant/picture-holdings.ts'

/** A small tenant and a small charter, for what compares the two. */
export const NOW = '2026-12-01T12:00:00.000Z'
export const later = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString()
const HOUR = 3_600_000

export const USERS = ['user-1', 'user-2', 'user-3', 'user-4'] as const
export const GUEST = 'guest-1'
export const STRANGER = 'stranger-1'
export const MACHINE = 'machine-1'
export const BREAK_GLASS = 'glass-1'
export const ROLE: RolePlace = { kind: 'role', roleDefinitionId: 'role-a', directoryScopeId: '/' }
export const UNIT_ROLE: RolePlace = {
	kind: 'role',
	roleDefinitionId: 'role-b',
	directoryScopeId: '/administrativeUnits/unit-1',
}
export const GROUP: GroupPlace = { kind: 'group', groupId: 'group-a', relation: 'member', by: 'pim' }
export const PLACES = [ROLE, UNIT_ROLE, GROUP] as const
/** Holds a role where a test says so; no charter gives it. */
export const OTHER_GROUP = 'group-b'

export const roles = {
	alpha: access({ roleTemplateId: 'role-a', scope: '/' }),
	beta: access({ roleTemplateId: 'role-b', scope: '/administrativeUnits/unit-1' }),
	gamma: access({ groupId: 'group-a', relation: 'member' }),
} as unknown as ReconcileInput['charter']['roles']
function access(entra: unknown) {
	return { access: { entra } }
}

export const charterWith = (
	findings: Partial<Record<FindingKind, unknown>> = {},
	more: Record<string, unknown> = {},
): ReconcileInput['charter'] =>
	({
		roles,
		entra: {
			endSessions: false,
			findings,
			breakGlassAccounts: [{ objectId: BREAK_GLASS, title: 'One' }],
			...more,
		},
	}) as unknown as ReconcileInput['charter']

export const ALL_REMOVE: Partial<Record<FindingKind, unknown>> = {
	outOfBand: 'remove',
	wrongEnd: 'remove',
	wrongScope: 'remove',
	permanent: 'remove',
	ineligibleHolder: 'remove',
	guestOrServicePrincipal: 'remove',
}

/** People are those of USERS; nobody else is anybody here. */
export const accounts = (unfit: readonly string[] = []): Accounts => ({
	personOf: (objectId) => ((USERS as readonly string[]).includes(objectId) ? `person-of-${objectId}` : null),
	kindOf: () => null,
	isGuest: (objectId) => objectId === GUEST,
	refusals: (personId) => (unfit.includes(personId.replace('person-of-', '')) ? ['CLEARANCE'] : []),
	isBreakGlass: (objectId) => objectId === BREAK_GLASS,
})

export function grantOf(principalId: string, place: Place, more: Partial<ApprovedGrant> = {}): ApprovedGrant {
	return {
		grantId: `grant of ${principalId} at ${JSON.stringify(place)}`,
		personId: `person-of-${principalId}`,
		principalId,
		place,
		state: 'active',
		startsAt: later(-HOUR),
		endsAt: later(HOUR),
		closedAt: null,
		scheduleId: null,
		acceptedDrift: null,
		...more,
	}
}

export function roleHolding(principalId: string, place: Place, more: Partial<RoleHolding> = {}): RoleHolding {
	if (place.kind !== 'role') throw new TypeError('A place in a group is no role.')
	return {
		principalId,
		principalKind: kindOf(principalId),
		roleDefinitionId: place.roleDefinitionId,
		directoryScopeId: place.directoryScopeId,
		how: 'assigned',
		memberType: 'direct',
		from: later(-HOUR),
		until: later(HOUR),
		isEndKnown: true,
		scheduleId: `schedule ${principalId}`,
		assignmentId: null,
		ticketNumbers: [],
		...more,
	}
}

export function groupHolding(
	principalId: string,
	groupId: string,
	more: Partial<GroupHolding> = {},
): GroupHolding {
	return {
		groupId,
		relation: 'member',
		principalId,
		principalKind: kindOf(principalId),
		how: 'pim',
		from: later(-HOUR),
		until: later(HOUR),
		isEndKnown: true,
		scheduleId: null,
		ticketNumbers: [],
		...more,
	}
}

function kindOf(principalId: string): RoleHolding['principalKind'] {
	if (principalId === MACHINE) return 'servicePrincipal'
	return principalId.startsWith('group-') ? 'group' : 'user'
}

export function groupOf(objectId: string, members: readonly string[] = []): PictureGroup {
	return {
		objectId,
		displayName: objectId,
		exists: true,
		isRoleAssignable: true,
		managed: 'cloud',
		members: members.map((id) => ({ objectId: id, kind: kindOf(id), isDirect: true })),
		owners: [],
		unread: [],
	}
}

/** Everything was read. */
export function pictureOf(lists: Partial<TenantPicture>): TenantPicture {
	const groupHoldings = lists.groupHoldings ?? []
	const members = (groupId: string) =>
		groupHoldings.filter((row) => row.groupId === groupId && isActive(row)).map((row) => row.principalId)
	return {
		...emptyPicture('tenant', NOW),
		parts: Object.fromEntries(PICTURE_PARTS.map((part) => [part, { read: true }])) as TenantPicture['parts'],
		groups: [groupOf('group-a', members('group-a')), groupOf(OTHER_GROUP, members(OTHER_GROUP))],
		...lists,
	}
}

/** The tenant as it is when it holds exactly what these grants give. */
export function asApproved(grants: readonly ApprovedGrant[]): TenantPicture {
	const live = grants.filter(({ state }) => state === 'active')
	const row = (grant: ApprovedGrant) => ({
		from: grant.startsAt,
		until: grant.endsAt,
		ticketNumbers: [grant.grantId],
	})
	return pictureOf({
		roleHoldings: live.flatMap((grant) =>
			grant.place.kind === 'role' ? [roleHolding(grant.principalId, grant.place, row(grant))] : [],
		),
		groupHoldings: live.flatMap((grant) =>
			grant.place.kind === 'group' ? [groupHolding(grant.principalId, grant.place.groupId, row(grant))] : [],
		),
	})
}

export function inputOf(
	grants: readonly ApprovedGrant[],
	more: Partial<ReconcileInput> = {},
): ReconcileInput {
	const charter = more.charter ?? charterWith()
	return {
		charter,
		governed: governedBy(charter, 'pim'),
		grants,
		before: grants,
		accounts: accounts(),
		remembered: [],
		policies: new Map(),
		now: NOW,
		...more,
	}
}
