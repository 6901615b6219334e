import {
	costOf,
	FAMILIES,
	familyOf,
	pathOf,
	type Budget,
	type Family,
} from '#app/integrations/graph/families.ts'

/** What the tenant gives one part of its callers; `saysWhen` is whether a refusal carries Retry-After. */
type Limit = Budget & { saysWhen: boolean }

/**
 * The tenant's own budgets, a token bucket for each part. Nothing is limited until it is set: tests and newcomers are not
 * to wait. `milliseconds` is a clock that never goes back.
 */
export function createThrottle(milliseconds: () => number) {
	const limits = new Map<Family, Limit>()
	const buckets = new Map<Family, { tokens: number; at: number }>()
	let refused = 0
	return {
		/** Limits a part from now on; null lifts it. Conditional access never says when to come back. */
		limit(family: Family, budget: Budget | null, { saysWhen = family !== 'conditional-access' } = {}): void {
			buckets.delete(family)
			if (budget === null) limits.delete(family)
			else limits.set(family, { ...budget, saysWhen })
		},
		lift(): void {
			for (const family of FAMILIES) limits.delete(family)
			buckets.clear()
		},
		isSet: () => limits.size > 0,
		/** How many calls were refused since the start. */
		refused: () => refused,
		/** Takes a call's share; or the headers of its refusal. */
		take(method: string, url: URL): Record<string, string> | null {
			const family = familyOf(pathOf(url))
			const limit = limits.get(family)
			if (limit === undefined) return null
			const now = milliseconds()
			const { tokens, at } = buckets.get(family) ?? { tokens: limit.burst, at: now }
			const cost = costOf(method, url)
			const there = Math.min(limit.burst, tokens + ((now - at) * limit.perSecond) / 1000)
			if (there >= cost) {
				buckets.set(family, { tokens: there - cost, at: now })
				return null
			}
			buckets.set(family, { tokens: there, at: now })
			refused += 1
			const seconds = Math.max(1, Math.ceil((cost - there) / limit.perSecond))
			return limit.saysWhen ? { 'retry-after': String(seconds) } : {}
		},
	}
}
