import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { openLogKeys, type ExternalKeys } from '#app/integrations/log-keys.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { createTestDatabase } from '#test/database.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'
import { writeEntries } from './write-entries.ts'

export type LogDeps = Pick<Deps, 'database' | 'signer' | 'headGuard' | 'now' | 'newId' | 'randomBytes'>
export type TestLog = Awaited<ReturnType<typeof createTestLog>>

export const ORIGIN = 'log.example/log'
export const random = (length: number) => new Uint8Array(randomBytes(length))

/** A log on a database of its own, without the rest of the application. */
export async function createTestLog() {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-log-'))
	const testDatabase = await createTestDatabase()
	const clock = createShiftableClock()
	const keyFile = join(folder, 'key.json')
	const keys = (external: ExternalKeys | null = null) =>
		openLogKeys({ file: keyFile, originIfNew: ORIGIN, external, randomBytes: random })
	const guard = (name = 'head.json') => openHeadGuard(join(folder, name), ORIGIN)
	const deps: LogDeps = {
		database: testDatabase.database,
		signer: keys(),
		headGuard: guard(),
		now: clock.now,
		newId: () => uuidv7(),
		randomBytes: random,
	}
	return {
		deps,
		clock,
		folder,
		keyFile,
		keys,
		guard,
		owner: testDatabase.owner,
		connection: testDatabase.connection,
		write: (count: number) => writeEntries(deps, count),
		checkpoint: () => latestCheckpoint(deps.database.db),
		async stop(): Promise<void> {
			await testDatabase.drop()
			rmSync(folder, { recursive: true, force: true })
		},
	}
}
