import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { auditLog, type LogReport } from '#app/services/ledger/audit-log.server.ts'
import { CommandError } from '../command-error.ts'
import { withDatabase } from '../open-database.ts'
import { verifierKey } from './verifier-key.ts'

/** `log verify [--since FILE] [--vkey KEY] [--json]`: the whole log, hashed anew. 0: it holds, 1: it does not. */
export async function verifyLog(args: string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			since: { type: 'string' },
			vkey: { type: 'string' },
			json: { type: 'boolean', default: false },
		},
	})
	if (positionals.length > 0)
		throw new CommandError('log verify takes no file but by --since: log verify [--since FILE] [--vkey KEY]')
	const since = values.since === undefined ? null : read(values.since)
	const vkey = verifierKey(values.vkey)
	const report = await withDatabase(({ db }) => auditLog(db, { vkey, since }), {
		instead: 'verify an export of the log with another implementation',
	})
	console.log(values.json ? JSON.stringify(report) : describe(report, vkey))
	return report.problems.length === 0 ? 0 : 1
}

function read(file: string): string {
	try {
		return readFileSync(file, 'utf8')
	} catch (cause) {
		throw new CommandError(`The checkpoint ${file} cannot be read: ${(cause as Error).message}`, { cause })
	}
}

function describe({ entries, nodes, checkpoints, pending, problems }: LogReport, vkey: string): string {
	return [
		`Verifier key  ${vkey}`,
		`Entries       ${entries}, each hashed anew`,
		`Subtrees      ${nodes}, each against the hashes below it`,
		`Checkpoints   ${checkpoints}, each against the root and the key`,
		`Waiting       ${pending} entries without an index yet`,
		...problems.map((problem) => `WRONG         ${problem}`),
		problems.length === 0 ? 'verified' : 'refused',
	].join('\n')
}
