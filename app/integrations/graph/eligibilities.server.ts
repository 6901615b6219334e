import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import type { EligibilityPort, GrantTarget } from '../grant-port.ts'
import { equals } from './client.server.ts'
import type { Lanes } from './lanes.server.ts'
import { reading, readPages } from './reading.server.ts'
import { writtenScope } from './role-scope.ts'
import { scheduleRequests, type PimKind } from './schedule-requests.server.ts'

const ROLES = '/roleManagement/directory'
const GROUPS = '/identityGovernance/privilegedAccess/group'

const roleSchema = z.object({
	roleDefinitionId: z.string(),
	directoryScopeId: z.string().nullish(),
	memberType: z.string().nullish(),
})
const groupSchema = z.object({ groupId: z.string(), accessId: z.string(), memberType: z.string().nullish() })
const isDirect = (memberType: string | null | undefined) =>
	(memberType ?? 'direct').toLowerCase() === 'direct'
const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/**
 * Takes eligibility away, which nothing here ever gives: who could activate a role or a place in a group at any moment has
 * standing privilege. A tenant without PIM has none of it.
 */
export function eligibilities(client: Client, lanes: Lanes): EligibilityPort {
	const removeAt = (order: GrantTarget & { justification: string }) => {
		const { place } = order
		const kind: Pick<PimKind, 'requests' | 'named'> =
			place.kind === 'role'
				? {
						requests: `${ROLES}/roleEligibilityScheduleRequests`,
						named: () => ({
							roleDefinitionId: place.roleDefinitionId,
							directoryScopeId: writtenScope(place.directoryScopeId),
						}),
					}
				: {
						requests: `${GROUPS}/eligibilityScheduleRequests`,
						named: () => ({ groupId: place.groupId, accessId: place.relation }),
					}
		return scheduleRequests(
			client,
			{
				...kind,
				instances: '',
				filter: () => '',
				instance: z.never(),
				instanceColumns: '',
				isListedWhole: false,
			},
			lanes,
		).remove(order)
	}
	return {
		remove: removeAt,
		isHeld: ({ principalId, place }) =>
			reading(async () => {
				if (place.kind === 'role') {
					const filter = `${equals('principalId', principalId)} and ${equals('roleDefinitionId', place.roleDefinitionId)}`
					const path = `${ROLES}/roleEligibilityScheduleInstances?$filter=${filter.replaceAll(' ', '%20')}&$select=id,roleDefinitionId,directoryScopeId,memberType`
					const rows = await readPages(client, path, roleSchema)
					return rows.some(
						(row) => isDirect(row.memberType) && isSame(row.directoryScopeId ?? '', place.directoryScopeId),
					)
				}
				const filter = `${equals('groupId', place.groupId)} and ${equals('principalId', principalId)}`
				const path = `${GROUPS}/eligibilityScheduleInstances?$filter=${filter.replaceAll(' ', '%20')}&$select=id,groupId,accessId,memberType`
				const rows = await readPages(client, path, groupSchema)
				return rows.some((row) => isDirect(row.memberType) && isSame(row.accessId, place.relation))
			}),
	}
}
