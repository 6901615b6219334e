import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const HOUR_MS = 3_600_000
/** Azure keeps a request so long. */
export const KEPT_MS = 4 * 24 * HOUR_MS

/** A request for customer content as the sandbox keeps it. Times are epoch milliseconds. */
export type SandboxLockboxRequest = {
	requestId: string
	subscriptionId: string
	justification: string
	/** As it was last set; what time makes of it is told by `statusOf`. */
	status: string
	createdAt: number
	expiresAt: number
	/** Hours as a text, or "Support request lifetime". */
	duration: string
	resourceIds: string
	resourceType: string
	supportRequest: string
	accessLevel: string
	approvedAt: number | null
	/** What was said with the decision, by whoever decided. */
	reason: string | null
}

/** What Azure would say of it now: what waits runs out, and what was approved is over after its hours. */
export function statusOf(
	{ status, expiresAt, approvedAt, duration }: SandboxLockboxRequest,
	now: number,
): string {
	if (status === 'Pending' && now >= expiresAt) return 'Expired'
	const hours = Number(duration)
	if (status === 'Approved' && approvedAt !== null && hours > 0 && now >= approvedAt + hours * HOUR_MS)
		return 'Completed'
	return status
}

/** As Azure writes it, with the one property that it spells in lower case. */
export function rowOf(request: SandboxLockboxRequest, now: number) {
	const { requestId, subscriptionId } = request
	return {
		id: `/subscriptions/${subscriptionId}/providers/Microsoft.CustomerLockbox/requests/${requestId}`,
		name: `LockboxRequest_${requestId}`,
		type: 'requests',
		properties: {
			requestId,
			justification: request.justification,
			status: statusOf(request, now),
			createdDateTime: new Date(request.createdAt).toISOString(),
			expirationDateTime: new Date(request.expiresAt).toISOString(),
			duration: request.duration,
			resourceIds: request.resourceIds,
			resourceType: request.resourceType,
			supportRequest: request.supportRequest,
			supportCaseUrl: `https://localhost/support/${request.supportRequest}`,
			workitemsource: 'ServiceDesk',
			subscriptionId,
			accessLevel: request.accessLevel,
		},
	}
}

/** The requests in one file, so that a sandbox that is started again knows what it was told. */
export function openRequests(file: string): {
	requests: SandboxLockboxRequest[]
	isNew: boolean
	save: () => void
} {
	const isNew = !existsSync(file)
	const requests = isNew ? [] : (JSON.parse(readFileSync(file, 'utf8')) as SandboxLockboxRequest[])
	return {
		requests,
		isNew,
		save() {
			mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
			writeFileSync(`${file}.new`, JSON.stringify(requests), { mode: 0o600 })
			renameSync(`${file}.new`, file)
		},
	}
}
