import type { AccessRecord, ExportContext } from './access-record.ts'
import type { FindingRecord } from './finding-record.ts'
import type { LockboxRecord } from './lockbox-record.ts'

/** Version of the shape of these lines: fields may be added, a changed meaning is a new number. */
const VERSION = 1

/** The first line: what the file is, of what, and who took it away. */
export function headLine(context: ExportContext, filter: Readonly<Record<string, string | null>>): string {
	return line({ type: 'head', format: 'charterkeep-access-history', version: VERSION, ...context, filter })
}

/** One access with its approvals and the entries of the record that tell of it. */
export function accessLine(record: AccessRecord): string {
	return line({ type: 'access', ...record })
}

/** One request for customer content, of a provider or from inside, with its decisions and entries. */
export function lockboxLine(record: LockboxRecord): string {
	return line({ type: 'lockbox', ...record })
}

/** What Entra held otherwise than approved, with what was decided about it and its entries. */
export function findingLine(record: FindingRecord): string {
	return line({ type: 'finding', ...record })
}

/** How many records of each kind a file holds. */
export type Counts = { accesses: number; lockboxes: number; findings: number }

/** The last line: how many lines of each type there were, and SHA-256 (hex) over every byte before this line. A file without it is not whole. */
export function endLine({ accesses, lockboxes, findings }: Counts, sha256: string): string {
	return line({ type: 'end', accesses, lockboxes, findings, sha256 })
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`
