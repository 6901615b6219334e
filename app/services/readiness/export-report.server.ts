import { createHash } from 'node:crypto'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import { linesAsCsv } from './report-csv.ts'
import { findWholeReport } from './show-readiness.server.ts'
import { toldLines } from './told-lines.ts'

export type ReportFormat = 'csv' | 'json'

/** A report to take away; that it was taken is itself an entry of the record. */
export async function exportReport(
	deps: Deps,
	actor: Actor,
	{ number, format }: { number: number; format: ReportFormat },
): Promise<string> {
	demand(actor, 'readiness:read')
	const { report, names } = await findWholeReport(deps, number)
	const told = { ...report, lines: toldLines(actor, report.lines) }
	const text = format === 'csv' ? linesAsCsv(told, names) : `${JSON.stringify(told, null, 2)}\n`
	await recordAlone(deps, {
		kind: 'record.exported',
		subject: null,
		actor: actor.personId,
		open: {
			// The record knows JSON Lines; of a whole document it is one line.
			format: format === 'csv' ? 'csv' : 'jsonl',
			fileSha256: createHash('sha256').update(text).digest('hex'),
			rows: report.lines.length,
		},
		sealed: { query: { filter: { readiness: number } } },
		at: deps.now(),
	})
	deps.wake()
	return text
}
