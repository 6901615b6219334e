import type { Client } from '@microsoft/microsoft-graph-client'
import type { z } from 'zod'
import { fateOf } from '#workflows/grants/request-fate.ts'
import { timesOf } from '#workflows/tenant/assemble-schedules.ts'
import { groupScheduleRow, requestRow, roleScheduleRow } from '#workflows/tenant/graph-rows.ts'
import type { GrantTarget, Schedule, SchedulePort } from '../grant-port.ts'
import { equals } from './client.server.ts'
import type { Capability } from './clouds.ts'
import { reading, readPages } from './reading.server.ts'

const ROLES = '/roleManagement/directory'
const GROUPS = '/identityGovernance/privilegedAccess/group'
const TIMES = 'memberType,status,createdUsing,scheduleInfo'
const WHOLE_TENANT = '/'

/** Statuses of a request that was not made into an assignment: it is cancelled. Everything else is removed. */
const CANCELABLE: ReadonlySet<string> = new Set([
	'Granted',
	'PendingApproval',
	'PendingAdminDecision',
	'PendingProvisioning',
	'PendingScheduleCreation',
])

const TAKES_AWAY: ReadonlySet<string> = new Set(['adminRemove', 'selfDeactivate'])

type Row = z.infer<typeof roleScheduleRow> | z.infer<typeof groupScheduleRow>

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/**
 * Schedules of PIM, which stand before what they give begins. A cloud without PIM has none, and a plain list of members
 * knows of none.
 */
export const schedules = (client: Client, lacks: readonly Capability[], now: () => Date): SchedulePort => ({
	read: (target) => {
		const kind = kindOf(target, lacks)
		return kind === null ? Promise.resolve([]) : reading(() => readSchedules(client, target, kind, now()))
	},
})

type Kind = { schedules: string; requests: string; columns: string; place: string; row: z.ZodType<Row> }

function kindOf({ place }: GrantTarget, lacks: readonly Capability[]): Kind | null {
	if (place.kind === 'role')
		return lacks.includes('pim-roles')
			? null
			: {
					schedules: `${ROLES}/roleAssignmentSchedules`,
					requests: `${ROLES}/roleAssignmentScheduleRequests`,
					columns: `id,principalId,roleDefinitionId,directoryScopeId,appScopeId,${TIMES}`,
					place: equals('roleDefinitionId', place.roleDefinitionId),
					row: roleScheduleRow,
				}
	return place.by === 'membership' || lacks.includes('pim-groups')
		? null
		: {
				schedules: `${GROUPS}/assignmentSchedules`,
				requests: `${GROUPS}/assignmentScheduleRequests`,
				columns: `id,principalId,groupId,accessId,${TIMES}`,
				place: equals('groupId', place.groupId),
				row: groupScheduleRow,
			}
}

async function readSchedules(
	client: Client,
	{ principalId, place }: GrantTarget,
	kind: Kind,
	now: Date,
): Promise<Schedule[]> {
	const query = `?$filter=${`${kind.place} and ${equals('principalId', principalId)}`.replaceAll(' ', '%20')}&$select=`
	const isHere = (row: Row) =>
		place.kind === 'role'
			? 'roleDefinitionId' in row &&
				isSame(row.directoryScopeId ?? row.appScopeId ?? WHOLE_TENANT, place.directoryScopeId)
			: 'accessId' in row && row.accessId === place.relation
	const rows = (await readPages(client, `${kind.schedules}${query}${kind.columns}`, kind.row)).filter(
		(row) => isHere(row) && isSame(row.memberType ?? 'direct', 'direct'),
	)
	const found = rows.flatMap((row) => {
		const { from, until } = timesOf(row.scheduleInfo)
		const isOver =
			(row.status && fateOf(row.status) === 'over') || (until !== null && until <= now.toISOString())
		return isOver ? [] : [{ row, startsAt: from === null ? null : new Date(from) }]
	})
	const isAhead = ({ startsAt }: { startsAt: Date | null }) => startsAt !== null && startsAt > now
	if (!found.some(isAhead))
		return found.map(({ row, startsAt }) => ({ scheduleId: row.id, startsAt, cancel: null }))
	const requests = await readPages(
		client,
		`${kind.requests}${query}id,action,status,targetScheduleId,ticketInfo`,
		requestRow,
	)
	return found.map((each) => {
		const { row, startsAt } = each
		// A removal names the schedule as well: what takes it away is not what made it.
		const behind =
			requests.find(({ id }) => id === row.createdUsing) ??
			requests.find(
				({ id, action, targetScheduleId }) =>
					!TAKES_AWAY.has(action ?? '') && (targetScheduleId ?? id) === row.id,
			)
		const isGranted = isAhead(each) && behind !== undefined && CANCELABLE.has(behind.status ?? '')
		return { scheduleId: row.id, startsAt, cancel: isGranted ? behind.id : null }
	})
}
