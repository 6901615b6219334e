import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import type { GroupPlace, Place } from '#workflows/grants/place.ts'
import type { PlacePort } from '../grant-port.ts'
import { equals } from './client.server.ts'
import type { Lanes } from './lanes.server.ts'
import { dateOf } from './reading.server.ts'
import { scheduleRequests, type Instance } from './schedule-requests.server.ts'

const instanceSchema = z
	.object({
		id: z.string(),
		principalId: z.string(),
		groupId: z.string(),
		accessId: z.enum(['member', 'owner']),
		memberType: z.string().nullish(),
		assignmentScheduleId: z.string().nullish(),
		startDateTime: z.string().nullish(),
		endDateTime: z.string().nullish(),
	})
	.transform((row): Instance => ({
		id: row.id,
		principalId: row.principalId,
		scheduleId: row.assignmentScheduleId ?? null,
		place: { kind: 'group', groupId: row.groupId, relation: row.accessId, by: 'pim' },
		isDirect: (row.memberType ?? 'direct') === 'direct',
		startsAt: dateOf(row.startDateTime),
		endsAt: dateOf(row.endDateTime),
	}))

/** Places in groups through PIM for Groups. Its first request puts a group under PIM for good. */
export const pimGroups = (client: Client, lanes: Lanes): PlacePort =>
	scheduleRequests(
		client,
		{
			requests: '/identityGovernance/privilegedAccess/group/assignmentScheduleRequests',
			instances: '/identityGovernance/privilegedAccess/group/assignmentScheduleInstances',
			named: (place) => {
				const { groupId, relation } = groupOf(place)
				return { groupId, accessId: relation }
			},
			// Both relations: what is ours and stands as the other one must be found as well.
			filter: (place) => equals('groupId', groupOf(place).groupId),
			instance: instanceSchema,
			instanceColumns:
				'id,principalId,groupId,accessId,memberType,assignmentScheduleId,startDateTime,endDateTime',
			// Graph asks for the group or the person.
			isListedWhole: false,
		},
		lanes,
	)

/** The place in a group, or a TypeError where it is a directory role. */
export function groupOf(place: Place): GroupPlace {
	if (place.kind !== 'group') throw new TypeError('A directory role is not a place in a group.')
	return place
}
