import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { showOfficerDay } from '#app/services/home/officer-day.server.ts'
import { appointmentViolations } from '#app/services/home/standings.server.ts'
import { DUE_LISTS, dueList } from '#db/queries/due-lists.ts'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { officer, openDeps, PEOPLE, seed } from './cascade/stage.ts'
import { print, round } from './figure.ts'

const ROUNDS = 15

/** What a ministry has beside people who are fit: clearances that end and have ended, contractors, journeys, reports. */
const FILL = `
update clearances set valid_until = now() + (random() * 1800 - 90) * interval '1 day';
delete from clearances where random() < 0.01;
insert into employments (id, person_id, valid_from, valid_until, recorded_at, evidence, employer, under, flow_down)
select gen_random_uuid(), id, now() - interval '2 years', case when random() < 0.1 then now() + (random() * 1000 - 50) * interval '1 day' end,
	now(), 'x', 'Nordlicht', case when random() < 0.3 then 'Prime' end, true from people;
insert into travels (id, person_id, valid_from, valid_until, recorded_at, evidence, countries, itinerary)
select gen_random_uuid(), id, now() - interval '5 days', now() + (random() * 10 - 4.9) * interval '1 day', now(), 'x', '{CH}', 'x'
from people where random() < 0.02;
insert into reportable_events (id, person_id, valid_from, recorded_at, evidence, event, details, reporter, severity)
select gen_random_uuid(), id, now(), now(), 'x', 'foreign-contact', 'x', 'self', 'low' from people where random() < 0.003`

/** An officer's home page at 100,000 people: the first one under a charter, and those that follow. */
export async function benchHome(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-home-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	try {
		await migrateDatabase(server.connection)
		const owner = openDatabase(server.connection, { max: 1, asOwner: true })
		await seed(owner)
		await owner.pool.query(FILL)
		await owner.pool.query('vacuum (analyze)')
		await owner.close()
		const { deps, close } = await openDeps(server.connection)
		const actor = { ...officer, permissions: new Set([...officer.permissions, 'people:record' as const]) }
		const begun = performance.now()
		let found = await appointmentViolations(deps)
		while (found === null) found = await appointmentViolations(deps)
		print({
			name: 'home-first-judged-seconds',
			value: round((performance.now() - begun) / 1000),
			unit: 's',
			note: `${PEOPLE} people judged, ${found.length} violations; pages are answered meanwhile`,
		})
		for (const list of DUE_LISTS) {
			const from = performance.now()
			const asked = { at: new Date(), officerId: officer.personId, days: 30 }
			const { total } = await dueList(deps.database.db, list, asked, { limit: 5 })
			print({
				name: `home-${list}-ms`,
				value: round(performance.now() - from),
				unit: 'ms',
				note: `${total} rows`,
			})
		}
		const times: number[] = []
		for (let n = 0; n < ROUNDS; n++) {
			const from = performance.now()
			await showOfficerDay(deps, actor)
			times.push(performance.now() - from)
		}
		times.sort((a, b) => a - b)
		print({
			name: 'home-page-ms',
			value: round(times[Math.floor(ROUNDS / 2)] ?? 0),
			unit: 'ms',
			note: `median of ${ROUNDS}, slowest ${round(times.at(-1) ?? 0)}`,
		})
		await close()
	} finally {
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}
