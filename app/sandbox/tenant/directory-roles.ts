import { createEligibilities } from './eligibilities.ts'
import { filterRows, page, selectColumns } from './odata.ts'
import { createPim } from './pim.ts'
import type { PimSettings } from './pim-lists.ts'
import { rolePim } from './pim-kinds.ts'
import type { TenantState } from './state.ts'
import { withPrincipal, type TypeOf } from './principals.ts'
import { listOrOne, type Answer, type Asked, type Context } from './surface.ts'
import { notFound } from './errors.ts'

export type SandboxRole = { id: string; displayName: string }

export const PIM_PERMISSION = 'RoleAssignmentSchedule.ReadWrite.Directory'
const ELIGIBILITY_PERMISSION = 'RoleEligibilitySchedule.ReadWrite.Directory'
export const ELIGIBILITY_READ = 'RoleEligibilitySchedule.Read.Directory'
export const ELIGIBILITY_REMOVAL = 'RoleEligibilitySchedule.Remove.Directory'
const ASSIGNMENTS_WRITE = 'RoleManagement.ReadWrite.Directory'
export const ASSIGNMENTS_READ = ['RoleManagement.Read.Directory', ASSIGNMENTS_WRITE]
const ELIGIBILITIES_READ = [
	ELIGIBILITY_READ,
	ELIGIBILITY_PERMISSION,
	'RoleManagement.Read.All',
	...ASSIGNMENTS_READ,
]
const PATH = /^\/roleManagement\/directory\/([A-Za-z]+)(?:\/([^/]+))?(?:\/(cancel))?$/

