import type { Reader } from '#db/client.ts'
import { charterVersionInForce, findCharterVersion, type CharterVersionRow } from '#db/queries/charter.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { readCharter } from './read-charter.server.ts'

export type CharterInForce = CharterVersionRow & { charter: Charter }

export type CharterStore = {
	/** The charter version in force, now or at the instant given; NOTHING_IN_FORCE when there is none. */
	inForce(reader: Reader, at?: Date): Promise<CharterInForce>
	/** The version that a request is pinned to. */
	version(reader: Reader, id: string): Promise<CharterInForce>
}

/** Reads charter versions from the database, parsing each text once: a version's text never changes. */
export function charterStore(): CharterStore {
	const parsed = new Map<string, Charter>()
	const withCharter = (row: CharterVersionRow): CharterInForce => {
		const charter = parsed.get(row.textSha256) ?? readCharter(row.yaml).charter
		parsed.set(row.textSha256, charter)
		return { ...row, charter }
	}
	return {
		inForce: async (reader, at) => withCharter(await charterVersionInForce(reader, at)),
		version: async (reader, id) => withCharter(await findCharterVersion(reader, id)),
	}
}
