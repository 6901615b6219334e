import postgres from 'postgres'
import type { ConnectionTarget } from './client.ts'

/** A postgres.js connection, for streams only and only inside a worker thread (see README, "Drivers"); as the given role. */
export function connectStreams(target: ConnectionTarget, role: string | null): postgres.Sql {
	const connection = role === null ? {} : { role }
	const options = { max: 1, onnotice: () => undefined, connect_timeout: 10, connection }
	return 'connectionString' in target
		? postgres(target.connectionString, options)
		: postgres({ ...target, ...options })
}
