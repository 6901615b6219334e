import { csvRecord } from '#workflows/audit-export/formats/csv.ts'
import {
	accessCsv,
	CSV_COLUMNS,
	findingCsv,
	lockboxCsv,
} from '#workflows/audit-export/formats/history-csv.ts'
import {
	accessLine,
	endLine,
	findingLine,
	headLine,
	lockboxLine,
} from '#workflows/audit-export/formats/json-lines.ts'
import { ocsfEvents, oscalResults } from './export-standards.server.ts'
import type { FormatSource } from './export-history.server.ts'

type Format = {
	extension: string
	contentType: string
	/** Whether every event with its entry is asked for. */
	withEvents: boolean
	pieces(source: FormatSource): AsyncGenerator<string>
}

/** The formats of a history beside the bundle. */
export const FORMATS = {
	csv: { extension: 'csv', contentType: 'text/csv; charset=utf-8', withEvents: false, pieces: csv },
	jsonl: { extension: 'jsonl', contentType: 'application/jsonl', withEvents: true, pieces: jsonLines },
	ocsf: { extension: 'ocsf.jsonl', contentType: 'application/jsonl', withEvents: true, pieces: ocsfEvents },
	oscal: {
		extension: 'oscal.json',
		contentType: 'application/json',
		withEvents: false,
		pieces: oscalResults,
	},
} as const satisfies Record<string, Format>
export type HistoryFormat = keyof typeof FORMATS

async function* csv({ records, lockboxes, findings, context, zone }: FormatSource): AsyncGenerator<string> {
	const told = { ...context, zone }
	yield csvRecord(CSV_COLUMNS)
	for await (const batch of records) {
		let text = ''
		for (const record of batch) text += accessCsv(record, told)
		yield text
	}
	for await (const batch of lockboxes) yield batch.map((record) => lockboxCsv(record, told)).join('')
	for await (const batch of findings) yield batch.map((record) => findingCsv(record, told)).join('')
}

async function* jsonLines({
	records,
	lockboxes,
	findings,
	context,
	filterText,
	rows,
	digest,
}: FormatSource): AsyncGenerator<string> {
	yield headLine(context, filterText)
	for await (const batch of records) {
		let text = ''
		for (const record of batch) text += accessLine(record)
		yield text
	}
	for await (const batch of lockboxes) yield batch.map(lockboxLine).join('')
	for await (const batch of findings) yield batch.map(findingLine).join('')
	yield endLine(rows(), digest())
}
