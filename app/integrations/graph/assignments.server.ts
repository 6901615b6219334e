import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import type { AssignmentPort } from '../grant-port.ts'
import { equals } from './client.server.ts'
import { reading, readPages } from './reading.server.ts'

const ASSIGNMENTS = '/roleManagement/directory/roleAssignments'
const assignmentSchema = z.object({ roleDefinitionId: z.string(), directoryScopeId: z.string().nullish() })
const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/**
 * The assignments of directory roles themselves, which is what the directory goes by: the lists of PIM follow them after a while,
 * in either direction. Who is in a group is no assignment of a role.
 */
export const assignments = (client: Client): AssignmentPort => ({
	isListed: ({ principalId, place }) =>
		reading(async () => {
			if (place.kind === 'group') return false
			const filter = equals('principalId', principalId).replaceAll(' ', '%20')
			const path = `${ASSIGNMENTS}?$filter=${filter}&$select=id,roleDefinitionId,directoryScopeId`
			const rows = await readPages(client, path, assignmentSchema)
			return rows.some(
				(row) =>
					isSame(row.roleDefinitionId, place.roleDefinitionId) &&
					isSame(row.directoryScopeId ?? '', place.directoryScopeId),
			)
		}),
})
