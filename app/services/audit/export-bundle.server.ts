import { createHash } from 'node:crypto'
import type { HistoryFilter } from '#db/queries/requests.ts'
import { entriesFrom, latestCheckpoint, openingsOf } from '#db/queries/ledger.ts'
import { BUNDLE_SUFFIX, bundleLines, type BundleEntry } from '#workflows/audit-export/bundle.ts'
import type { Leaf } from '#workflows/ledger/entry.schema.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { bytesToHex } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { sequencePending } from '../ledger/sequence.server.ts'
import { recordExport } from './record-export.server.ts'
import { chosenRequests, filterText } from './history.server.ts'

const PAGE = 1000
const LIMIT = 100_000
const TIME_ZONE = 'Europe/Berlin'
const utf8 = new TextDecoder()

/** Entries that others rest on: always laid open, since they hold keys and rules, not people's facts. */
const FOUNDATIONS = new Set<Leaf['kind']>(['charter.in_force', 'amendment.decided', 'passkey.enrolled'])

/**
 * A bundle of everything the filter chooses, with what it rests on, that verifies offline. All leaves of the log go in
 * (they hold no personal data), openings only where the filter chose. The export is itself an entry of the record.
 */
export async function exportBundle(
	deps: Deps,
	actor: Actor,
	filter: HistoryFilter,
): Promise<{ fileName: string; text: string }> {
	demand(actor, 'record:export')
	const { database, signer, now } = deps
	// What has happened until now belongs in: give it its index first.
	await sequencePending(deps)
	const requests = await chosenRequests(deps, filter, LIMIT)
	const chosen = new Set(requests.map(({ id }) => id))
	const checkpoint = await latestCheckpoint(database.db)
	if (!checkpoint) throw new DomainError('UNAVAILABLE', 'The record is still empty.')
	const generatedAt = now().toISOString()
	const header = {
		format: 'charterkeep-bundle',
		v: 1,
		vkey: signer.vkey,
		checkpoint: checkpoint.note,
		generatedAt,
		timeZone: TIME_ZONE,
		filter: filterText(filter),
	} as const
	let text = ''
	let selected = 0
	for await (const line of bundleLines(
		header,
		entriesOf(deps, checkpoint.size, chosen, () => (selected += 1)),
	))
		text += line
	await recordExport(deps, actor, {
		format: 'bundle',
		fileSha256: createHash('sha256').update(text).digest('hex'),
		rows: selected,
		filter,
	})
	return { fileName: `charterkeep-${generatedAt.slice(0, 19).replaceAll(':', '')}Z${BUNDLE_SUFFIX}`, text }
}

/** Nationalities, clearances and who loses what stay sealed: an access history is no vetting file. */
const SEALED_ALWAYS = new Set(['eligibility', 'impact'])

function withoutFacts(openings: Record<string, Opening> | undefined): Record<string, Opening> | undefined {
	if (openings === undefined) return undefined
	return Object.fromEntries(Object.entries(openings).filter(([group]) => !SEALED_ALWAYS.has(group)))
}

async function* entriesOf(
	{ database }: Deps,
	size: number,
	chosen: ReadonlySet<string>,
	onSelected: () => void,
): AsyncGenerator<BundleEntry> {
	for (let from = 0; from < size; from += PAGE) {
		const rows = await entriesFrom(database.db, from, size, PAGE)
		const parsed = rows.map((row) => ({
			row,
			text: utf8.decode(row.leaf),
			leaf: parseLeaf(utf8.decode(row.leaf)),
		}))
		const isSelected = (leaf: Leaf | null) =>
			leaf !== null && 'requestId' in leaf.open && chosen.has(leaf.open.requestId)
		const isOpen = (leaf: Leaf | null) => leaf !== null && (FOUNDATIONS.has(leaf.kind) || isSelected(leaf))
		const openings = await openingsOf(
			database.db,
			parsed.filter(({ leaf }) => isOpen(leaf)).map(({ row }) => row.id),
		)
		for (const { row, text, leaf } of parsed) {
			const opening = withoutFacts(openings.get(row.id))
			const mark = isSelected(leaf)
			if (mark) onSelected()
			yield {
				index: row.index,
				leaf: text,
				hash: bytesToHex(row.leafHash),
				...(opening ? { openings: opening } : {}),
				...(mark ? { selected: true as const } : {}),
			}
		}
	}
}
