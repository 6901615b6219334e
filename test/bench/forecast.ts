import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportForecast, FORECAST_LISTS } from '#app/services/forecast/export-forecast.server.ts'
import { endOfDay, HORIZON_DAYS } from '#app/services/forecast/find-forecast.server.ts'
import { forecastStore } from '#app/services/forecast/forecast-store.server.ts'
import { showCoverage } from '#app/services/forecast/show-forecast.server.ts'
import { openDatabase, type Database } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { DEFAULT_LEADS } from '#workflows/people/renewal-leads.ts'
import { HOLDERS, officer, openDeps, PEOPLE, seed } from './cascade/stage.ts'
import { print, round } from './figure.ts'
import { peakMemoryMb } from './peak-memory.ts'

const ROUNDS = 9
const DAY_MS = 86_400_000

/** What ends within ten years, a twentieth of it within the horizon; some end who hold a role, and some are vetted elsewhere. */
const FILL = `
update clearances set valid_until = now() + (random() * 3600 + 1) * interval '1 day';
update appointments set valid_until = now() + (random() * 3600 + 1) * interval '1 day' where random() < 0.2 and role = 'operator';
insert into employments (id, person_id, valid_from, valid_until, recorded_at, evidence, employer, under, flow_down)
select gen_random_uuid(), id, now() - interval '2 years', case when random() < 0.2 then now() + (random() * 1800 + 1) * interval '1 day' end,
	now(), 'x', 'Nordlicht', null, true from people;
insert into attendances (id, person_id, valid_from, valid_until, recorded_at, evidence, kind, key)
select gen_random_uuid(), id, now() - interval '1 year', now() + random() * 400 * interval '1 day', now(), 'x', 'training', 'awareness' from people`

/** Every fact of people with an appointment that a look ahead reads, as one plain count in SQL. */
const READ = ['citizenships', 'residences', 'clearances', 'attendances', 'employments', 'appointments']
const PLAIN_READ = `select ${[...READ, 'facility_authorisations']
	.map(
		(
			table,
		) => `(select count(*) from ${table} f where f.retracted_at is null and (f.valid_until is null or f.valid_until > now())
	and exists (select 1 from appointments a where a.person_id = f.person_id and a.retracted_at is null
		and (a.valid_until is null or a.valid_until > now())))`,
	)
	.join(' + ')} as n`

/** Every fact that ends within the horizon, as one plain count. */
const PLAIN_ENDING = `select ${[...READ, 'facility_authorisations', 'read_ins', 'agreements']
	.map(
		(table) =>
			`(select count(*) from ${table} where retracted_at is null and valid_until > now() and valid_until < $1)`,
	)
	.join(' + ')} as n`

/**
 * `npm run bench -- forecast [PEOPLE]`: the forecast's page and lists beside a plain count of the rows that they rest on,
 * on real PostgreSQL. With fewer people than 100,000 it says so in its notes and is no figure.
 */
export async function benchForecast([asked]: readonly string[] = []): Promise<void> {
	const people = asked === undefined ? PEOPLE : Number(asked)
	if (!Number.isSafeInteger(people) || people < HOLDERS + 2 || people > 1_000_000)
		throw new Error(`Give a number of people from ${HOLDERS + 2} to 1000000.`)
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-forecast-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	try {
		await migrateDatabase(server.connection)
		const owner = openDatabase(server.connection, { max: 1, asOwner: true })
		await seed(owner, { people, holders: 0 })
		await owner.pool.query(FILL)
		await owner.pool.query('vacuum (analyze)')
		await owner.close()
		const stage = await openDeps(server.connection)
		try {
			await measure(stage.deps, people)
		} finally {
			await stage.close()
		}
	} finally {
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}

async function measure(bare: Awaited<ReturnType<typeof openDeps>>['deps'], people: number): Promise<void> {
	const deps = () => ({
		...bare,
		forecasts: forecastStore(() => performance.now()),
		renewalLeads: DEFAULT_LEADS,
	})
	const more = ['people:record', 'people:values', 'forecast:read'] as const
	const actor = { ...officer, permissions: new Set([...officer.permissions, ...more]) }
	const until = endOfDay(new Date(Date.now() + HORIZON_DAYS * DAY_MS))
	// Page and count take turns, so that neither has the warmer cache.
	const made: number[] = []
	const counted: number[] = []
	let read = 0
	for (let n = 0; n < 3; n++) {
		counted.push(await timed(async () => (read = await countOf(bare.database, PLAIN_READ))))
		made.push(await timed(() => showCoverage(deps(), actor)))
	}
	const first = { value: medianOf(made), peer: medianOf(counted) }
	print({
		name: 'forecast-page-made-ms',
		value: round(first.value),
		unit: 'ms',
		peer: `plain count of the same facts: ${round(first.peer)} ms`,
		ratio: round(first.value / first.peer),
		note: `${people} people, ${read} facts read; median of ${made.length}, each made anew`,
	})
	const kept = deps()
	const begun = await showCoverage(kept, actor)
	const pages: number[] = []
	for (let n = 0; n < ROUNDS; n++) pages.push(await timed(() => showCoverage(kept, actor)))
	print({
		name: 'forecast-page-kept-ms',
		value: round(medianOf(pages)),
		unit: 'ms',
		note: `median of ${ROUNDS}, slowest ${round(Math.max(...pages))}; ${begun.seats.length} seats, ${begun.calendar?.days.length ?? 0} days`,
	})
	const filter = { days: HORIZON_DAYS, day: null, weight: null } as const
	for (const list of FORECAST_LISTS) {
		let rows = 0
		const took = await timed(async () => {
			rows = (await exportForecast(kept, actor, { list, filter })).split('\r\n').length - 2
		})
		const plain = list === 'lapses' ? await timed(() => countOf(bare.database, PLAIN_ENDING, [until])) : null
		print({
			name: `forecast-${list}-csv-ms`,
			value: round(took),
			unit: 'ms',
			...(plain === null
				? {}
				: { peer: `plain count of what ends: ${round(plain)} ms`, ratio: round(took / plain) }),
			note: `${rows} rows, from the forecast that is kept`,
		})
	}
	print({
		name: 'forecast-peak-mb',
		value: round(peakMemoryMb()),
		unit: 'MB',
		note: 'the most this process held, making the people included',
	})
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const from = performance.now()
	await work()
	return performance.now() - from
}

const medianOf = (values: readonly number[]) =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

async function countOf({ pool }: Database, query: string, values: unknown[] = []): Promise<number> {
	const { rows } = await pool.query<{ n: string }>(query, values)
	return Number(rows[0]?.n ?? 0)
}
