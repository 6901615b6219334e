import type { TimeZone } from '../../shared/zoned-time.ts'
import type { AccessRecord, ExportContext } from './access-record.ts'
import { UNDISCLOSED, type LockboxRecord } from './lockbox-record.ts'

/** What a spreadsheet would take for a formula (OWASP ASVS 5.0, 1.2.10): NUL and the full-width forms too. */
const FORMULA = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/
const NEEDS_QUOTES = /[",\r\n]/

/** A value that no spreadsheet executes: led by an apostrophe where it would, and without NUL characters. */
export function guardFormula(value: string): string {
	if (!FORMULA.test(value) && !value.includes('\0')) return value
	const clean = value.replaceAll('\0', '')
	return `'${clean}`
}

/** One record of RFC 4180, with its line break; every cell is guarded. */
export function csvRecord(cells: readonly string[]): string {
	let line = ''
	for (let i = 0; i < cells.length; i++) {
		const cell = guardFormula(cells[i]!)
		if (i > 0) line += ','
		line += NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
	}
	return `${line}\r\n`
}

type Cell = (record: AccessRecord, context: CsvContext) => string
export type CsvContext = ExportContext & { zone: TimeZone }

const text = (value: string | number | null | undefined) =>
	value === null || value === undefined ? '' : String(value)
const local = (at: string | null | undefined, { zone }: CsvContext) => (at ? zone.local(at) : '')

/** The columns in order. Each `_utc` is ISO 8601 in UTC with milliseconds; each `_local` the same instant in the named zone. */
const COLUMNS: readonly (readonly [string, Cell])[] = [
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

type LockboxCell = (record: LockboxRecord, context: CsvContext) => string

/** Columns that came later, behind those of before; empty for whatever is no request for customer content. */
const LOCKBOX_COLUMNS: readonly (readonly [string, LockboxCell])[] = [
	['provider', ({ provider }) => provider],
	['provider_boundary', ({ boundary }) => text(boundary?.name)],
	['provider_request_id', ({ providerRequestId }) => providerRequestId],
	['provider_requester', (record) => disclosedText(record)],
	['provider_status', ({ providerStatus }) => providerStatus],
	['lockbox_state', ({ state }) => state],
	['lockbox_answer', ({ answer, answerCause }) => [answer, answerCause].filter(Boolean).join(' ')],
	['decided_at_provider', ({ isOutOfBand }) => String(isOutOfBand)],
]

/** What a request for customer content says in the columns of accesses; a column that is not here stays empty. */
const LOCKBOX_CELLS: Readonly<Record<string, LockboxCell>> = {
	exported_by: (_, { exportedBy }) => exportedBy,
	exported_at_utc: (_, { exportedAt }) => exportedAt,
	classification_marking: ({ role }) => text(role?.handles),
	record_id: ({ entry }) => entry.id,
	ledger_seq: ({ entry }) => text(entry.index),
	record_hash: ({ entry }) => text(entry.leafHash),
	customer: ({ charter }) => charter.organisation,
	boundary: ({ charter }) => charter.boundary,
	charter_id: ({ charter }) => charter.id,
	charter_version: ({ charter }) => text(charter.version),
	charter_text_sha256: ({ charter }) => charter.textSha256,
	request_number: ({ request }) => `L-${request.number}`,
	request_id: ({ request }) => request.id,
	access_type: ({ origin }) => (origin === 'inside' ? 'lockbox_inside' : 'lockbox_provider'),
	subject_id: ({ subject }) => text(subject?.id),
	subject_name: ({ subject, disclosed }) => subject?.name ?? disclosed.name ?? UNDISCLOSED,
	employer: ({ subject }) => text(subject?.employer),
	role: ({ role }) => text(role?.key),
	role_title: ({ role }) => text(role?.title),
	entitlement: () => 'customer content',
	scope: ({ resources }) => resources.join(' '),
	justification: ({ request }) => request.cause,
	ticket_ref: ({ request }) => request.supportRequest,
	requested_by: ({ requester }) => text(requester?.id),
	requested_at_utc: ({ request }) => request.at,
	requested_at_local: ({ request }, context) => local(request.at, context),
	requested_minutes: ({ request: { durationSeconds } }) =>
		durationSeconds === null ? '' : text(durationSeconds / 60),
	approvals: ({ approvals }) => approvalsText(approvals),
	activated_at_utc: ({ access }) => text(access?.openedAt),
	activated_at_local: ({ access }, context) => local(access?.openedAt, context),
	expires_at_utc: ({ access }) => text(access?.endsAt),
	revoked_at_utc: ({ access }) => text(access?.endedAt),
	revoked_at_local: ({ access }, context) => local(access?.endedAt, context),
	revoked_by: ({ access }) => text(access?.endedBy),
	duration_minutes: ({ access }) => minutesBetween(access?.openedAt ?? null, access?.endedAt ?? null),
	outcome: ({ outcome }) => outcome,
	outcome_code: ({ denials }) => denials.join(' '),
	local_timezone: (_, { zone }) => zone.name,
}

/** The names of the columns, as the first record of the file holds them. */
export const CSV_COLUMNS: readonly string[] = [...COLUMNS, ...LOCKBOX_COLUMNS].map(([name]) => name)
const NO_LOCKBOX = LOCKBOX_COLUMNS.map(() => '')

/** One access as a record of RFC 4180. */
export function accessCsv(record: AccessRecord, context: CsvContext): string {
	return csvRecord([...COLUMNS.map(([, cell]) => cell(record, context)), ...NO_LOCKBOX])
}

/** One request for customer content as a record of RFC 4180. */
export function lockboxCsv(record: LockboxRecord, context: CsvContext): string {
	return csvRecord([
		...COLUMNS.map(([name]) => LOCKBOX_CELLS[name]?.(record, context) ?? ''),
		...LOCKBOX_COLUMNS.map(([, cell]) => cell(record, context)),
	])
}

/** The approvals of one access in one cell, as a JSON array. */
function approvalsText(approvals: AccessRecord['approvals'] | LockboxRecord['approvals']): string {
	return JSON.stringify(
		approvals.map(({ approver, role, verdict, at, entry, ...more }) => ({
			approver: approver.name,
			approver_id: approver.id,
			role,
			decision: verdict,
			at_utc: at,
			method: 'webauthn',
			entry: entry.index,
			...('fell' in more && more.fell !== null ? { fell: more.fell } : {}),
		})),
	)
}

/** What the provider says of whoever asks, in one cell as a JSON object; empty for one of ours. */
function disclosedText({ origin, disclosed }: LockboxRecord): string {
	if (origin === 'inside') return ''
	const { name, country, clearance } = disclosed
	return JSON.stringify({
		name: name ?? UNDISCLOSED,
		country: country ?? UNDISCLOSED,
		clearance: clearance ?? UNDISCLOSED,
	})
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

function minutesBetween(from: string | null, until: string | null): string {
	if (from === null || until === null) return ''
	return text(Math.round((Date.parse(until) - Date.parse(from)) / 600) / 100)
}
