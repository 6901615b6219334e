import type { TimeZone } from '../../shared/zoned-time.ts'
import type { ApprovalRecord, ExportContext } from './access-record.ts'
import type { LockboxApproval } from './lockbox-record.ts'

/** What cells of a history rest on beside their record. */
export type CsvContext = ExportContext & { zone: TimeZone }

/** How one column tells a record of one kind. */
export type CellOf<R> = (record: R, context: CsvContext) => string
export type Columns<R> = readonly (readonly [string, CellOf<R>])[]

export const text = (value: string | number | null | undefined) =>
	value === null || value === undefined ? '' : String(value)

/** The instant in the zone that was named; empty for none. */
export const local = (at: string | null | undefined, { zone }: CsvContext) => (at ? zone.local(at) : '')

/** Minutes from one instant to another, to a hundredth; empty while either is missing. */
export function minutesBetween(from: string | null, until: string | null): string {
	if (from === null || until === null) return ''
	return minutes(Date.parse(until) - Date.parse(from))
}

/** Milliseconds as minutes, to a hundredth. */
export const minutes = (ms: number) => text(Math.round(ms / 600) / 100)

/** The approvals in one cell, as a JSON array. */
export function approvalsText(approvals: readonly ApprovalRecord[] | readonly LockboxApproval[]): string {
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
