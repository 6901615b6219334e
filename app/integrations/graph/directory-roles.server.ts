import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import type { Place, RolePlace } from '#workflows/grants/place.ts'
import type { PlacePort } from '../grant-port.ts'
import { equals } from './client.server.ts'
import type { Lanes } from './lanes.server.ts'
import { dateOf } from './reading.server.ts'
import { writtenScope } from './role-scope.ts'
import { scheduleRequests, type Instance } from './schedule-requests.server.ts'

const instanceSchema = z
	.object({
		id: z.string(),
		principalId: z.string(),
		roleDefinitionId: z.string(),
		directoryScopeId: z.string().nullish(),
		memberType: z.string().nullish(),
		roleAssignmentScheduleId: z.string().nullish(),
		startDateTime: z.string().nullish(),
		endDateTime: z.string().nullish(),
	})
	.transform((row): Instance => ({
		id: row.id,
		principalId: row.principalId,
		scheduleId: row.roleAssignmentScheduleId ?? null,
		place: {
			kind: 'role',
			roleDefinitionId: row.roleDefinitionId,
			directoryScopeId: row.directoryScopeId ?? '',
		},
		isDirect: (row.memberType ?? 'Direct') === 'Direct',
		startsAt: dateOf(row.startDateTime),
		endsAt: dateOf(row.endDateTime),
	}))

/** Directory roles through Privileged Identity Management. */
export const directoryRoles = (client: Client, lanes: Lanes): PlacePort =>
	scheduleRequests(
		client,
		{
			requests: '/roleManagement/directory/roleAssignmentScheduleRequests',
			instances: '/roleManagement/directory/roleAssignmentScheduleInstances',
			named: (place) => {
				const { roleDefinitionId, directoryScopeId } = roleOf(place)
				return { roleDefinitionId, directoryScopeId: writtenScope(directoryScopeId) }
			},
			// Every scope: what is ours and stands in another one must be found as well.
			filter: (place) => equals('roleDefinitionId', roleOf(place).roleDefinitionId),
			instance: instanceSchema,
			instanceColumns:
				'id,principalId,roleDefinitionId,directoryScopeId,memberType,roleAssignmentScheduleId,startDateTime,endDateTime',
			isListedWhole: true,
		},
		lanes,
	)

function roleOf(place: Place): RolePlace {
	if (place.kind !== 'role') throw new TypeError('A place in a group is not a directory role.')
	return place
}
