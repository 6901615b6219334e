import { accessesEndingBetween, clearancesLapsing } from '#db/queries/look-ahead.ts'
import type { Deps } from '../deps.ts'
import { notify, type Telling } from './notify.server.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** That an access ends is told so long before; not of one that is hardly longer, whose end nobody forgets. */
const ENDS_SOON_MS = 15 * MINUTE_MS
const SHORTEST_TOLD_MS = 2 * ENDS_SOON_MS
/** A clearance that lapses is told of at these distances, in days; of the nearest alone where several have come. */
const LAPSE_DAYS = [90, 30, 7] as const

/**
 * Tells people of what comes by itself: the end of an access, the lapse of a clearance. Each is told once, by its name,
 * however often and by however many workers this is asked.
 */
export async function lookAhead(deps: Deps): Promise<void> {
	const at = deps.now()
	const ending = await accessesEndingBetween(deps.database.db, at, new Date(at.getTime() + ENDS_SOON_MS))
	const tellings: Telling[] = ending
		.filter(({ startsAt, endsAt }) => endsAt.getTime() - startsAt.getTime() >= SHORTEST_TOLD_MS)
		.map(({ grantId, requestId, personId, endsAt }) => ({
			kind: 'access_ends_soon',
			to: [personId],
			about: { type: 'request', id: requestId },
			at,
			deadline: endsAt.toISOString(),
			once: `ends:${grantId}:${endsAt.toISOString()}`,
		}))
	for (const [index, days] of LAPSE_DAYS.entries()) {
		const nearer = LAPSE_DAYS[index + 1] ?? 0
		const within = {
			from: new Date(at.getTime() + nearer * DAY_MS),
			to: new Date(at.getTime() + days * DAY_MS),
		}
		for (const { clearanceId, personId, validUntil } of await clearancesLapsing(
			deps.database.db,
			at,
			within,
			days,
		))
			tellings.push({
				kind: 'clearance_lapses',
				to: [personId],
				about: { type: 'person', id: personId },
				at,
				deadline: validUntil.toISOString(),
				once: lapseName(clearanceId, days),
			})
	}
	if (tellings.length > 0) await deps.database.withTx((tx) => notify(tx, deps, ...tellings))
}

const lapseName = (clearanceId: string, days: number) => `lapse:${days}:${clearanceId}`
