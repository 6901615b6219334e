import { z } from 'zod'
import { normalResource } from '#workflows/lockbox/judge-lockbox.ts'
import type { Seen } from '#workflows/lockbox/lockbox-context.ts'
import { NOTHING_DISCLOSED, type ProviderRequest } from '#workflows/lockbox/provider-request.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { cut, instantOf, secondsOfHours } from './provider-texts.ts'

/** Azure keeps a request so long, where it does not say. */
const KEPT_MS = 4 * 86_400_000

const text = z.string().nullish()
/** Tolerant on purpose: of what Azure documents as texts, other forms have been seen. */
export const azureRequestSchema = z.looseObject({
	properties: z.looseObject({
		requestId: z.string().min(1).max(200),
		status: z.string().max(64).nullish(),
		justification: text,
		createdDateTime: z.string(),
		expirationDateTime: text,
		duration: z.union([z.string(), z.number()]).nullish(),
		resourceIds: z.union([z.string(), z.array(z.string())]).nullish(),
		resourceType: text,
		supportRequest: text,
		workitemsource: text,
		accessLevel: text,
	}),
})

const SEEN: Readonly<Record<string, Seen>> = {
	Initializing: 'working',
	Pending: 'pending',
	Approving: 'working',
	Denying: 'working',
	Approved: 'approved',
	// The access is not over before the provider says so.
	Completing: 'approved',
	Revoking: 'approved',
	Completed: 'ended',
	Revoked: 'ended',
	Denied: 'denied',
	Expired: 'expired',
}

/** What a status of Azure means; one that it has made up since, or `Error`, says nothing of the kind. */
export const seenOfAzure = (status: string): Seen =>
	(Object.hasOwn(SEEN, status) ? SEEN[status] : undefined) ?? 'unknown'

/** One request as Azure tells it; null where it cannot be read. Azure discloses nothing of whoever asks. */
export function readAzureRequest(value: unknown): ProviderRequest | null {
	const parsed = azureRequestSchema.safeParse(value)
	if (!parsed.success) return null
	const p = parsed.data.properties
	const askedAt = instantOf(p.createdDateTime)
	if (askedAt === null) return null
	const status = p.status ?? 'Unknown'
	const duration = p.duration ?? ''
	const hours =
		typeof duration === 'number' ? duration : /^\d+(\.\d+)?$/.test(duration.trim()) ? Number(duration) : NaN
	const listed = Array.isArray(p.resourceIds) ? p.resourceIds : (p.resourceIds ?? '').split(',')
	return {
		providerRequestId: p.requestId,
		status,
		seen: seenOfAzure(status),
		cause: cut(p.justification ?? '', 4000),
		type: cut([p.resourceType, p.workitemsource].filter(Boolean).join(', '), 300),
		reach: cut(p.accessLevel ?? '', 1000),
		resources: listed
			.flatMap((one) => (one.trim() === '' ? [] : [cut(normalResource('azure', one), 1000)]))
			.slice(0, 200),
		supportRequest: cut(p.supportRequest ?? '', 300),
		askedAt,
		deadline: instantOf(p.expirationDateTime ?? '') ?? plusMs(askedAt, KEPT_MS),
		durationSeconds: secondsOfHours(hours),
		durationText: cut(typeof duration === 'number' ? String(duration) : duration, 200),
		disclosed: NOTHING_DISCLOSED,
	}
}
