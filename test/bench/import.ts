import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEvidenceKeys } from '#app/integrations/evidence-keys.server.ts'
import { applyImport } from '#app/services/imports/apply.server.ts'
import { examineFile } from '#app/services/imports/examine.server.ts'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { officer, openDeps, seed } from './cascade/stage.ts'
import { print, round } from './figure.ts'
import { peakMemoryMb } from './peak-memory.ts'

const ROWS = 200_000

/** The largest file that is taken, 200,000 facts of 100,000 people: its dry run, then all of it applied at once. */
export async function benchImport(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-import-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	try {
		await migrateDatabase(server.connection)
		const owner = openDatabase(server.connection, { max: 1, asOwner: true })
		await seed(owner)
		await owner.pool.query('vacuum (analyze)')
		const { rows: people } = await owner.pool.query<{ upn: string }>(
			'select user_principal_name upn from people order by id',
		)
		const { deps: stage, close } = await openDeps(server.connection)
		const deps = {
			...stage,
			evidence: openEvidenceKeys(join(folder, 'evidence-keys.json'), stage.randomBytes),
		}
		const actor = {
			...officer,
			permissions: new Set([...officer.permissions, 'people:record' as const, 'people:values' as const]),
		}
		const bytes = fileOf(people.map(({ upn }) => upn))
		const before = peakMemoryMb()
		const begun = performance.now()
		const examined = await examineFile(deps, actor, { what: 'training', bytes })
		if ('problems' in examined) throw new Error(JSON.stringify(examined.problems))
		print({
			name: 'import-dry-run-seconds',
			value: round((performance.now() - begun) / 1000),
			unit: 's',
			note: `${ROWS} rows, ${round(bytes.length / 1e6)} MB`,
		})
		const shown = performance.now()
		const { altered } = await applyImport(deps, actor, examined.importId)
		const stored = await owner.pool.query<{ n: string }>('select count(*) n from trainings')
		if (altered || Number(stored.rows[0]?.n) < ROWS) throw new Error('The file was not applied whole.')
		print({
			name: 'import-apply-seconds',
			value: round((performance.now() - shown) / 1000),
			unit: 's',
			note: 'one transaction',
		})
		print({
			name: 'import-rss-mb',
			value: round(peakMemoryMb()),
			unit: 'MB',
			note: `${round(before)} before`,
		})
		await close()
		await owner.close()
	} finally {
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}

function fileOf(upns: readonly string[]): Uint8Array {
	const lines = Array.from(
		{ length: ROWS },
		(_, i) =>
			`${upns[i % upns.length]},course-${Math.floor(i / upns.length)},2026-01-05,2027-01-05,certificate ${i}`,
	)
	return new TextEncoder().encode(`person,key,validFrom,validUntil,evidence\n${lines.join('\n')}\n`)
}
