import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '#app/config.server.ts'
import { personas } from '#db/queries/people.ts'
import { issueLink } from '#app/services/enrolment/enrolment.server.ts'
import { startCharterkeep } from '#app/server.ts'
import { loadBuild } from '#app/start.ts'
import { createLog } from '#app/utils/log.server.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'

const CHECKOUT = join(import.meta.dirname, '../..')

export type Instance = Awaited<ReturnType<typeof startInstance>>

/** A fresh Charterkeep of its own on free ports, with a temporary data directory and a clock that can be moved on. */
export async function startInstance(
	environment: Record<string, string> = {},
	/** What is put into its data directory before it starts. */
	before: (dataDirectory: string) => void = () => undefined,
) {
	const directory = mkdtempSync(join(tmpdir(), 'charterkeep-instance-'))
	chmodSync(directory, 0o711)
	before(join(directory, 'data'))
	const clock = createShiftableClock()
	const config = readConfig(
		{
			PORT: '0',
			CHARTERKEEP_DATA_DIR: join(directory, 'data'),
			LOG_LEVEL: 'error',
			// Some of them bring an organisation of their own.
			CHARTERKEEP_SANDBOX: 'yes',
			...environment,
		},
		CHECKOUT,
	)
	const running = await startCharterkeep(config, {
		build: await loadBuild(),
		log: createLog(config.logLevel),
		now: clock.now,
	})
	const known = await personas(running.deps.database.db)
	const idOf = (persona: string) => {
		const found = known.find((person) => person.persona === persona)
		if (!found) throw new Error(`The sample organisation has no ${persona}.`)
		return found.id
	}
	return {
		...running,
		clock,
		idOf,
		/** A fresh one-time enrolment link for a persona. */
		linkFor: async (persona: string) =>
			`${running.origin}/enrol/${(await issueLink(running.deps, idOf(persona), null)).token}`,
		async stop() {
			await running.stop()
			rmSync(directory, { recursive: true, force: true })
		},
	}
}
