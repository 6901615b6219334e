import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { WitnessError } from './witness-error.ts'
import { openWitnessFolder } from './witness-folder.ts'
import { createWitnessServer } from './witness-http.ts'
import { openWitnessKey } from './witness-key.ts'
import type { WitnessSettings } from './witness-settings.ts'

export type RunningWitness = Awaited<ReturnType<typeof startWitness>>

/** Starts a witness: key, folder, address. Gives where it listens, its verifier key, and how it is stopped. */
export async function startWitness(
	{
		directory,
		guardDirectory,
		name,
		logs,
		host,
		port,
		prefix,
		requestsPerMinute,
	}: Omit<WitnessSettings, 'logLevel'>,
	{ log, now = () => new Date() }: { log: Logger; now?: () => Date },
) {
	try {
		mkdirSync(directory, { recursive: true, mode: 0o700 })
	} catch (cause) {
		throw new WitnessError(
			`The folder ${directory} cannot be made (${(cause as Error).message}): set WITNESS_DIR to a folder that you may write to.`,
			{ cause },
		)
	}
	const key = openWitnessKey(
		join(directory, 'witness-key.json'),
		name,
		(length) => new Uint8Array(randomBytes(length)),
	)
	const folder = openWitnessFolder(directory, guardDirectory, key.vkey)
	const server = createWitnessServer({ key, logs, folder, now, log }, { prefix, requestsPerMinute })
	try {
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject)
			server.listen(port, host, resolve)
		})
	} catch (cause) {
		folder.release()
		throw new WitnessError(
			`Port ${port} on ${host} cannot be used (${(cause as Error).message}): stop what uses it, or set WITNESS_PORT to another one.`,
			{ cause },
		)
	}
	const { port: used } = server.address() as AddressInfo
	return {
		url: `http://${host.includes(':') ? `[${host}]` : host}:${used}${prefix}`,
		vkey: key.vkey,
		name: key.name,
		origins: [...new Set(logs.map((log) => log.name))],
		/** What somebody must look at: a fork of a log, or a folder that went back in time. */
		kept: folder.kept(),
		async stop(): Promise<void> {
			server.closeAllConnections()
			await new Promise((done) => server.close(done))
			folder.release()
		},
	}
}
