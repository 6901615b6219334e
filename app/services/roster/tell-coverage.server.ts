import { appointedTo } from '#db/queries/people.ts'
import { holdGaps, insertGap, updateGap, type GapRow } from '#db/queries/roster.ts'
import type { Tx } from '#db/client.ts'
import type { Deps } from '../deps.ts'
import { ZONE_NAME } from '../forecast/find-forecast.server.ts'
import { notify, type Recipient, type Telling } from '../notify/notify.server.ts'
import { lookAhead } from './show-roster.server.ts'
import type { FoundRow } from './roster-rows.ts'

const HOUR_MS = 3_600_000
const WARNINGS = ['nothing', 'week', 'day', 'begun'] as const
type Warning = (typeof WARNINGS)[number]

/**
 * Warns of stretches with too few people before they begin: a week ahead, a day ahead, and when they do; and says when one
 * that was warned of is over or will not be. What was told stands in a row for each, so that it is told once, however
 * often and by however many workers this is asked.
 */
export async function tellCoverage(deps: Deps): Promise<void> {
	const { found, rows } = await lookAhead(deps, { zone: ZONE_NAME, absent: null })
	const { at, segments } = found
	await deps.database.withTx(async (tx) => {
		const roles = [...new Set(segments.flatMap(({ stages }) => stages.map(({ from }) => from)))]
		const open = await holdGaps(tx)
		const tellings: Telling[] = []
		for (const row of rows) {
			const known = open.filter((gap) => gap.row === row.key)
			const to = await recipientsOf(tx, row, roles, at)
			tellings.push(...(await followRow(tx, deps, row, known, to, at)))
		}
		// Boundaries that were closed, and stages that the charter no longer has.
		const gone = open.filter((gap) => !rows.some(({ key }) => key === gap.row))
		for (const gap of gone) tellings.push(...(await closeGap(tx, gap, [OFFICERS], at)))
		await notify(tx, deps, ...tellings)
	})
}

const OFFICERS: Recipient = { duty: 'security_officer' }

/** Security officers, and who decides: at the stage, or at any of them where it is about answering a provider. */
async function recipientsOf(
	tx: Tx,
	{ role }: FoundRow,
	roles: readonly string[],
	at: Date,
): Promise<Recipient[]> {
	return [OFFICERS, ...(await appointedTo(tx, role === null ? roles : [role], at))]
}

async function followRow(
	tx: Tx,
	deps: Deps,
	{ key, coverage }: FoundRow,
	known: readonly GapRow[],
	to: Recipient[],
	at: Date,
): Promise<Telling[]> {
	const now = at.getTime()
	const left = new Set(known)
	const tellings: Telling[] = []
	for (const gap of coverage.gaps) {
		// The same gap as before where they touch: it may have moved with the facts.
		const same = [...left].find(
			({ startsAt, endsAt }) => startsAt.getTime() <= gap.until && endsAt.getTime() >= gap.from,
		)
		if (same) left.delete(same)
		// One that runs began when it began, and not when it is looked at.
		const begins =
			same && gap.from <= now && same.startsAt.getTime() <= now ? same.startsAt : new Date(gap.from)
		const row: GapRow = {
			id: same?.id ?? deps.newId(),
			row: key,
			startsAt: begins,
			endsAt: new Date(gap.until),
			told: same?.told ?? 'nothing',
			foundAt: same?.foundAt ?? at,
			closedAt: null,
		}
		const told = later(row.told, warningFor(gap.from, now))
		if (told !== row.told) tellings.push(warn(row, told, to, at))
		if (same) await updateGap(tx, row.id, { startsAt: row.startsAt, endsAt: row.endsAt, told })
		else await insertGap(tx, { ...row, told })
	}
	for (const gap of left) tellings.push(...(await closeGap(tx, gap, to, at)))
	return tellings
}

function warningFor(from: number, now: number): Warning {
	if (from <= now) return 'begun'
	if (from - now <= 24 * HOUR_MS) return 'day'
	return from - now <= 7 * 24 * HOUR_MS ? 'week' : 'nothing'
}

const later = (a: Warning, b: Warning): Warning => (WARNINGS.indexOf(a) >= WARNINGS.indexOf(b) ? a : b)

const warn = (gap: GapRow, told: Warning, to: Recipient[], at: Date): Telling => ({
	kind: told === 'week' ? 'coverage_gap' : 'coverage_gap_near',
	to,
	about: { type: 'roster', id: null },
	at,
	deadline: gap.startsAt.toISOString(),
	once: `coverage:${gap.id}:${told}`,
})

async function closeGap(tx: Tx, gap: GapRow, to: Recipient[], at: Date): Promise<Telling[]> {
	await updateGap(tx, gap.id, { closedAt: at })
	// Nobody needs to be told of the end of what they were never told of.
	if (gap.told === 'nothing') return []
	return [
		{
			kind: 'coverage_restored',
			to,
			about: { type: 'roster', id: null },
			at,
			once: `coverage:${gap.id}:closed`,
		},
	]
}
