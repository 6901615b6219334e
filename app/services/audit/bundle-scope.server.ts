import { entriesFrom, openingsOf } from '#db/queries/ledger.ts'
import type { Reader } from '#db/client.ts'
import { indexDigest, type BundleFilter, type Profile } from '#workflows/audit-export/manifest.ts'
import { isSealedIn } from '#workflows/audit-export/minimised.ts'
import { createChoice, isOfFinding } from '#workflows/audit-export/selection.ts'
import type { EntryToWrite } from '#workflows/audit-export/write-bundle.ts'
import type { Leaf } from '#workflows/ledger/entry.schema.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import { TILE_WIDTH } from '#workflows/ledger/tiles.ts'
import { nodePlatform } from '#app/verifier/node-platform.server.ts'

/** Entries read at a time: a whole number of tiles. */
const PAGE = TILE_WIDTH * 4
const utf8 = new TextDecoder()

export type BundleScope = {
	profile: Profile
	/** Entries below this index were chosen from. */
	asOf: number
	requests: ReadonlySet<string>
	findings: ReadonlySet<string>
	/** Who asked for what was chosen or held it, or decided on it. */
	people: ReadonlySet<string>
	/** Enrolment entries of the passkeys that signed what is laid open. */
	passkeys: ReadonlySet<string>
	/** Rotations of the log's key, by index. */
	rotations: readonly number[]
	/** Charter versions that were in force, by the entry that tells of them. */
	charters: readonly { entryId: string; version: number }[]
	selected: number
	selectedSha256: string
}

type Read = { index: number; id: string; text: string; leafHash: Uint8Array; bytes: Uint8Array; kind: string }

/** Entries of the log in order, in lots of 256 as its tiles are. */
async function* tilesOf(reader: Reader, size: number): AsyncGenerator<Read[]> {
	for (let from = 0; from < size; from += PAGE) {
		const rows = await entriesFrom(reader, from, size, PAGE)
		if (rows.length !== Math.min(PAGE, size - from))
			throw new Error(`The log has a hole after entry ${from}: look at it with log verify.`)
		for (let at = 0; at < rows.length; at += TILE_WIDTH)
			yield rows.slice(at, at + TILE_WIDTH).map(({ index, id, leaf, leafHash, kind }) => ({
				index,
				id,
				kind,
				text: utf8.decode(leaf),
				leafHash,
				bytes: leaf,
			}))
	}
}

/** Kinds that say what a filter chooses, or what has to be there whatever it chooses. */
const isTelling = (kind: string) =>
	/^(request|grant|break_glass|lockbox|finding)\./.test(kind) ||
	['amendment.decided', 'charter.in_force', 'provider_boundary.recorded', 'record.key_rotated'].includes(kind)

/**
 * What a filter chooses from the log as it is now, told from the entries themselves, so that the verifier comes to the
 * same; `atFacilities` narrows it further by what stands in no leaf.
 */
export async function scopeOf(
	reader: Reader,
	{
		filter,
		profile,
		asOf,
		atFacilities,
	}: {
		filter: BundleFilter
		profile: Profile
		asOf: number
		atFacilities: ReadonlySet<string> | null
	},
): Promise<BundleScope> {
	const choice = createChoice(filter, { withFindings: true })
	const entries = new Map<string, number[]>()
	const deciders = new Map<string, { person: string | null; passkey: string }[]>()
	const passkeys = new Set<string>()
	const rotations: number[] = []
	const charters: BundleScope['charters'][number][] = []
	const push = <T>(lists: Map<string, T[]>, key: string, item: T) => {
		const list = lists.get(key) ?? []
		list.push(item)
		lists.set(key, list)
	}
	for await (const tile of tilesOf(reader, asOf)) {
		for (const { index, kind, text } of tile) {
			const leaf = isTelling(kind) ? parseLeaf(text) : null
			if (leaf === null) continue
			choice.tell(leaf)
			const about = aboutOf(leaf)
			if (about !== null) push(entries, about, index)
			if (leaf.kind === 'finding.decided')
				push(deciders, leaf.open.findingId, { person: leaf.actor, passkey: leaf.open.credentialEntry })
			if (leaf.kind === 'request.decided')
				push(deciders, leaf.open.requestId, { person: leaf.actor, passkey: leaf.open.credentialEntry })
			if (isUseSignature(leaf))
				push(deciders, leaf.open.requestId, { person: leaf.actor, passkey: leaf.open.credentialEntry })
			if (leaf.kind === 'amendment.decided') passkeys.add(leaf.open.credentialEntry)
			if (leaf.kind === 'record.key_rotated') rotations.push(index)
			if (leaf.kind === 'charter.in_force') charters.push({ entryId: leaf.id, version: leaf.open.version })
		}
	}
	const requests = new Set<string>()
	const findings = new Set<string>()
	const people = new Set<string>()
	for (const [id, request] of choice.requests) {
		if (!choice.fits(request) || (atFacilities !== null && !atFacilities.has(id))) continue
		;(request.isFinding ? findings : requests).add(id)
		if (request.person !== null) people.add(request.person)
		for (const { person, passkey } of deciders.get(id) ?? []) {
			if (person !== null) people.add(person)
			passkeys.add(passkey)
		}
	}
	const digest = indexDigest(nodePlatform.createSha256())
	const chosen = [...requests, ...findings].flatMap((id) => entries.get(id) ?? []).sort((a, b) => a - b)
	for (const index of chosen) digest.add(index)
	return { profile, asOf, requests, findings, people, passkeys, rotations, charters, ...digest.finish() }
}

