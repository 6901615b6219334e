import type { AccessRecord } from './access-record.ts'
import {
	approvalsText,
	local,
	minutesBetween,
	text,
	type CellOf,
	type Columns,
	type CsvContext,
} from './csv-cells.ts'
import { csvRecord } from './csv.ts'
import { FINDING_CELLS, FINDING_COLUMNS } from './csv-finding.ts'
import { LOCKBOX_CELLS, LOCKBOX_COLUMNS } from './csv-lockbox.ts'
import type { FindingRecord } from './finding-record.ts'
import type { LockboxRecord } from './lockbox-record.ts'

/** The columns in order. Each `_utc` is ISO 8601 in UTC with milliseconds; each `_local` the same instant in the named zone. */
const COLUMNS: Columns<AccessRecord> = [
	['exported_by', (_, { exportedBy }) => exportedBy],
	['exported_at_utc', (_, { exportedAt }) => exportedAt],
	['classification_marking', ({ role }) => role.handles],
	['record_id', ({ entry }) => text(entry?.id)],
	['ledger_seq', ({ entry }) => text(entry?.index)],
	['record_hash', ({ entry }) => text(entry?.leafHash)],
	['customer', ({ charter }) => charter.organisation],
	['boundary', ({ charter }) => charter.boundary],
	['charter_id', ({ charter }) => charter.id],
	['charter_version', ({ charter }) => text(charter.version)],
	['charter_text_sha256', ({ charter }) => charter.textSha256],
	['request_number', ({ request }) => `R-${request.number}`],
	['request_id', ({ request }) => request.id],
	['grant_id', ({ grant }) => text(grant?.id)],
	['access_type', ({ breakGlass }) => (breakGlass === null ? 'jit' : 'break_glass')],
	['subject_id', ({ subject }) => subject.id],
	['subject_name', ({ subject }) => subject.name],
	['employer', ({ subject }) => subject.employer],
	['role', ({ role }) => role.key],
	['role_title', ({ role }) => role.title],
	['entitlement', ({ entitlement }) => entitlement.name],
	['scope', ({ entitlement }) => entitlement.scope],
	['justification', ({ request }) => request.reason],
	['ticket_ref', ({ request }) => request.ticket],
	['requested_by', ({ subject }) => subject.id],
	['requested_at_utc', ({ request }) => request.at],
	['requested_at_local', ({ request }, context) => local(request.at, context)],
	['requested_minutes', ({ request }) => text(request.durationSeconds / 60)],
	['approvals', ({ approvals }) => approvalsText(approvals)],
	['break_glass_second_officer', ({ breakGlass }) => text(breakGlass?.second?.name)],
	['break_glass_review', ({ breakGlass }) => reviewText(breakGlass)],
	['granted_at_utc', ({ grant }) => text(grant?.approvedAt)],
	['activated_at_utc', ({ grant }) => text(grant?.activatedAt)],
	['activated_at_local', ({ grant }, context) => local(grant?.activatedAt, context)],
	['expires_at_utc', ({ grant }) => (grant?.activatedAt ? text(grant.expiresAt) : '')],
	['revoked_at_utc', ({ grant }) => text(grant?.endedAt)],
	['revoked_at_local', ({ grant }, context) => local(grant?.endedAt, context)],
	['revoked_by', ({ grant }) => text(grant?.endedBy)],
	['revoke_reason', ({ grant }) => text(grant?.endCause ?? grant?.failure)],
	['duration_minutes', ({ grant }) => minutesOf(grant)],
	['facility_id', ({ facilities }) => facilities.present.join(' ')],
	['facilities_authorised', ({ facilities }) => facilities.authorised.join(' ')],
	['outcome', ({ outcome }) => outcome],
	['outcome_code', ({ closed }) => text(closed?.code)],
	['tenant_request_id', ({ grant }) => text(grant?.tenantRequestId)],
	['local_timezone', (_, { zone }) => zone.name],
]

/** The names of the columns, as the first record of the file holds them: those that came later behind those of before. */
export const CSV_COLUMNS: readonly string[] = [COLUMNS, LOCKBOX_COLUMNS, FINDING_COLUMNS].flatMap((columns) =>
	columns.map(([name]) => name),
)
const NO_LOCKBOX = LOCKBOX_COLUMNS.map(() => '')
const NO_FINDING = FINDING_COLUMNS.map(() => '')

const cellsOf = <R>(columns: Columns<R>, record: R, context: CsvContext) =>
	columns.map(([, cell]) => cell(record, context))
/** What another record says in the columns of accesses; a column that it has no word for stays empty. */
const amongAccesses = <R>(cells: Readonly<Record<string, CellOf<R>>>, record: R, context: CsvContext) =>
	COLUMNS.map(([name]) => cells[name]?.(record, context) ?? '')

/** One access as a record of RFC 4180. */
export function accessCsv(record: AccessRecord, context: CsvContext): string {
	return csvRecord([...cellsOf(COLUMNS, record, context), ...NO_LOCKBOX, ...NO_FINDING])
}

/** One request for customer content as a record of RFC 4180. */
export function lockboxCsv(record: LockboxRecord, context: CsvContext): string {
	return csvRecord([
		...amongAccesses(LOCKBOX_CELLS, record, context),
		...cellsOf(LOCKBOX_COLUMNS, record, context),
		...NO_FINDING,
	])
}

/** One finding as a record of RFC 4180. */
export function findingCsv(record: FindingRecord, context: CsvContext): string {
	return csvRecord([
		...amongAccesses(FINDING_CELLS, record, context),
		...NO_LOCKBOX,
		...cellsOf(FINDING_COLUMNS, record, context),
	])
}

/** State of a use of break-glass and its reviews in one cell, as a JSON object; empty for any other access. */
function reviewText(breakGlass: AccessRecord['breakGlass']): string {
	if (breakGlass === null) return ''
	return JSON.stringify({
		state: breakGlass.state,
		reviews: breakGlass.reviews.map(({ reviewer, verdict, at, entry }) => ({
			reviewer: reviewer.name,
			reviewer_id: reviewer.id,
			verdict,
			at_utc: at,
			entry: entry.index,
		})),
	})
}

/** From the tenant's confirmation to the confirmed end, in minutes; empty while either is missing. */
const minutesOf = (grant: AccessRecord['grant']) =>
	minutesBetween(grant?.activatedAt ?? null, grant?.endedAt ?? null)
