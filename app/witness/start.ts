import { join } from 'node:path'
import { createLog } from '#app/utils/log.server.ts'
import { startWitness } from './start-witness.ts'
import { WitnessError } from './witness-error.ts'
import { readWitnessSettings } from './witness-settings.ts'

/** `npm run witness`: cosigns checkpoints of the logs that it is told of, until Ctrl-C. */
async function main(): Promise<void> {
	const settings = readWitnessSettings(process.env, join(import.meta.dirname, '../..'))
	const running = await startWitness(settings, { log: createLog(settings.logLevel) })
	console.log(`\nThis witness listens at ${running.url}`)
	console.log(`  folder        ${settings.directory}`)
	console.log(`  verifier key  ${running.vkey}`)
	console.log(
		`  logs          ${running.origins.join(', ') || 'none yet: WITNESS_LOGS_FILE names no log, so nothing is cosigned'}`,
	)
	console.log(`  for a policy  witness ${running.name} ${running.vkey} ${running.url}`)
	for (const path of running.kept) console.log(`  look at       ${path}`)
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.once(signal, () => {
			running.stop().then(
				() => process.exit(0),
				(error: unknown) => {
					console.error(error)
					process.exit(1)
				},
			)
		})
}

main().catch((error: unknown) => {
	console.error(error instanceof WitnessError ? `The witness does not start: ${error.message}` : error)
	process.exit(1)
})