/** Entries that somebody signed on a use of break-glass, or on a request for customer content. */
const isUseSignature = (leaf: Leaf) =>
	leaf.kind === 'break_glass.signed' ||
	leaf.kind === 'break_glass.seconded' ||
	leaf.kind === 'break_glass.reviewed' ||
	leaf.kind === 'break_glass.offline_recorded' ||
	leaf.kind === 'lockbox.decided'

/** The request or the finding that an entry is about. */
const aboutOf = (leaf: Leaf): string | null =>
	isOfFinding(leaf) ? leaf.open.findingId : 'requestId' in leaf.open ? leaf.open.requestId : null

function isChosen({ requests, findings, asOf }: BundleScope, index: number, leaf: Leaf): boolean {
	const about = aboutOf(leaf)
	return index < asOf && about !== null && (isOfFinding(leaf) ? findings : requests).has(about)
}

/** The groups of an entry that may be laid open here. Who loses what by an amendment, and a sign-in, never are. */
function openGroups(scope: BundleScope, index: number, leaf: Leaf): (group: string) => boolean {
	const isConcerned = leaf.subject !== null && scope.people.has(leaf.subject)
	if (isChosen(scope, index, leaf)) return (group) => !isSealedIn(scope.profile, leaf, group)
	switch (leaf.kind) {
		case 'charter.in_force':
			return () => true
		case 'amendment.decided':
			return (group) => group === 'evidence'
		case 'passkey.enrolled': {
			const isUsed = scope.passkeys.has(leaf.id) || (scope.profile === 'auditor' && isConcerned)
			return () => isUsed
		}
		case 'person.recorded':
			return () => isConcerned
		default:
			return (group) => group === 'fact' && scope.profile === 'auditor' && isConcerned
	}
}

export type ScopedEntry = EntryToWrite & { index: number; leafRead: Leaf }

/** Entries with what this scope lays open of them, in lots of 256. */
export async function* openedTiles(
	reader: Reader,
	scope: BundleScope,
	size: number,
): AsyncGenerator<ScopedEntry[]> {
	for await (const tile of tilesOf(reader, size)) {
		const read = tile.map((row) => {
			const leafRead = parseLeaf(row.text)
			if (leafRead === null) throw new Error(`Entry ${row.index} cannot be read: look at it with log verify.`)
			return { ...row, leafRead, isOpen: openGroups(scope, row.index, leafRead) }
		})
		const wanted = read.filter(({ leafRead, isOpen }) => Object.keys(leafRead.seals).some(isOpen))
		const found = await openingsOf(
			reader,
			wanted.map(({ id }) => id),
		)
		yield read.map(({ index, id, bytes, leafHash, leafRead, isOpen }) => {
			const openings = only(found.get(id), isOpen)
			return {
				index,
				leaf: bytes,
				leafHash,
				leafRead,
				...(openings ? { openings } : {}),
				isSelected: isChosen(scope, index, leafRead),
			}
		})
	}
}

function only(openings: Record<string, Opening> | undefined, isOpen: (group: string) => boolean) {
	const kept = Object.entries(openings ?? {}).filter(([group]) => isOpen(group))
	return kept.length === 0 ? undefined : (Object.fromEntries(kept) as EntryToWrite['openings'])
}
