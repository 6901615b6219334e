import type { DirectoryUnavailable } from '#app/integrations/directory-port.ts'

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 15 * 60_000
/** What is wrong with our permissions or the cloud does not mend itself within seconds. */
const FORBIDDEN_PAUSE_MS = 5 * 60_000

/** How long to wait after the directory could not be read, in milliseconds; `failures`: how often it failed before, in a row. */
export function pauseAfter(
	{ trouble, retryAfterMs }: Pick<DirectoryUnavailable, 'trouble' | 'retryAfterMs'>,
	failures: number,
): number {
	if (retryAfterMs !== null) return retryAfterMs
	if (trouble === 'forbidden' || trouble === 'unsupported') return FORBIDDEN_PAUSE_MS
	return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 20))
}
