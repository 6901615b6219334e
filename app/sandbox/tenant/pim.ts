import { z } from 'zod'
import { durationMs } from '#workflows/shared/instants.ts'
import { badRequest, notFound } from './errors.ts'
import type { Body, PimKind, Row } from './pim-kinds.ts'
import { isAhead, listPim, type PimDirectory, type PimSettings } from './pim-lists.ts'
import { actBeside } from './pim-beside.ts'
import type { StoredRequest } from './state.ts'

export const DEFAULT_PIM: PimSettings = {
	provisioningMs: 600,
	visibilityMs: 500,
	requestVisibilityMs: 150,
	requestsKeptMs: 45 * 86_400_000,
	maximumDurationMs: 24 * 3_600_000,
}

const MINIMUM_ACTIVE_MS = 5 * 60_000
const CANCELABLE: ReadonlySet<string> = new Set([
	'PendingProvisioning',
	'Granted',
	'PendingApproval',
	'PendingAdminDecision',
])

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
	directory: PimDirectory
	now: () => number
	newId: () => string
	settings: PimSettings
	/** By how much every second reading is older than now. */
	olderMs: () => number
}) {
	/** What is decided of the next assignment. */
	let decision: string | null = null
	/** Whether a removal is refused whose principal, or place, is not there any more; otherwise it is taken. */
	let isGoneRefused = false
	const sameTarget = (a: Body | StoredRequest, b: StoredRequest) =>
		a.principalId === b.principalId &&
		Object.entries(b.place).every(([name, value]) => valueOf(a.place, name) === value)
	const valueOf = (place: Readonly<Record<string, string>>, name: string) => place[name]
	const isOver = (r: StoredRequest) =>
		r.canceledAt !== null ||
		r.removedAt !== null ||
		(r.endAt !== null && r.endAt <= now()) ||
		(r.decided !== undefined && !CANCELABLE.has(r.decided))
	const standingAt = (target: Body) =>
		requests.filter((r) => r.action === 'adminAssign' && sameTarget(target, r) && !isOver(r))
	/** What is active, or about to be; else what begins later. */
	const current = (target: Body) => {
		const standing = standingAt(target)
		return standing.find((r) => !isAhead(r, now())) ?? standing[0]
	}

	/** The end that is asked for, as far as the role's policy allows it. */
	function allowedEnd(body: Body) {
		if (!body.scheduleInfo)
			throw badRequest(
				'InvalidRoleAssignmentRequestSchedule',
				'The schedule of the role assignment request is invalid.',
			)
		if (!directory.hasUser(body.principalId)) throw subjectNotFound()
		kind.demandPlace(body.place)
		const { startDateTime } = body.scheduleInfo
		const startAt = Math.max(now(), startDateTime ? Date.parse(startDateTime) : 0)
		const { endAt, expirationType } = endOf(body.scheduleInfo, startAt)
		const active = (endAt ?? Infinity) - startAt
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
		return { startAt, endAt, expirationType }
	}

	function assign(body: Body): StoredRequest {
		const { startAt, endAt, expirationType } = allowedEnd(body)
		const standing = standingAt(body).find(
			(r) => (r.endAt === null || startAt < r.endAt) && (endAt === null || r.provisionAt < endAt),
		)
		if (standing) {
			if (standing.decided !== undefined || (standing.provisionAt > now() && !isAhead(standing, now())))
				throw badRequest(
					'PendingRoleAssignmentRequest',
					'There is already an existing pending Role assignment request.',
				)
			throw badRequest('RoleAssignmentExists', 'The Role assignment already exists.')
		}
		const id = newId()
		const decided = decision
		if (body.isValidationOnly !== true) decision = null
		return {
			...stored(body, id),
			...(decided === null ? {} : { decided }),
			targetScheduleId: kind.scheduleId(() => id, body.place),
			provisionAt: Math.max(now() + settings.provisioningMs, startAt),
			...(startAt > now() + settings.provisioningMs ? { beginsLater: true } : {}),
			endAt,
			expirationType,
		}
	}

	function update(body: Body): StoredRequest {
		const { endAt, expirationType } = allowedEnd(body)
		const standing = current(body)
		if (!standing) throw badRequest('RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')
		if (standing.provisionAt > now() && !isAhead(standing, now()))
			throw badRequest(
				'PendingRoleAssignmentRequest',
				'There is already an existing pending Role assignment request.',
			)
		if (body.isValidationOnly !== true) Object.assign(standing, { endAt, expirationType })
		return { ...stored(body, newId()), targetScheduleId: standing.targetScheduleId, endAt, expirationType }
	}

	function remove(body: Body): StoredRequest {
		if (isGoneRefused) {
			if (!directory.isThere(body.principalId)) throw subjectNotFound()
			kind.demandPlace(body.place)
		}
		const standing = current(body)
		// An activation that is still to begin is a request that was granted: it is cancelled, and not removed.
		if (
			!standing ||
			(isAhead(standing, now()) ? standing.isActivation === true : standing.provisionAt > now())
		)
			throw badRequest('RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')
		if (!isAhead(standing, now()) && now() - standing.provisionAt < MINIMUM_ACTIVE_MS) throw tooShort()
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

	const listing = listPim({ requests, kind, directory, now, settings, olderMs })
	const { statusOf, isListed, requestRow, assignments } = listing
	const beside = actBeside({ requests, assignments, isOver, now, newId })

	return {
		...listing.lists,
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
		...beside,
		/** Gives the next assignment that is asked for this status, and nobody what it asks for; for tests. */
		decideNext: (status: string): void => void (decision = status),
		/** From now on a removal of what is gone with its principal, or its place, is refused with that; for tests. */
		refuseGone: (): void => void (isGoneRefused = true),
		request(id: string): Row {
			const found = requests.find((r) => r.id === id && isListed(r, now()))
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			return requestRow(found)
		},
		cancel(id: string): void {
			const found = requests.find((r) => r.id === id && now() < r.createdAt + settings.requestsKeptMs)
			if (!found) throw notFound('ResourceNotFound', 'The resource is not found.')
			if (!CANCELABLE.has(statusOf(found)))
				throw badRequest('BadRequest', 'The request cannot be canceled in its current status.')
			found.canceledAt = now()
		},
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

const subjectNotFound = () => notFound('SubjectNotFound', 'The subject is not found.')

const tooShort = () =>
	badRequest('ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.')
