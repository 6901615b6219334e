import { pino, type Logger } from 'pino'

/** Structured logs. What could name a person or open a door never gets in. */
export function createLog(level: string): Logger {
	return pino({
		level,
		base: { app: 'charterkeep' },
		redact: {
			paths: [
				'req.headers.cookie',
				'req.headers.authorization',
				'res.headers["set-cookie"]',
				'*.password',
				'*.token',
			],
			remove: true,
		},
	})
}
