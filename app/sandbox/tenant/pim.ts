import { z } from 'zod'
import { durationMs } from '#workflows/shared/instants.ts'
import { badRequest, notFound } from './errors.ts'
import type { StoredRequest, TenantState } from './state.ts'

export type PimSettings = {
	/** From the answer 201 to status Provisioned. */
	provisioningMs: number
	/** From there to the instance being listed, and from a removal to its being gone. */
	visibilityMs: number
	/** How long a new request answers 404 to a GET. */
	requestVisibilityMs: number
	/** Cap of the role policy's expiration rule. */
	maximumDurationMs: number
}

export const DEFAULT_PIM: PimSettings = {
	provisioningMs: 600,
	visibilityMs: 500,
	requestVisibilityMs: 150,
	maximumDurationMs: 24 * 3_600_000,
}

const MINIMUM_ACTIVE_MS = 5 * 60_000

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
const bodySchema = z.strictObject({
	action: z.enum(['adminAssign', 'adminUpdate', 'adminRemove']),
	principalId: z.uuid(),
	roleDefinitionId: z.uuid(),
	directoryScopeId: z.string(),
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
})
type Body = z.infer<typeof bodySchema>
type Row = Record<string, unknown>

export type Directory = { hasUser(id: string): boolean; hasRole(id: string): boolean }