/** Directory roles: their definitions, PIM for them, and who could activate one. */
export function createDirectoryRoles({
	state,
	save,
	roles,
	typeOf,
	now,
	newId,
	settings,
	olderMs,
	context,
}: {
	state: TenantState
	save: () => void
	roles: readonly SandboxRole[]
	typeOf: TypeOf
	now: () => number
	newId: () => string
	settings: PimSettings
	olderMs: () => number
	context: Context
}) {
	/** Ids of roles, and scopes, that are not there any more. */
	const gone = new Set<string>()
	const pim = createPim({
		requests: state.requests,
		kind: rolePim(
			(id) => !gone.has(id) && roles.some((role) => role.id === id),
			(scope) => !gone.has(scope),
		),
		directory: { hasUser: (id) => typeOf(id) !== null, isThere: (id) => typeOf(id) !== null },
		now,
		newId,
		settings,
		olderMs,
	})
	const eligibilities = createEligibilities(state, { now, newId })

	function requestsAnswer({ method, url, body }: Asked, id: string | undefined, act: string | undefined) {
		const annotation = `${context()}roleManagement/directory/roleAssignmentScheduleRequests`
		if (method === 'POST' && act === 'cancel' && id) {
			pim.cancel(id)
			save()
			return { status: 204, result: null }
		}
		if (method === 'POST' && !id) {
			const { row, isStored } = pim.post(body())
			if (isStored) save()
			return { status: 201, result: { '@odata.context': `${annotation}/$entity`, ...row } }
		}
		if (method !== 'GET') return null
		if (!id) {
			const rows = filterRows(pim.toldRequests(), url.searchParams.get('$filter'))
			return { status: 200, result: page(rows, url, annotation) }
		}
		const row = selectColumns(pim.request(id), url.searchParams.get('$select'))
		return { status: 200, result: { '@odata.context': `${annotation}/$entity`, ...row } }
	}

	/** The plain list: what PIM assigned stands in it as well. */
	function assignmentsAnswer(asked: Asked, id: string | undefined): Answer | null {
		if (asked.method === 'GET') {
			asked.demand(...ASSIGNMENTS_READ)
			return listOrOne(asked, context, withPrincipal(pim.assignments(), asked, typeOf), id)
		}
		if (asked.method !== 'DELETE' || id === undefined) return null
		asked.demand(ASSIGNMENTS_WRITE)
		if (!pim.removeDirectly(decodeURIComponent(id)))
			throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
		save()
		return { status: 204, result: null }
	}

	return {
		answer(asked: Asked): Answer | null {
			const matched = PATH.exec(asked.path)
			if (!matched) return null
			const [, collection, id, act] = matched
			if (collection === 'roleDefinitions') {
				asked.demand(...ASSIGNMENTS_READ, 'RoleManagement.Read.All', 'Directory.Read.All')
				const there = roles.filter((role) => !gone.has(role.id))
				const rows = there.map((role) => ({ ...role, templateId: role.id, isEnabled: true, isBuiltIn: true }))
				return listOrOne(asked, context, rows, id)
			}
			if (collection === 'roleAssignments') return assignmentsAnswer(asked, id)
			if (collection === 'roleEligibilityScheduleRequests' && asked.method === 'POST' && !id) {
				asked.need(ELIGIBILITY_PERMISSION)
				const row = eligibilities.remove(asked.body())
				save()
				const annotation = `${context()}roleManagement/directory/${collection}/$entity`
				return { status: 201, result: { '@odata.context': annotation, ...row } }
			}
			if (collection?.startsWith('roleEligibility')) asked.demand(...ELIGIBILITIES_READ)
			else asked.need(PIM_PERMISSION)
			if (collection === 'roleAssignmentScheduleRequests') return requestsAnswer(asked, id, act)
			if (asked.method !== 'GET') return null
			if (collection === 'roleAssignmentScheduleInstances')
				return listOrOne(asked, context, withPrincipal(pim.toldInstances(), asked, typeOf), id)
			if (collection === 'roleEligibilityScheduleInstances')
				return listOrOne(asked, context, withPrincipal(eligibilities.instances(), asked, typeOf), id)
			if (collection === 'roleAssignmentSchedules')
				return listOrOne(asked, context, withPrincipal(pim.toldSchedules(), asked, typeOf), id)
			return null
		},
		ids: () => [...new Set(roles.map(({ id }) => id))],
		isGone: (id: string) => gone.has(id),
		/** Roles that a principal holds now for the whole tenant, in its own name. */
		heldBy: (principalId: string): string[] =>
			pim
				.toldInstances()
				.filter((row) => row.principalId === principalId && row.directoryScopeId === '/')
				.map((row) => String(row.roleDefinitionId)),
		pim,
		/** What an administrator does to role assignments beside Charterkeep; for tests. */
		acts: {
			/** Gives a role for eight hours, as in the portal. */
			assignBeside(principalId: string, roleDefinitionId: string): void {
				pim.post({
					action: 'adminAssign',
					principalId,
					roleDefinitionId,
					directoryScopeId: '/',
					justification: 'beside',
					scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT8H' } },
				})
				save()
			},
			/** Gives a role from a later time on, marked or not. */
			assignLater(
				principalId: string,
				roleDefinitionId: string,
				startAt: Date,
				endAt: Date,
				{ directoryScopeId = '/', grantId }: { directoryScopeId?: string; grantId?: string } = {},
			): void {
				pim.post({
					action: 'adminAssign',
					principalId,
					roleDefinitionId,
					directoryScopeId,
					justification: 'beside',
					...(grantId === undefined
						? {}
						: { ticketInfo: { ticketNumber: grantId, ticketSystem: 'Charterkeep' } }),
					scheduleInfo: {
						startDateTime: startAt.toISOString(),
						expiration: { type: 'afterDateTime', endDateTime: endAt.toISOString() },
					},
				})
				save()
			},
			/** Somebody who is eligible activates a role from a later time on. */
			activateLater(principalId: string, roleDefinitionId: string, startAt: Date, endAt: Date): void {
				const place = { roleDefinitionId, directoryScopeId: '/' }
				pim.activateLater(principalId, place, startAt.getTime(), endAt.getTime())
				save()
			},
			/** Gives a role for good past PIM; the id of the assignment. */
			assignDirectly(principalId: string, roleDefinitionId: string, directoryScopeId = '/'): string {
				const id = pim.assignDirectly(principalId, { roleDefinitionId, directoryScopeId })
				save()
				return id
			},
			/** Assignments that stand since before, marked as those of grants; written in one go. */
			seedAssignments(
				rows: readonly {
					principalId: string
					roleDefinitionId: string
					/** Null where somebody gave it beside Charterkeep. */
					grantId: string | null
					startAt: number
					endAt: number | null
				}[],
			): void {
				for (const { principalId, roleDefinitionId, grantId, startAt, endAt } of rows) {
					const id = newId()
					state.requests.push({
						id,
						action: 'adminAssign',
						principalId,
						place: { roleDefinitionId, directoryScopeId: '/' },
						justification: 'seeded',
						ticketNumber: grantId,
						ticketSystem: grantId === null ? null : 'Charterkeep',
						targetScheduleId: id,
						createdAt: startAt,
						provisionAt: startAt,
						endAt,
						expirationType: endAt === null ? 'noExpiration' : 'afterDateTime',
						removedAt: null,
						canceledAt: null,
					})
				}
				save()
			},
			/** A role, or an administrative unit by its scope, is deleted: what was given there is gone with it. */
			deletePlace(id: string): void {
				gone.add(id)
				for (const request of state.requests)
					if (Object.values(request.place).includes(id)) request.removedAt ??= now()
				save()
			},
			/** Gives the next assignment that is asked for this status, and nobody what it asks for. */
			decideNext: pim.decideNext,
			/** Refuses removals of what is gone with its principal or its place. */
			refuseGone: pim.refuseGone,
			/** Takes an assignment away past PIM; false where there is none. */
			removeDirectly(id: string): boolean {
				const isDone = pim.removeDirectly(id)
				save()
				return isDone
			},
			/** Makes somebody eligible, who has not activated it. */
			makeEligible(principalId: string, roleDefinitionId: string): void {
				eligibilities.add(principalId, roleDefinitionId)
				save()
			},
			/** Changes the standing assignment of this person and role; false where none stands. */
			changeBeside(
				principalId: string,
				roleDefinitionId: string,
				change: Parameters<typeof pim.meddle>[2],
			): boolean {
				const isDone = pim.meddle(principalId, roleDefinitionId, change)
				save()
				return isDone
			},
		},
	}
}
