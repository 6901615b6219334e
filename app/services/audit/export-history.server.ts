import { createHash } from 'node:crypto'
import type { Database, Reader } from '#db/client.ts'
import { countFindingHistory } from '#db/queries/finding-history.ts'
import { countHistory } from '#db/queries/history.ts'
import { countLockboxHistory } from '#db/queries/lockbox-history.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import { openSnapshot } from '#db/snapshot.ts'
import type { AccessRecord, ExportContext } from '#workflows/audit-export/formats/access-record.ts'
import type { FindingRecord } from '#workflows/audit-export/formats/finding-record.ts'
import type { Counts } from '#workflows/audit-export/formats/json-lines.ts'
import type { LockboxRecord } from '#workflows/audit-export/formats/lockbox-record.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { timeZone, type TimeZone } from '#workflows/shared/zoned-time.ts'
import { withoutParameters } from '#db/transaction.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { sequencePending } from '../ledger/sequence.server.ts'
import { accessRecords } from './access-records.server.ts'
import { FORMATS, type HistoryFormat } from './export-formats.server.ts'
import { findingRecords } from './finding-records.server.ts'
import { lockboxRecords } from './lockbox-records.server.ts'
import { checkFilter, filterText, highestMarking } from './history.server.ts'
import { recordBegun, recordExport } from './record-export.server.ts'

/** Each holds a connection for as long as it lasts: more at once would leave too few for everybody else. */
const AT_ONCE = 4
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf)
const running = new WeakMap<Database, number>()

/** A file to be handed out piece by piece. Nothing is read before the first piece is asked for. */
export type ExportFile = { fileName: string; contentType: string; pieces: AsyncGenerator<Uint8Array> }

export type ExportRequest = {
	format: HistoryFormat
	filter: HistoryFilter
	/** IANA name of the zone for local times. */
	zone: string
	/** A byte order mark in front, without which Excel takes UTF-8 for something else. */
	withMark?: boolean
}

/** What a format makes its pieces of. */
export type FormatSource = {
	deps: Deps
	records: AsyncIterable<AccessRecord[]>
	/** Requests for customer content; to be taken when `records` are through, since both are of one connection. */
	lockboxes: AsyncIterable<LockboxRecord[]>
	/** Findings; to be taken when those are through. */
	findings: AsyncIterable<FindingRecord[]>
	/** The same findings once more, for a format that tells of them in two places. */
	findingsAgain: () => AsyncIterable<FindingRecord[]>
	context: ExportContext
	zone: TimeZone
	filter: HistoryFilter
	filterText: Readonly<Record<string, string | null>>
	/** Sees the same moment as these; to be used before or after them, not in between. */
	reader: Reader
	/** How many of each have been handed on so far. */
	rows: () => Counts
	/** SHA-256 (hex) of everything before the piece that is being made. */
	digest: () => string
}

/**
 * A history as a file, of one moment and in flat memory. The record tells before the first byte leaves that it is read,
 * and before the last one how many rows it had and which digest; one that is cut off is recorded as that, and whoever
 * receives it must be shown a failure (see `attachment`).
 */
export async function exportHistory(deps: Deps, actor: Actor, asked: ExportRequest): Promise<ExportFile> {
	demand(actor, 'record:export')
	const zone = timeZone(asked.zone)
	if (zone === null)
		throw new DomainError('INVALID_INPUT', 'There is no such time zone.', {
			field: 'zone',
			problem: 'timeZone',
		})
	await checkFilter(deps, asked.filter)
	const at = deps.now()
	const marking = await highestMarking(deps, asked.filter.roles)
	const { extension, contentType } = FORMATS[asked.format]
	const name = [
		...(marking === 'unclassified' ? [] : [marking.toUpperCase()]),
		'charterkeep-access-history',
		`${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`,
		slug(actor.displayName),
	]
	const { charter } = await deps.charters.inForce(deps.database.db, at)
	const context: ExportContext = {
		exportedBy: actor.displayName,
		exportedAt: at.toISOString(),
		boundary: charter.charter.boundary,
	}
	return {
		fileName: `${name.join('_')}.${extension}`,
		contentType,
		pieces: handOut(deps, actor, asked, { context, zone }),
	}
}

