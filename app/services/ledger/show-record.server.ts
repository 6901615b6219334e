import { sha256 } from '#app/utils/sha256.server.ts'
import {
	findEntry,
	latestCheckpoint,
	listEntries,
	openingsOf,
	readHealth,
	type EntryRow,
} from '#db/queries/ledger.ts'
import { erasuresNaming } from '#db/queries/erasure.ts'
import { namesOf } from '#db/queries/people.ts'
import type { Leaf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { inclusionRanges, rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { bytesToHex, toBase64 } from '#workflows/shared/bytes.ts'
import { canonicalJson, type Json } from '#workflows/shared/canonical-json.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import { currentKey } from './keys.server.ts'
import { isTrouble } from './log-state.server.ts'
import { tileReader } from './tree.server.ts'
import { publishedCheckpoint } from './witness-published.server.ts'
import { witnessView } from './witness-status.server.ts'
import type { EntryDetail, EntryView, RecordStatus } from '../views.ts'

const PAGE = 50
const utf8 = new TextDecoder()

const published = ({ database, witnessing: { policy, mode } }: Deps) =>
	publishedCheckpoint(database.db, policy, mode)

/** The checkpoint that is given out, with its cosignatures, for anybody; null while there is none. */
export async function currentCheckpoint(deps: Deps): Promise<string | null> {
	return (await published(deps))?.note ?? null
}

/** How the log is: how far it goes, what waits, whether it is signed, and what the last audit found. */
export async function recordStatus(deps: Deps): Promise<RecordStatus> {
	const { database, signer, backlog } = deps
	const newest = await latestCheckpoint(database.db)
	const given = await published(deps)
	const { sequencer, audit } = await readHealth(database.db)
	return {
		size: newest?.size ?? 0,
		pending: await backlog.count(),
		signedAt: newest?.createdAt.toISOString() ?? null,
		origin: signer.origin,
		vkey: await currentKey(database.db, signer.first, newest?.size ?? 0),
		checkpoint: given?.note ?? null,
		trouble:
			sequencer === undefined || sequencer.state === 'ok'
				? null
				: {
						state: isTrouble(sequencer.state) ? sequencer.state : 'failed',
						problems: sequencer.problems,
						since: sequencer.since.toISOString(),
					},
		audit: audit === undefined ? null : { problems: audit.problems, at: audit.at.toISOString() },
		isBacklogFull: await backlog.isFull(),
		witnessing: await witnessView(deps, newest?.size ?? 0, given),
	}
}

/** Entries newest first. */
export async function showRecord(deps: Deps, actor: Actor, filter: { kind?: EntryKind; before?: number }) {
	demand(actor, 'record:read')
	const rows = await listEntries(deps.database.db, filter, PAGE + 1)
	const shown = rows.slice(0, PAGE)
	const entries = await viewsOf(deps, shown)
	return {
		status: await recordStatus(deps),
		entries,
		next: rows.length > PAGE ? (shown.at(-1)?.index ?? null) : null,
	}
}

/**
 * One entry with its proof. Openings are shown to those who may export the record, and to nobody else; that they were
 * is an entry as well.
 */
export async function showEntry(deps: Deps, actor: Actor, index: number): Promise<EntryDetail> {
	const { db } = deps.database
	const row = await findEntry(db, index)
	const leaf = parseLeaf(utf8.decode(row.leaf))
	if (!mayRead(actor, leaf))
		throw new DomainError('NOT_FOUND', 'The record has no entry with this index.', { index })
	const checkpoint = await published(deps)
	// Where nothing is given out before it was witnessed, an entry has no proof until then.
	const isCovered = checkpoint !== null && index < checkpoint.size
	// Vetting files are read on the page of their case, by those who run it, and nowhere else.
	const isVetting = leaf?.kind.startsWith('vetting.') ?? false
	const openings =
		actor.permissions.has('record:export') && !isVetting
			? (await openingsOf(db, [row.id])).get(row.id)
			: undefined
	const [view] = await viewsOf(deps, [row])
	if (!view) throw new DomainError('NOT_FOUND', 'The record has no entry with this index.', { index })
	if (openings !== undefined)
		await recordRead(deps, actor, {
			view: 'entry',
			rows: 1,
			filter: { index },
			subject: leaf?.subject ?? null,
		})
	return {
		...view,
		leaf: utf8.decode(row.leaf),
		openings: await groupsOf(deps, row.id, leaf, openings),
		proof: isCovered
			? {
					path: (
						await rootsOf(
							inclusionRanges(index, checkpoint.size),
							tileReader(db, checkpoint.size, deps.tiles),
							sha256,
						)
					).map(toBase64),
					checkpoint: checkpoint.note,
					treeSize: checkpoint.size,
					isWitnessed: checkpoint.witnessed.isAsked && checkpoint.witnessed.isMet,
				}
			: null,
	}
}

/** Every sealed group of an entry: opened where it may be, else sealed or erased, and by which entry. */
async function groupsOf(
	{ database }: Deps,
	entryId: string,
	leaf: Leaf | null,
	openings: Record<string, Opening> | undefined,
): Promise<EntryDetail['openings']> {
	const groups = Object.entries(leaf?.seals ?? {})
	if (groups.length === 0) return []
	const erasures = (await erasuresNaming(database.db, entryId)).map((erasure) => ({
		...erasure,
		leaf: parseLeaf(utf8.decode(erasure.leaf)),
	}))
	return groups.map(([group, commitment]) => {
		const opening = openings?.[group]
		const erasure = erasures.find(
			({ leaf }) =>
				leaf?.kind === 'record.erased' &&
				leaf.open.erased.some((erased) => erased.entryId === entryId && erased.groups.includes(group)),
		)
		return {
			group,
			commitment,
			record: opening ? canonicalJson(opening.record as Json) : null,
			erased: erasure ? { at: erasure.time.toISOString(), entryIndex: erasure.index } : null,
		}
	})
}

/** Auditors and officers read everything; others what concerns them, and steps of requests if they may read those. */
function mayRead({ permissions, personId }: Actor, leaf: Leaf | null): boolean {
	if (permissions.has('record:read')) return true
	if (leaf === null) return false
	if (leaf.subject === personId || leaf.actor === personId) return true
	return permissions.has('request:read_all') && 'requestId' in leaf.open
}

async function viewsOf({ database }: Deps, rows: readonly EntryRow[]): Promise<EntryView[]> {
	const parsed = rows.map((row) => ({ row, leaf: parseLeaf(utf8.decode(row.leaf)) }))
	const ids = parsed
		.flatMap(({ leaf }) => [leaf?.subject, leaf?.actor])
		.filter((id) => typeof id === 'string')
	const names = await namesOf(database.db, ids)
	const nameOf = (id: string | null | undefined) => (id ? (names.get(id) ?? id) : null)
	return parsed.map(({ row, leaf }) => ({
		index: row.index,
		id: row.id,
		kind: row.kind as EntryKind,
		time: row.time.toISOString(),
		subject: nameOf(leaf?.subject),
		actor: nameOf(leaf?.actor),
		leafHash: bytesToHex(row.leafHash),
	}))
}
