import { z } from 'zod'
import { durationMs } from '#workflows/shared/instants.ts'
import { badRequest, notFound } from './errors.ts'
import type { Body, PimKind, Row } from './pim-kinds.ts'
import { assignmentIdOf } from './assignment-id.ts'
import type { StoredRequest } from './state.ts'

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

type Directory = {
	hasUser(id: string): boolean
	/** Whether there is such an object of any kind: what was deleted holds nothing any more. */
	isThere(id: string): boolean
}

/** Privileged Identity Management of one kind, with the behaviour that its callers trip over. */
export function createPim({
	requests,
	kind,
	directory,
	now,
	newId,
	settings,
	olderMs,
}: {
	/** Everything it was asked, in order; it adds to it. */
	requests: StoredRequest[]
	kind: PimKind
	directory: Directory
	now: () => number
	newId: () => string
	settings: PimSettings
	/** By how much every second reading is older than now. */
	olderMs: () => number
}) {
	const sameTarget = (a: Body | StoredRequest, b: StoredRequest) =>
		a.principalId === b.principalId &&
		Object.entries(b.place).every(([name, value]) => valueOf(a.place, name) === value)
	const valueOf = (place: Readonly<Record<string, string>>, name: string) => place[name]
	const isOver = (r: StoredRequest) =>
		r.canceledAt !== null || r.removedAt !== null || (r.endAt !== null && r.endAt <= now())
	const current = (target: Body) =>
		requests.find((r) => r.action === 'adminAssign' && sameTarget(target, r) && !isOver(r))

	/** The end that is asked for, as far as the role's policy allows it. */
	function allowedEnd(body: Body) {
		if (!body.scheduleInfo)
			throw badRequest(
				'InvalidRoleAssignmentRequestSchedule',
				'The schedule of the role assignment request is invalid.',
			)
		if (!directory.hasUser(body.principalId)) throw notFound('SubjectNotFound', 'The subject is not found.')
		kind.demandPlace(body.place)
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
			targetScheduleId: kind.scheduleId(() => id, body.place),
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
		return { ...stored(body, newId()), targetScheduleId: standing.targetScheduleId, endAt, expirationType }
	}

	function remove(body: Body): StoredRequest {
		const standing = current(body)
		if (!standing || standing.provisionAt > now())
			throw badRequest('RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')
		if (now() - standing.provisionAt < MINIMUM_ACTIVE_MS) throw tooShort()
		standing.removedAt = now()
		return {
			...stored(body, newId()),
			targetScheduleId: standing.targetScheduleId,
			provisionAt: now(),
			endAt: null,
			expirationType: 'noExpiration',
		}
	}

	const stored = (body: Body, id: string): StoredRequest => ({
		id,
		action: body.action,
		principalId: body.principalId,
		place: body.place,
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

	/** The time that a reading tells of: every second one may be older than those before it. */
	let readings = 0
	const toldAt = () => now() - (readings++ % 2 === 1 ? olderMs() : 0)

	function statusOf(r: StoredRequest, at = now()): string {
		if (r.action === 'adminRemove') return 'Revoked'
		if (r.action === 'adminUpdate') {
			const target = requests.find(
				(made) => made.action === 'adminAssign' && made.targetScheduleId === r.targetScheduleId,
			)
			return target !== undefined && isThere(target, at) ? 'Provisioned' : 'Revoked'
		}
		if (r.canceledAt !== null && r.canceledAt <= at) return 'Canceled'
		if (at < r.provisionAt) return 'PendingProvisioning'
		return isThere(r, at) ? 'Provisioned' : 'Revoked'
	}
	const isThere = ({ removedAt }: StoredRequest, at: number) => removedAt === null || removedAt > at

	const requestRow = (r: StoredRequest, at = now()): Row => ({
		id: r.id,
		status: statusOf(r, at),
		createdDateTime: ticks(r.createdAt),
		completedDateTime: now() < r.provisionAt ? null : ticks(r.provisionAt),
		approvalId: null,
		customData: null,
		action: r.action,
		principalId: r.principalId,
		...r.place,
		...kind.requestHead,
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

	const assignments = () => requests.filter((r) => r.action === 'adminAssign' && r.canceledAt === null)

	const requestsAt = (at: number): Row[] =>
		requests
			.filter((r) => r.isDirect !== true && at >= r.createdAt + settings.requestVisibilityMs)
			.map((r) => requestRow(r, at))
	const instancesAt = (at: number): Row[] =>
		assignments()
			.filter((r) => at >= r.provisionAt + settings.visibilityMs && directory.isThere(r.principalId))
			.filter((r) => r.removedAt === null || at < r.removedAt + settings.visibilityMs)
			.filter((r) => r.endAt === null || at < r.endAt)
			.map((r) => ({
				id: `${r.id}-instance`,
				principalId: r.principalId,
				...r.place,
				startDateTime: r.isDirect === true ? null : ticks(r.provisionAt),
				endDateTime: r.endAt === null ? null : ticks(r.endAt),
				...kind.instance(r),
			}))

	return {
		/** Gives the stored request, or null for a dry run. Throws GraphError. */
		post(input: unknown): { row: Row; isStored: boolean } {
			const parsed = kind.body.safeParse(input)
			if (!parsed.success)
				throw badRequest('BadRequest', `The request is invalid: ${z.prettifyError(parsed.error)}`)
			const body = parsed.data
			const request = { adminAssign: assign, adminUpdate: update, adminRemove: remove }[body.action](body)
			const row = { ...requestRow(request), isValidationOnly: body.isValidationOnly === true }
			if (body.isValidationOnly !== true) requests.push(request)
			return { row, isStored: body.isValidationOnly !== true }
		},
		/** An assignment for good made past PIM, as the rest of Graph and older tools make them. */
		assignDirectly(principalId: string, place: StoredRequest['place']): string {
			const id = `${newId()}-1`
			requests.push({
				id,
				action: 'adminAssign',
				principalId,
				place,
				justification: null,
				ticketNumber: null,
				ticketSystem: null,
				targetScheduleId: id,
				createdAt: now(),
				provisionAt: now(),
				endAt: null,
				expirationType: 'noExpiration',
				removedAt: null,
				canceledAt: null,
				isDirect: true,
			})
			return id
		},
		/** Takes an assignment away by its own id, without a request; false where there is none. */
		removeDirectly(id: string): boolean {
			const found = requests.find((r) => r.action === 'adminAssign' && assignmentIdOf(r) === id && !isOver(r))
			if (found) found.removedAt = now()
			return found !== undefined
		},
		/** What is assigned now, as the plain list of assignments has it. */
		assignments: (): Row[] =>
			assignments()
				.filter((r) => !isOver(r) && now() >= r.provisionAt)
				.map((r) => ({ id: assignmentIdOf(r), principalId: r.principalId, ...r.place, appScopeId: null })),
		/** What somebody does beside the requests that are told here: another end, another scope, or gone. */
		meddle(
			principalId: string,
			/** The id of the role or group. */
			id: string,
			{
				directoryScopeId,
				...change
			}: Partial<Pick<StoredRequest, 'endAt' | 'removedAt'>> & {
				directoryScopeId?: string
			},
		): boolean {
			const found = requests.find(
				(r) =>
					r.action === 'adminAssign' &&
					r.principalId === principalId &&
					Object.values(r.place).includes(id) &&
					!isOver(r),
			)
			if (found) Object.assign(found, change)
			if (found && directoryScopeId !== undefined) found.place = { ...found.place, directoryScopeId }
			return found !== undefined
		},
		requests: (): Row[] => requestsAt(now()),
		/** As a caller reads them, which may be older than what was read before. */
		toldRequests: (): Row[] => requestsAt(toldAt()),
		toldInstances: (): Row[] => instancesAt(toldAt()),
		request(id: string): Row {
			const found = requests.find((r) => r.id === id && now() >= r.createdAt + settings.requestVisibilityMs)
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			return requestRow(found)
		},
		cancel(id: string): void {
			const found = requests.find((r) => r.id === id)
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			if (statusOf(found) !== 'PendingProvisioning')
				throw badRequest('BadRequest', 'The request cannot be canceled in its current status.')
			found.canceledAt = now()
		},
		instances: (): Row[] => instancesAt(now()),
		schedules: (): Row[] =>
			assignments()
				.filter((r) => !isOver(r) && now() >= r.provisionAt)
				.map((r) => ({
					id: r.targetScheduleId,
					principalId: r.principalId,
					...r.place,
					createdUsing: r.isDirect === true ? null : r.id,
					createdDateTime: ticks(r.createdAt),
					modifiedDateTime: null,
					status: 'Provisioned',
					scheduleInfo: scheduleOf(r),
					...kind.schedule,
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
export const ticks = (at: number) => new Date(at).toISOString().replace('Z', '0000Z')
