import type { Reader } from '#db/client.ts'
import { findCharterVersion, versionIdInForce, type CharterVersionRow } from '#db/queries/charter.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { readCharter } from './read-charter.server.ts'

export type CharterInForce = CharterVersionRow & { charter: Charter }

export type CharterStore = {
	/** The charter version in force, now or at the instant given; NOTHING_IN_FORCE when there is none. */
	inForce(reader: Reader, at?: Date): Promise<CharterInForce>
	/** The version that a request is pinned to. */
	version(reader: Reader, id: string): Promise<CharterInForce>
}

/** Reads charter versions from the database, each once: a version never changes. */
export function charterStore(): CharterStore {
	const read = new Map<string, CharterInForce>()
	const parsed = new Map<string, Charter>()
	const version = async (reader: Reader, id: string): Promise<CharterInForce> => {
		const known = read.get(id)
		if (known) return known
		const row = await findCharterVersion(reader, id)
		const charter = parsed.get(row.textSha256) ?? readCharter(row.yaml).charter
		parsed.set(row.textSha256, charter)
		const found = { ...row, charter }
		read.set(id, found)
		return found
	}
	return { inForce: async (reader, at) => version(reader, await versionIdInForce(reader, at)), version }
}
