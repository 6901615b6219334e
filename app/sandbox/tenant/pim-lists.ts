import type { PimKind, Row } from './pim-kinds.ts'
import type { StoredRequest } from './state.ts'

export type PimSettings = {
	/** From the answer 201 to status Provisioned. */
	provisioningMs: number
	/** From there to the instance being listed, and from a removal to its being gone. */
	visibilityMs: number
	/** How long a new request answers 404 to a GET. */
	requestVisibilityMs: number
	/** After so long a request is purged, while what it gave lives on. */
	requestsKeptMs: number
	/** Cap of the role policy's expiration rule. */
	maximumDurationMs: number
}

export type PimDirectory = {
	hasUser(id: string): boolean
	/** Whether there is such an object of any kind: what was deleted holds nothing any more. */
	isThere(id: string): boolean
}

/** A start that lies ahead: nothing of it is active yet. */
export const isAhead = (r: Pick<StoredRequest, 'beginsLater' | 'provisionAt'>, at: number) =>
	r.beginsLater === true && at < r.provisionAt

/** The time that each reading tells of: every second one may be older than those before it. */
export function createToldAt(now: () => number, olderMs: () => number): () => number {
	let readings = 0
	return () => now() - (readings++ % 2 === 1 ? olderMs() : 0)
}

/** What PIM of one kind lists of what it was asked: requests, what is active, and schedules of it and of what is still to begin. */
export function listPim({
	requests,
	kind,
	directory,
	now,
	settings,
	olderMs,
}: {
	requests: readonly StoredRequest[]
	kind: PimKind
	directory: PimDirectory
	now: () => number
	settings: PimSettings
	/** By how much every second reading is older than now. */
	olderMs: () => number
}) {
	const toldAt = createToldAt(now, olderMs)

	function statusOf(r: StoredRequest, at = now()): string {
		if (r.action === 'adminRemove') return 'Revoked'
		if (r.action === 'adminUpdate') {
			const target = requests.find(
				(made) => made.action === 'adminAssign' && made.targetScheduleId === r.targetScheduleId,
			)
			return target !== undefined && isThere(target, at) ? 'Provisioned' : 'Revoked'
		}
		if (r.canceledAt !== null && r.canceledAt <= at) return 'Canceled'
		if (r.decided !== undefined) return r.decided
		if (isAhead(r, at) && isThere(r, at)) return r.isActivation === true ? 'Granted' : 'ScheduleCreated'
		if (at < r.provisionAt && r.beginsLater !== true) return 'PendingProvisioning'
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
		action: r.isActivation === true ? 'selfActivate' : r.action,
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
			type: r.endAt === null ? 'noExpiration' : r.expirationType,
			endDateTime: r.endAt === null ? null : ticks(r.endAt),
			duration: null,
		},
	})

	const assignments = () =>
		requests.filter((r) => r.action === 'adminAssign' && r.canceledAt === null && r.decided === undefined)

	/** Whether a request can be found: neither too new to be listed, nor purged. */
	const isListed = ({ createdAt }: StoredRequest, at: number) =>
		at >= createdAt + settings.requestVisibilityMs && at < createdAt + settings.requestsKeptMs
	const requestsAt = (at: number): Row[] =>
		requests.filter((r) => r.isDirect !== true && isListed(r, at)).map((r) => requestRow(r, at))
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

	/** What is active, and what is still to begin. */
	const schedulesAt = (at: number): Row[] =>
		assignments()
			.filter((r) => at >= (r.beginsLater === true ? r.createdAt + settings.visibilityMs : r.provisionAt))
			.filter((r) => directory.isThere(r.principalId))
			.filter((r) => r.removedAt === null || at < r.removedAt + settings.visibilityMs)
			.filter((r) => r.endAt === null || at < r.endAt)
			.map((r) => ({
				id: r.targetScheduleId,
				principalId: r.principalId,
				...r.place,
				createdUsing: r.isDirect === true ? null : r.id,
				createdDateTime: ticks(r.createdAt),
				modifiedDateTime: null,
				status: 'Provisioned',
				scheduleInfo: scheduleOf(r),
				...kind.schedule(r),
			}))

	return {
		statusOf,
		isListed,
		requestRow,
		assignments,
		lists: {
			instancesAt,
			requests: (): Row[] => requestsAt(now()),
			instances: (): Row[] => instancesAt(now()),
			schedules: (): Row[] => schedulesAt(now()),
			/** As a caller reads them, which may be older than what was read before. */
			toldRequests: (): Row[] => requestsAt(toldAt()),
			toldInstances: (): Row[] => instancesAt(toldAt()),
			toldSchedules: (): Row[] => schedulesAt(toldAt()),
		},
	}
}

/** Microsoft's seven fractional digits. */
export const ticks = (at: number) => new Date(at).toISOString().replace('Z', '0000Z')
