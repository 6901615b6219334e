import type { FoundForecast } from './find-forecast.server.ts'

/** What took longer than this is kept for a while; what did not is made anew, so that a page never lags behind. */
const QUICK_MS = 250
/** Kept for so many times as long as it took to make, and a minute at most. */
const TIMES = 10
const LONGEST_MS = 60_000

export type ForecastStore = {
	/** The forecast as it is kept, or made by `find` unless that is under way. */
	of(find: () => Promise<FoundForecast>): Promise<FoundForecast>
}

/** Keeps the last forecast of a large organisation, several pages of which ask for it; `clock` in milliseconds. */
export function forecastStore(clock: () => number): ForecastStore {
	let kept: { found: Promise<FoundForecast>; until: number } | null = null
	return {
		of(find) {
			if (kept !== null && clock() < kept.until) return kept.found
			const from = clock()
			const made = { found: find(), until: Infinity }
			kept = made
			made.found.then(
				() => {
					const took = clock() - from
					made.until = took < QUICK_MS ? 0 : clock() + Math.min(LONGEST_MS, took * TIMES)
				},
				() => {
					made.until = 0
				},
			)
			return made.found
		},
	}
}
