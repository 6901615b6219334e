import type { FoundImpact } from './find-impact.server.ts'

/** How long a page, its list and its signature look at the same finding; facts may change meanwhile, rules may not. */
const FRESH_MS = 60_000
const KEPT = 4

/** Keeps the last findings for a while: judging a ministry takes seconds, and a page asks for it several times. */
export type ImpactStore = {
	/** The finding under this key, made by `find` unless one is under way or fresh. */
	of(key: string, at: Date, find: () => Promise<FoundImpact>): Promise<FoundImpact>
}

export function impactStore(): ImpactStore {
	const kept = new Map<string, { madeAt: number; found: Promise<FoundImpact> }>()
	return {
		of(key, at, find) {
			const known = kept.get(key)
			const age = known === undefined ? Infinity : at.getTime() - known.madeAt
			if (known !== undefined && age >= 0 && age < FRESH_MS) return known.found
			const found = find()
			kept.delete(key)
			kept.set(key, { madeAt: at.getTime(), found })
			found.catch(() => kept.delete(key))
			for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - KEPT))) kept.delete(oldest)
			return found
		},
	}
}
