import type { Charter } from '../charter/charter.schema.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { bytesToHex, utf8ToBytes } from '../shared/bytes.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import type { CharterSpan } from './coverage.ts'
import type { Platform } from './platform.ts'
import { opened, problem, unchecked, type Openings, type StoryProblem } from './problem.ts'

type Version = { version: number; textSha256: string; from: string; charter: Charter | null }

/** What was judged just before a version came into force may stand in the log just after it. */
const OVERLAP_MS = 60_000

/** The charter versions that came into force in a log, with their texts where those are laid open. */
export function createCharterBook({ sha256, readCharter }: Pick<Platform, 'sha256' | 'readCharter'>) {
	const versions = new Map<string, Version>()
	const hashes = new Map<string, string>()
	/** Entries of the version in force and, where there was one, of the one before it. */
	let inForce: string | null = null
	let before: string | null = null

	return {
		/** Hash of the text of each version, by the entry that put it into force. */
		hashes: hashes as ReadonlyMap<string, string>,
		tell({ id, time, open }: LeafOf<'charter.in_force'>, openings: Openings): StoryProblem[] {
			hashes.set(id, open.textSha256)
			before = inForce
			inForce = id
			const version = { version: open.version, textSha256: open.textSha256, from: time }
			versions.set(id, { ...version, charter: null })
			const text = opened('charter.in_force', 'text', openings)
			if (text === null)
				return [unchecked('CHARTER_SEALED', 'the text of this charter version is not laid open')]
			if (bytesToHex(sha256(utf8ToBytes(text.yaml))) !== open.textSha256)
				return [problem('CHARTER_TEXT', 'the charter text does not have the hash that the entry names')]
			const charter = readCharter(text.yaml)
			versions.set(id, { ...version, charter })
			return charter === null
				? [unchecked('CHARTER_UNREADABLE', 'this verifier cannot read this charter: use a newer one')]
				: []
		},
		/** The charters that a step is judged under: the one it is pinned to, and the one in force now if that is another. */
		judgedUnder(pinned: string): Charter[] | null {
			const entries = inForce === null || inForce === pinned ? [pinned] : [pinned, inForce]
			const charters = entries.map((entry) => versions.get(entry)?.charter ?? null)
			return charters.every((charter) => charter !== null) ? charters : null
		},
		/**
		 * The charter in force at an entry of this time, and the one before it where that has only just ended. Null where not every
		 * text of them is known.
		 */
		around(time: Instant): Charter[] | null {
			const since = inForce === null ? undefined : versions.get(inForce)?.from
			if (inForce === null || since === undefined) return null
			const entries = before === null || msBetween(since, time) >= OVERLAP_MS ? [inForce] : [inForce, before]
			const charters = entries.map((entry) => versions.get(entry)?.charter ?? null)
			return charters.every((charter) => charter !== null) ? charters : null
		},
		/** Whether this entry's version is the one in force now. */
		isInForce: (entry: string) => entry === inForce,
		charterOf: (entry: string): Charter | null => versions.get(entry)?.charter ?? null,
		versionOf: (entry: string): number | null => versions.get(entry)?.version ?? null,
		/** Null as long as not every text is known: what cannot be read cannot be laid against anything. */
		spans(): CharterSpan[] | null {
			const spans: CharterSpan[] = []
			for (const { version, from, charter } of versions.values()) {
				if (charter === null) return null
				spans.push({ version, from, charter })
			}
			return spans
		},
		/** How many versions came into force so far. */
		count: () => versions.size,
		/** Hashes of the texts of the first `count` versions that came into force, in the order of their numbers. */
		texts(count: number): { version: number; textSha256: string }[] {
			return [...versions.values()].slice(0, count).sort((a, b) => a.version - b.version)
		},
	}
}

export type CharterBook = ReturnType<typeof createCharterBook>
