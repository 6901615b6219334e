import { badRequest, notFound } from './errors.ts'
import type { createGroupEligibilities } from './group-eligibilities.ts'
import { filterRows, page, selectColumns } from './odata.ts'
import type { createPim } from './pim.ts'
import type { Answer, Asked, Context } from './surface.ts'

export const GROUP_PIM_PERMISSION = 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'
export const GROUP_ELIGIBILITY_READ = 'PrivilegedEligibilitySchedule.Read.AzureADGroup'
const GROUP_ELIGIBILITY_PERMISSION = 'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'
export const GROUP_ELIGIBILITY_REMOVAL = 'PrivilegedEligibilitySchedule.Remove.AzureADGroup'

const PATH = /^\/identityGovernance\/privilegedAccess\/group\/([A-Za-z]+)(?:\/([^/]+))?(?:\/(cancel))?$/

/** The calls of PIM for Groups, which lists nothing of the whole tenant. */
export function createGroupPim({
	pim,
	eligibilities,
	save,
	context,
}: {
	pim: ReturnType<typeof createPim>
	eligibilities: ReturnType<typeof createGroupEligibilities>
	save: () => void
	context: Context
}) {
	function answer(
		{ method, url, body, need }: Asked,
		collection: string,
		id: string | undefined,
		act: string | undefined,
	): Answer {
		const annotation = `${context()}identityGovernance/privilegedAccess/group/${collection}`
		if (collection === 'eligibilityScheduleRequests' && method === 'POST' && id === undefined) {
			need(GROUP_ELIGIBILITY_PERMISSION)
			const row = eligibilities.remove(body())
			save()
			return { status: 201, result: { '@odata.context': `${annotation}/$entity`, ...row } }
		}
		need(collection.startsWith('eligibility') ? GROUP_ELIGIBILITY_READ : GROUP_PIM_PERMISSION)
		if (collection === 'assignmentScheduleRequests' && method === 'POST' && act === 'cancel' && id) {
			pim.cancel(id)
			save()
			return { status: 204, result: null }
		}
		if (collection === 'assignmentScheduleRequests' && method === 'POST' && id === undefined) {
			const { row, isStored } = pim.post(body())
			if (isStored) save()
			return { status: 201, result: { '@odata.context': `${annotation}/$entity`, ...row } }
		}
		const rows = {
			assignmentScheduleRequests: pim.toldRequests,
			assignmentScheduleInstances: pim.toldInstances,
			assignmentSchedules: pim.toldSchedules,
			eligibilityScheduleInstances: eligibilities.instances,
		}[collection]
		if (method !== 'GET' || rows === undefined)
			throw badRequest('BadRequest', `Resource not found for the segment '${collection}'.`)
		const select = url.searchParams.get('$select')
		if (id !== undefined) {
			const found = rows().find((row) => row.id === id)
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			return {
				status: 200,
				result: { '@odata.context': `${annotation}/$entity`, ...selectColumns(found, select) },
			}
		}
		const filter = url.searchParams.get('$filter') ?? ''
		if (!/\b(groupId|principalId) eq /.test(filter))
			throw badRequest(
				'MissingParameters',
				'The required parameters GroupId or PrincipalId is missing in the request.',
			)
		return { status: 200, result: page(filterRows(rows(), filter), url, annotation) }
	}
	return {
		/** The answer to a call of PIM for Groups; null when it is about something else. Throws GraphError. */
		answer(asked: Asked): Answer | null {
			const path = PATH.exec(asked.path)
			return path ? answer(asked, path[1] ?? '', path[2], path[3]) : null
		},
	}
}