/** Privileged Identity Management for directory roles, with the behaviour that its callers trip over. */
export function createPim({
	state,
	directory,
	now,
	newId,
	settings,
}: {
	state: TenantState
	directory: Directory
	now: () => number
	newId: () => string
	settings: PimSettings
}) {
	const sameTarget = (a: Body | StoredRequest, b: StoredRequest) =>
		a.principalId === b.principalId &&
		a.roleDefinitionId === b.roleDefinitionId &&
		a.directoryScopeId === b.directoryScopeId
	const isOver = (r: StoredRequest) =>
		r.canceledAt !== null || r.removedAt !== null || (r.endAt !== null && r.endAt <= now())
	const current = (target: Body) =>
		state.requests.find((r) => r.action === 'adminAssign' && sameTarget(target, r) && !isOver(r))

	/** The end that is asked for, as far as the role's policy allows it. */
	function allowedEnd(body: Body) {
		if (!body.scheduleInfo)
			throw badRequest(
				'InvalidRoleAssignmentRequestSchedule',
				'The schedule of the role assignment request is invalid.',
			)
		if (!directory.hasUser(body.principalId)) throw notFound('SubjectNotFound', 'The subject is not found.')
		if (!directory.hasRole(body.roleDefinitionId)) throw notFound('RoleNotFound', 'The role is not found.')
		const { endAt, expirationType } = endOf(body.scheduleInfo, now())
		const active = (endAt ?? Infinity) - now()
		if (active < MINIMUM_ACTIVE_MS) throw tooShort()
		const failed = [
			...(active > settings.maximumDurationMs ? ['ExpirationRule'] : []),
			...(body.justification ? [] : ['JustificationRule']),
		]
		if (failed.length > 0) {
			throw badRequest(
				'RoleAssignmentRequestPolicyValidationFailed',
				`The following policy rules failed: ${JSON.stringify(failed)}`,
			)
		}
		return { endAt, expirationType }
	}

	function assign(body: Body): StoredRequest {
		const { endAt, expirationType } = allowedEnd(body)
		const standing = current(body)
		if (standing) {
			if (standing.provisionAt > now())
				throw badRequest(
					'PendingRoleAssignmentRequest',
					'There is already an existing pending Role assignment request.',
				)
			throw badRequest('RoleAssignmentExists', 'The Role assignment already exists.')
		}
		const id = newId()
		return {
			...stored(body, id),
			targetScheduleId: id,
			provisionAt: now() + settings.provisioningMs,
			endAt,
			expirationType,
		}
	}

	function update(body: Body): StoredRequest {
		const { endAt, expirationType } = allowedEnd(body)
		const standing = current(body)
		if (!standing) throw badRequest('RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')
		if (standing.provisionAt > now())
			throw badRequest(
				'PendingRoleAssignmentRequest',
				'There is already an existing pending Role assignment request.',
			)
		if (body.isValidationOnly !== true) Object.assign(standing, { endAt, expirationType })
		return { ...stored(body, newId()), targetScheduleId: standing.id, endAt, expirationType }
	}

	function remove(body: Body): StoredRequest {
		const standing = current(body)
		if (!standing || standing.provisionAt > now())
			throw badRequest('RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')
		if (now() - standing.provisionAt < MINIMUM_ACTIVE_MS) throw tooShort()
		standing.removedAt = now()
		return {
			...stored(body, newId()),
			targetScheduleId: standing.id,
			provisionAt: now(),
			endAt: null,
			expirationType: 'noExpiration',
		}
	}

	const stored = (body: Body, id: string): StoredRequest => ({
		id,
		action: body.action,
		principalId: body.principalId,
		roleDefinitionId: body.roleDefinitionId,
		directoryScopeId: body.directoryScopeId,
		justification: body.justification ?? null,
		ticketNumber: body.ticketInfo?.ticketNumber ?? null,
		ticketSystem: body.ticketInfo?.ticketSystem ?? null,
		targetScheduleId: null,
		createdAt: now(),
		provisionAt: now(),
		endAt: null,
		expirationType: 'noExpiration',
		removedAt: null,
		canceledAt: null,
	})

	function statusOf(r: StoredRequest): string {
		if (r.action === 'adminRemove') return 'Revoked'
		if (r.action === 'adminUpdate') {
			const target = state.requests.find(({ id }) => id === r.targetScheduleId)
			return target?.removedAt === null ? 'Provisioned' : 'Revoked'
		}
		if (r.canceledAt !== null) return 'Canceled'
		if (now() < r.provisionAt) return 'PendingProvisioning'
		return r.removedAt === null ? 'Provisioned' : 'Revoked'
	}

	const requestRow = (r: StoredRequest): Row => ({
		id: r.id,
		status: statusOf(r),
		createdDateTime: ticks(r.createdAt),
		completedDateTime: now() < r.provisionAt ? null : ticks(r.provisionAt),
		approvalId: null,
		customData: null,
		action: r.action,
		principalId: r.principalId,
		roleDefinitionId: r.roleDefinitionId,
		directoryScopeId: r.directoryScopeId,
		appScopeId: null,
		isValidationOnly: false,
		targetScheduleId: r.targetScheduleId,
		justification: r.justification,
		createdBy: { application: null, device: null, user: { displayName: null, id: r.principalId } },
		scheduleInfo: r.action === 'adminRemove' ? null : scheduleOf(r),
		ticketInfo: { ticketNumber: r.ticketNumber, ticketSystem: r.ticketSystem },
	})

	/** Start is rewritten to the time of provisioning, nulls are completed, fractions have seven digits. */
	const scheduleOf = (r: StoredRequest) => ({
		startDateTime: ticks(r.provisionAt),
		recurrence: null,
		expiration: {
			type: r.expirationType,
			endDateTime: r.endAt === null ? null : ticks(r.endAt),
			duration: null,
		},
	})

	const assignments = () => state.requests.filter((r) => r.action === 'adminAssign' && r.canceledAt === null)

	return {
		/** Gives the stored request, or null for a dry run. Throws GraphError. */
		post(input: unknown): { row: Row; isStored: boolean } {
			const parsed = bodySchema.safeParse(input)
			if (!parsed.success)
				throw badRequest('BadRequest', `The request is invalid: ${z.prettifyError(parsed.error)}`)
			const body = parsed.data
			if (!SCOPE.test(body.directoryScopeId)) throw badRequest('InvalidScope', 'The scope is not valid.')
			const request = { adminAssign: assign, adminUpdate: update, adminRemove: remove }[body.action](body)
			const row = { ...requestRow(request), isValidationOnly: body.isValidationOnly === true }
			if (body.isValidationOnly !== true) state.requests.push(request)
			return { row, isStored: body.isValidationOnly !== true }
		},
		/** What somebody does beside the requests that are told here: another end, another scope, or gone. */
		meddle(
			principalId: string,
			roleDefinitionId: string,
			change: Partial<Pick<StoredRequest, 'endAt' | 'directoryScopeId' | 'removedAt'>>,
		): boolean {
			const found = state.requests.find(
				(r) =>
					r.action === 'adminAssign' &&
					r.principalId === principalId &&
					r.roleDefinitionId === roleDefinitionId &&
					!isOver(r),
			)
			if (found) Object.assign(found, change)
			return found !== undefined
		},
		requests: (): Row[] =>
			state.requests.filter((r) => now() >= r.createdAt + settings.requestVisibilityMs).map(requestRow),
		request(id: string): Row {
			const found = state.requests.find(
				(r) => r.id === id && now() >= r.createdAt + settings.requestVisibilityMs,
			)
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			return requestRow(found)
		},
		cancel(id: string): void {
			const found = state.requests.find((r) => r.id === id)
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			if (statusOf(found) !== 'PendingProvisioning')
				throw badRequest('BadRequest', 'The request cannot be canceled in its current status.')
			found.canceledAt = now()
		},
		instances: (): Row[] =>
			assignments()
				.filter((r) => now() >= r.provisionAt + settings.visibilityMs)
				.filter((r) => r.removedAt === null || now() < r.removedAt + settings.visibilityMs)
				.filter((r) => r.endAt === null || now() < r.endAt)
				.map((r) => ({
					id: `${r.id}-instance`,
					principalId: r.principalId,
					roleDefinitionId: r.roleDefinitionId,
					directoryScopeId: r.directoryScopeId,
					appScopeId: null,
					startDateTime: ticks(r.provisionAt),
					endDateTime: r.endAt === null ? null : ticks(r.endAt),
					assignmentType: 'Assigned',
					memberType: 'Direct',
					roleAssignmentOriginId: `${r.id}-assignment`,
					roleAssignmentScheduleId: r.id,
				})),
		/** Makes somebody eligible for a role, as an administrator does; for the whole tenant and without an end. */
		makeEligible(principalId: string, roleDefinitionId: string): void {
			state.eligibilities = [
				...(state.eligibilities ?? []),
				{ id: newId(), principalId, roleDefinitionId, from: now() },
			]
		},
		eligibilities: (): Row[] =>
			(state.eligibilities ?? []).map(({ id, principalId, roleDefinitionId, from }) => ({
				id: `${id}-instance`,
				principalId,
				roleDefinitionId,
				directoryScopeId: '/',
				appScopeId: null,
				startDateTime: ticks(from),
				endDateTime: null,
				memberType: 'Direct',
				roleEligibilityScheduleId: id,
			})),
		schedules: (): Row[] =>
			assignments()
				.filter((r) => !isOver(r) && now() >= r.provisionAt)
				.map((r) => ({
					id: r.id,
					principalId: r.principalId,
					roleDefinitionId: r.roleDefinitionId,
					directoryScopeId: r.directoryScopeId,
					appScopeId: null,
					createdUsing: r.id,
					createdDateTime: ticks(r.createdAt),
					modifiedDateTime: null,
					status: 'Provisioned',
					scheduleInfo: scheduleOf(r),
					assignmentType: 'Assigned',
					memberType: 'Direct',
				})),
	}
}

function endOf({ expiration }: NonNullable<Body['scheduleInfo']>, now: number) {
	switch (expiration.type) {
		case 'noExpiration':
			return { endAt: null, expirationType: expiration.type }
		case 'afterDateTime':
			return { endAt: Date.parse(expiration.endDateTime), expirationType: expiration.type }
		case 'afterDuration': {
			const length = durationMs(expiration.duration)
			if (length === null)
				throw badRequest('InvalidRoleAssignmentRequestSchedule', 'The duration is invalid.')
			return { endAt: now + length, expirationType: expiration.type }
		}
	}
}

const tooShort = () =>
	badRequest('ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.')

/** Microsoft's seven fractional digits. */
const ticks = (at: number) => new Date(at).toISOString().replace('Z', '0000Z')
