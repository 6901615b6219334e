import postgres from 'postgres'
import type { ConnectionTarget } from './client.ts'

/** A postgres.js connection, for streams only and only inside a worker thread (see README, "Drivers"). */
export function connectStreams(target: ConnectionTarget): postgres.Sql {
	const options = { max: 1, onnotice: () => undefined, connect_timeout: 10 }
	return 'connectionString' in target
		? postgres(target.connectionString, options)
		: postgres({ ...target, ...options })
}
