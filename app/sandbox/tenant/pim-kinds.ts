import { z } from 'zod'
import { badRequest, notFound } from './errors.ts'
import { assignmentIdOf } from './assignment-id.ts'
import type { StoredRequest } from './state.ts'

/** The whole tenant, or an administrative unit. */
const SCOPE = /^\/(administrativeUnits\/[0-9a-f-]{36})?$/

const expirationSchema = z.union([
	z.strictObject({
		type: z.literal('noExpiration'),
		duration: z.null().optional(),
		endDateTime: z.null().optional(),
	}),
	z.strictObject({
		type: z.literal('afterDuration'),
		duration: z.string(),
		endDateTime: z.null().optional(),
	}),
	z.strictObject({
		type: z.literal('afterDateTime'),
		endDateTime: z.iso.datetime({ offset: true }),
		duration: z.null().optional(),
	}),
])
const common = {
	action: z.enum(['adminAssign', 'adminUpdate', 'adminRemove']),
	principalId: z.uuid(),
	justification: z.string().nullish(),
	isValidationOnly: z.boolean().optional(),
	ticketInfo: z
		.strictObject({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() })
		.nullish(),
	scheduleInfo: z
		.strictObject({
			startDateTime: z.iso.datetime({ offset: true }).nullish(),
			recurrence: z.null().optional(),
			expiration: expirationSchema,
		})
		.nullish(),
}
const roleBody = z
	.strictObject({ ...common, roleDefinitionId: z.uuid(), directoryScopeId: z.string() })
	.transform(({ roleDefinitionId, directoryScopeId, ...body }) => ({
		...body,
		place: { roleDefinitionId, directoryScopeId },
	}))
const groupBody = z
	.strictObject({ ...common, groupId: z.uuid(), accessId: z.enum(['member', 'owner']) })
	.transform(({ groupId, accessId, ...body }) => ({ ...body, place: { groupId, accessId } }))
export type Body = z.infer<typeof roleBody> | z.infer<typeof groupBody>
export type Row = Record<string, unknown>

/** What differs between PIM for directory roles and PIM for Groups. */
export type PimKind = {
	body: typeof roleBody | typeof groupBody
	/** Throws where there is no such place. */
	demandPlace: (place: Body['place']) => void
	scheduleId: (newId: () => string, place: Body['place']) => string
	/** How an instance and a schedule of it are told, beside what both kinds have. */
	instance: (r: StoredRequest) => Row
	schedule: (r: StoredRequest) => Row
	requestHead: Row
}

export const rolePim = (hasRole: (id: string) => boolean, hasScope: (scope: string) => boolean): PimKind => ({
	body: roleBody,
	demandPlace(place) {
		if (!('roleDefinitionId' in place)) return
		if (!SCOPE.test(place.directoryScopeId) || !hasScope(place.directoryScopeId))
			throw badRequest('InvalidScope', 'The scope is not valid.')
		if (!hasRole(place.roleDefinitionId)) throw notFound('RoleNotFound', 'The role is not found.')
	},
	scheduleId: (newId) => newId(),
	instance: (r) => ({
		appScopeId: null,
		assignmentType: r.isActivation === true ? 'Activated' : 'Assigned',
		memberType: 'Direct',
		roleAssignmentOriginId: assignmentIdOf(r),
		roleAssignmentScheduleId: r.targetScheduleId,
	}),
	schedule: (r) => ({
		appScopeId: null,
		assignmentType: r.isActivation === true ? 'Activated' : 'Assigned',
		memberType: 'Direct',
	}),
	requestHead: { appScopeId: null },
})

export const groupPim = (hasGroup: (id: string) => boolean): PimKind => ({
	body: groupBody,
	demandPlace(place) {
		if ('groupId' in place && !hasGroup(place.groupId))
			throw notFound('ResourceNotFound', 'The resource is not found.')
	},
	scheduleId: (newId, place) =>
		'groupId' in place ? `${place.groupId}_${place.accessId}_${newId()}` : newId(),
	instance: (r) => ({
		assignmentType: r.isActivation === true ? 'activated' : 'assigned',
		memberType: 'direct',
		assignmentScheduleId: r.targetScheduleId,
	}),
	schedule: (r) => ({
		assignmentType: r.isActivation === true ? 'activated' : 'assigned',
		memberType: 'direct',
	}),
	requestHead: {},
})
