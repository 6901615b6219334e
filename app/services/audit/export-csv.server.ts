import { createHash } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import type { HistoryFilter } from '#db/queries/requests.ts'
import { filterText, showHistory, type HistoryRow } from './history.server.ts'

const COLUMNS = [
	'request_id',
	'request_number',
	'subject_name',
	'role',
	'entitlement',
	'justification',
	'ticket_ref',
	'requested_at_utc',
	'approvals',
	'outcome',
	'activated_at_utc',
	'expires_at_utc',
	'ended_at_utc',
	'end_cause',
	'charter_version',
	'tenant_request_id',
] as const

/** What a spreadsheet would take for a formula: also NUL, which csv-stringify's own guard misses (OWASP ASVS 1.2.10). */
const FORMULA = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/

/** A value that no spreadsheet executes. */
export function guardFormula(value: string): string {
	const clean = value.replaceAll('\0', '')
	return FORMULA.test(value) || FORMULA.test(clean) ? `'${clean}` : clean
}

/** The access history as CSV (RFC 4180, UTF-8); the export is itself an entry of the record. */
export async function exportCsv(deps: Deps, actor: Actor, filter: HistoryFilter): Promise<string> {
	demand(actor, 'record:export')
	const { rows } = await showHistory(deps, actor, filter)
	const text = stringify(
		rows.map((row) => cellsOf(row).map((cell) => guardFormula(cell))),
		{ header: true, columns: [...COLUMNS], record_delimiter: '\r\n' },
	)
	await recordExport(deps, actor, {
		format: 'csv',
		fileSha256: createHash('sha256').update(text).digest('hex'),
		rows: rows.length,
		filter,
	})
	return text
}

function cellsOf(row: HistoryRow): string[] {
	const approvals = row.approvals.map(
		({ approver, stage, verdict, at, entryIndex }) =>
			`${stage}: ${approver} ${verdict} ${at} (entry ${entryIndex ?? 'pending'})`,
	)
	return [
		row.requestId,
		`R-${row.number}`,
		row.person,
		row.role,
		row.entraRole,
		row.reason,
		row.ticket,
		row.requestedAt,
		approvals.join('; '),
		row.state,
		row.startsAt ?? '',
		row.endsAt ?? '',
		row.endedAt ?? '',
		row.cause ?? '',
		String(row.charterVersion),
		row.tenantRequestId ?? '',
	]
}

/** Notes in the record who took what away. */
export async function recordExport(
	deps: Deps,
	actor: Actor,
	{
		format,
		fileSha256,
		rows,
		filter,
	}: { format: 'csv' | 'bundle'; fileSha256: string; rows: number; filter: HistoryFilter },
): Promise<void> {
	await deps.database.withTx((tx) =>
		recordEntry(tx, deps, {
			kind: 'record.exported',
			subject: null,
			actor: actor.personId,
			open: { format, fileSha256, rows },
			sealed: { query: { filter: filterText(filter) } },
			at: deps.now(),
		}),
	)
	deps.wake()
}