async function* handOut(
	deps: Deps,
	actor: Actor,
	{ format, filter, withMark = false }: ExportRequest,
	{ context, zone }: { context: ExportContext; zone: TimeZone },
): AsyncGenerator<Uint8Array> {
	const { database } = deps
	const now = running.get(database) ?? 0
	if (now >= AT_ONCE)
		throw new DomainError('UNAVAILABLE', 'Too many exports are under way. Try again in a moment.')
	running.set(database, now + 1)
	const hash = createHash('sha256')
	const counts: Counts = { accesses: 0, lockboxes: 0, findings: 0 }
	const written = () => counts.accesses + counts.lockboxes + counts.findings
	let handedRows = 0
	let handedSha256 = hash.copy().digest('hex')
	let [begunEntry, isWhole] = ['', false]
	let close = async () => {}
	const note = (outcome: 'whole' | 'cut_off', fileSha256: string, count: number) =>
		recordExport(deps, actor, { format, filter, outcome, begunEntry, fileSha256, rows: count })
	try {
		// What has happened until now belongs in with its index.
		await sequencePending(deps)
		const snapshot = await openSnapshot(database.pool)
		close = () => snapshot.close()
		const { reader } = snapshot
		const expected =
			(await countHistory(reader, filter)) +
			(await countLockboxHistory(reader, filter)).rows +
			(await countFindingHistory(reader, filter)).rows
		begunEntry = await recordBegun(deps, actor, { filter, rows: expected, format })
		const pieces = FORMATS[format].pieces({
			deps,
			records: counted(
				accessRecords(deps, reader, filter, FORMATS[format]),
				(more) => (counts.accesses += more),
			),
			lockboxes: counted(
				lockboxRecords(deps, reader, filter, FORMATS[format]),
				(more) => (counts.lockboxes += more),
			),
			findings: counted(
				findingRecords(deps, reader, filter, FORMATS[format]),
				(more) => (counts.findings += more),
			),
			findingsAgain: () => findingRecords(deps, reader, filter, FORMATS[format]),
			context,
			zone,
			filter,
			filterText: filterText(filter),
			reader,
			rows: () => ({ ...counts }),
			digest: () => hash.copy().digest('hex'),
		})
		// The newest piece is held back, so that the last one leaves only when the record tells of the whole.
		let held: { bytes: Uint8Array; rows: number } | null = null
		if (withMark) hash.update((held = { bytes: BYTE_ORDER_MARK, rows: 0 }).bytes)
		for await (const piece of pieces) {
			if (piece === '') continue
			if (held) {
				handedSha256 = hash.copy().digest('hex')
				handedRows = held.rows
				yield held.bytes
			}
			held = { bytes: Buffer.from(piece), rows: written() }
			hash.update(held.bytes)
		}
		const rows = written()
		if (rows !== expected)
			throw new Error(`The history has ${expected} rows, and ${rows} were written: something is lost.`)
		await close()
		await note('whole', hash.digest('hex'), rows)
		isWhole = true
		if (held) yield held.bytes
	} catch (error) {
		deps.log.error({ error: withoutParameters(error), format, rows: written() }, 'an export failed')
		throw error
	} finally {
		running.set(database, (running.get(database) ?? 1) - 1)
		await close()
		if (!isWhole && begunEntry !== '') await note('cut_off', handedSha256, handedRows)
	}
}

async function* counted<Each>(
	batches: AsyncIterable<Each[]>,
	count: (more: number) => void,
): AsyncGenerator<Each[]> {
	for await (const records of batches) {
		count(records.length)
		yield records
	}
}

/** A name in characters that every file system takes. */
const slug = (name: string) =>
	name
		.normalize('NFKD')
		.replaceAll(/\p{M}/gu, '')
		.replaceAll(/[^A-Za-z0-9]+/g, '-')
		.replaceAll(/^-|-$/g, '')
		.toLowerCase() || 'export'
