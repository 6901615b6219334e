import { attempt, type KindOf } from './assembling.ts'
import type { GraphRow } from './graph-rows.ts'
import { instantOf, lower } from './graph-values.ts'
import { laterRoles } from './assemble-schedules.ts'
import { ticketsOf } from './own-marks.ts'
import type { RawTenant } from './raw-tenant.ts'
import type { PartState } from './tenant-picture.ts'
import type { RoleHolding } from './picture-holdings.ts'

const WHOLE_TENANT = '/'

type RoleParts = Record<
	'roleInstances' | 'roleAssignments' | 'roleEligibilities' | 'roleSchedules' | 'ownRequests',
	PartState
>

/**
 * Directory roles: instances as PIM lists them, plain assignments that it does not (yet) list, schedules that are still to
 * begin, and who is eligible. An
 * assignment made past PIM is listed there too, with a schedule that no request made: its id is that of the assignment.
 */
export function roleHoldingsOf(
	raw: RawTenant,
	kindOf: KindOf,
): { holdings: RoleHolding[]; parts: RoleParts } {
	const tickets = ticketsOf(raw.requests)
	const active: RoleHolding[] = []
	const eligible: RoleHolding[] = []
	const plain: RoleHolding[] = []
	const taken = (
		list: { read: false; why: string; code: string | null } | { read: true },
		run: () => void,
	) => (list.read ? attempt(run) : (list as PartState))
	const parts: Omit<RoleParts, 'roleSchedules'> = {
		ownRequests: raw.requests.read ? { read: true } : raw.requests,
		roleInstances: taken(raw.roleInstances, () => {
			if (raw.roleInstances.read)
				active.push(...raw.roleInstances.rows.map((row) => instance(row, kindOf, tickets)))
		}),
		roleEligibilities: taken(raw.eligibilities, () => {
			if (raw.eligibilities.read)
				eligible.push(...raw.eligibilities.rows.map((row) => eligibility(row, kindOf)))
		}),
		roleAssignments: taken(raw.roleAssignments, () => {
			if (raw.roleAssignments.read)
				plain.push(...raw.roleAssignments.rows.map((row) => assignment(row, kindOf)))
		}),
	}
	// A part that breaks off leaves nothing, so that nothing half read is judged.
	const instances = parts.roleInstances.read ? active : []
	const listed = new Set(instances.flatMap((row) => [row.assignmentId ?? '', keyOf(row)]))
	const beside = parts.roleAssignments.read
		? plain.filter((row) => !listed.has(row.assignmentId ?? '') && !listed.has(keyOf(row)))
		: []
	const later: RoleHolding[] = []
	const roleSchedules = taken(raw.roleSchedules, () => {
		if (!raw.roleSchedules.read) return
		const active = {
			isKnown: parts.roleInstances.read,
			scheduleIds: new Set(instances.map(({ scheduleId }) => scheduleId ?? '')),
			keys: new Set([...instances, ...beside].map(keyOf)),
		}
		const toHolding = (row: GraphRow<'roleAssignmentSchedules'>) => scheduled(row, kindOf, tickets)
		later.push(...laterRoles(raw.roleSchedules.rows, toHolding, keyOf, active, raw.readAt.toISOString()))
	})
	return {
		holdings: [...instances, ...beside, ...later, ...(parts.roleEligibilities.read ? eligible : [])],
		parts: { ...parts, roleSchedules },
	}
}

const keyOf = (row: Pick<RoleHolding, 'principalId' | 'roleDefinitionId' | 'directoryScopeId'>) =>
	`${row.principalId} ${row.roleDefinitionId} ${row.directoryScopeId}`

const memberTypeOf = (text: string | null | undefined): RoleHolding['memberType'] => {
	const type = text?.toLowerCase() ?? 'direct'
	return type === 'group' || type === 'inherited' ? type : 'direct'
}

const placeOf = (row: {
	roleDefinitionId: string
	directoryScopeId?: string | null | undefined
	appScopeId?: string | null | undefined
}) => ({
	roleDefinitionId: lower(row.roleDefinitionId),
	// A role in one application alone is no role of the tenant, and has another scope than any of a charter.
	directoryScopeId: lower(row.directoryScopeId ?? row.appScopeId ?? WHOLE_TENANT),
})

function instance(
	row: GraphRow<'roleAssignmentScheduleInstances'>,
	kindOf: KindOf,
	tickets: ReadonlyMap<string, readonly string[]>,
): RoleHolding {
	const scheduleId = row.roleAssignmentScheduleId ?? null
	const assignmentId = row.roleAssignmentOriginId ?? null
	const principalId = lower(row.principalId)
	const isActivated = row.assignmentType?.toLowerCase() === 'activated'
	const isDirect = scheduleId === null || (assignmentId !== null && scheduleId === assignmentId)
	return {
		principalId,
		principalKind: kindOf(principalId, row.principal?.['@odata.type']),
		...placeOf(row),
		how: isActivated ? 'activated' : isDirect ? 'direct' : 'assigned',
		memberType: memberTypeOf(row.memberType),
		from: instantOf(row.startDateTime),
		until: instantOf(row.endDateTime),
		isEndKnown: true,
		scheduleId,
		assignmentId,
		ticketNumbers: [...(tickets.get(scheduleId ?? '') ?? [])],
	}
}

function scheduled(
	row: GraphRow<'roleAssignmentSchedules'>,
	kindOf: KindOf,
	tickets: ReadonlyMap<string, readonly string[]>,
): Omit<RoleHolding, 'from' | 'until' | 'isEndKnown'> {
	const principalId = lower(row.principalId)
	return {
		principalId,
		principalKind: kindOf(principalId, row.principal?.['@odata.type']),
		...placeOf(row),
		how: 'scheduled',
		memberType: memberTypeOf(row.memberType),
		scheduleId: row.id,
		assignmentId: null,
		ticketNumbers: [...(tickets.get(row.id) ?? [])],
	}
}

function eligibility(row: GraphRow<'roleEligibilityScheduleInstances'>, kindOf: KindOf): RoleHolding {
	const principalId = lower(row.principalId)
	return {
		principalId,
		principalKind: kindOf(principalId, row.principal?.['@odata.type']),
		...placeOf(row),
		how: 'eligible',
		memberType: memberTypeOf(row.memberType),
		from: instantOf(row.startDateTime),
		until: instantOf(row.endDateTime),
		isEndKnown: true,
		scheduleId: row.roleEligibilityScheduleId ?? null,
		assignmentId: null,
		ticketNumbers: [],
	}
}

/** What PIM does not list: it may have come this moment, or there is no PIM. Either way no end is told. */
function assignment(row: GraphRow<'roleAssignments'>, kindOf: KindOf): RoleHolding {
	const principalId = lower(row.principalId)
	return {
		principalId,
		principalKind: kindOf(principalId, row.principal?.['@odata.type']),
		...placeOf(row),
		how: 'direct',
		memberType: 'direct',
		from: null,
		until: null,
		isEndKnown: false,
		scheduleId: null,
		assignmentId: row.id,
		ticketNumbers: [],
	}
}
