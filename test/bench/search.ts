import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { factsOf } from '#db/queries/facts.ts'
import { searchPeople, type PersonSearch } from '#db/queries/person-search.ts'
import { print, round } from './figure.ts'

const PEOPLE = 100_000
const ROUNDS = 15
const PAGE = 51
const NOTHING: PersonSearch = { text: '', role: null, facility: null, country: null, level: null }

/** People with words in common and words of their own; every fact kind that can be searched by. */
const FILL = `
insert into people (id, display_name, user_principal_name, entra_object_id, employer, personnel_number, created_at)
select gen_random_uuid(),
	(array['Anna','Björn','Carla','Deniz','Eva','Frank','Greta','Hanna','Ivo','Jana'])[1 + n % 10] || ' ' ||
	(array['Müller','Schmidt','Nowak','Rossi','Jensen','García','Dubois','Kovač','Ivanova','Öztürk'])[1 + (n / 10) % 10] || ' ' || n,
	'person.' || n || '@ministry' || n % 7 || '.example', gen_random_uuid(),
	(array['Ministry','Harbour Systems','Nordlicht','Weichsel Consulting'])[1 + n % 4], 'P-' || n, now()
from generate_series(1, ${PEOPLE}) n;
insert into appointments (id, person_id, valid_from, recorded_at, evidence, role)
select gen_random_uuid(), id, now() - interval '1 year', now(), 'x', case when random() < 0.001 then 'rare' else 'operator' end from people;
insert into citizenships (id, person_id, valid_from, recorded_at, evidence, country)
select gen_random_uuid(), id, now() - interval '30 years', now(), 'x', case when random() < 0.0005 then 'IS' else 'DE' end from people;
insert into clearances (id, person_id, valid_from, recorded_at, evidence, scheme, level, issuer, state)
select gen_random_uuid(), id, now() - interval '1 year', now(), 'x', 'DE', case when random() < 0.01 then 'U3' else 'U2' end, 'BfV', 'granted' from people;
insert into facility_authorisations (id, person_id, valid_from, recorded_at, evidence, facility)
select gen_random_uuid(), id, now() - interval '1 year', now(), 'x', case when random() < 0.01 then 'moon' else 'berlin' end from people`

const SEARCHES: readonly { name: string; search: Partial<PersonSearch> }[] = [
	{ name: 'number', search: { text: 'P-77123' } },
	{ name: 'words', search: { text: 'mull ann 9' } },
	{ name: 'common-word', search: { text: 'ministry' } },
	{ name: 'nobody', search: { text: 'xyzzy' } },
	{ name: 'rare-role', search: { role: 'rare' } },
	{ name: 'rare-country', search: { country: 'IS' } },
	{ name: 'no-country', search: { country: 'JP' } },
	{ name: 'level-facility', search: { level: { scheme: 'DE', level: 'U3' }, facility: 'moon' } },
	{ name: 'all', search: { text: 'anna', role: 'operator', country: 'DE', facility: 'berlin' } },
]

/**
 * Finding people among 100,000 on real PostgreSQL, with the facts that a page of the list is judged on: the slowest of
 * the rounds of each search, since that is what somebody waits for.
 */
export async function benchSearch(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-search-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	try {
		await migrateDatabase(server.connection)
		const database = openDatabase(server.connection, { max: 1 })
		await database.pool.query('reset role')
		await database.pool.query(FILL)
		// As a server that has run for a while is: what was filled in at once is tidied first.
		await database.pool.query('vacuum (analyze)')
		let worst = 0
		for (const { name, search } of SEARCHES) {
			const times: number[] = []
			let found = 0
			for (let n = 0; n < ROUNDS; n++) {
				const from = performance.now()
				const rows = await searchPeople(
					database.db,
					{ ...NOTHING, ...search },
					{ at: new Date(), after: null, limit: PAGE },
				)
				await factsOf(
					database.db,
					rows.map(({ id }) => id),
				)
				times.push(performance.now() - from)
				found = rows.length
			}
			times.sort((a, b) => a - b)
			worst = Math.max(worst, times.at(-1) ?? 0)
			print({
				name: `search-${name}-ms`,
				value: round(times.at(-1) ?? 0),
				unit: 'ms',
				note: `slowest of ${ROUNDS}, median ${round(times[Math.floor(ROUNDS / 2)] ?? 0)}; ${found} found`,
			})
		}
		print({ name: 'search-worst-ms', value: round(worst), unit: 'ms', note: `${PEOPLE} people` })
		await database.close()
	} finally {
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}
