import { foundingPasskeys, openingsAbout, tiesOf, weightOf, type Ties } from '#db/queries/erasure.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { findPerson } from '#db/queries/people.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { ERASABLE_PARTS, type ErasablePart } from '#workflows/people/erasure.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { demandOther, erasableOf } from './erase-person.server.ts'

/** Entries of each kind and group that a part is made of. */
export type ErasableGroup = { kind: EntryKind; group: string; count: number; indexes: number[] }
export type ErasurePreview = {
	name: string
	ties: Ties
	mayErase: boolean
	parts: { part: ErasablePart; total: number; groups: ErasableGroup[] }[]
	/** What of this person is in the tables and which proofs rest on it. */
	weight: Awaited<ReturnType<typeof weightOf>>
	/** Passkeys that stay, since a charter that came into force rests on their signature. */
	keptPasskeys: number
	/** Sealed groups that stay: signed evidence. */
	kept: ErasableGroup[]
	erasures: PersonErasure[]
}
export type PersonErasure = { at: string; entryIndex: number | null }

/** Indexes that are named for each kind; the rest is counted. */
const NAMED = 12

/** Exactly what would be erased of a person, what would stay, and what could then no longer be checked. */
export async function showErasure(deps: Deps, actor: Actor, personId: string): Promise<ErasurePreview> {
	demand(actor, 'record:erase')
	demandOther(actor, personId)
	const { db } = deps.database
	const person = await findPerson(db, personId)
	const ties = await tiesOf(db, personId)
	const founding = await foundingPasskeys(db, personId)
	const openings = await openingsAbout(db, personId)
	const erasable = erasableOf(openings, founding)
	const going = new Set(erasable.map(({ entryId, group }) => entryId + group))
	return {
		name: person.displayName,
		ties,
		mayErase: Object.values(ties).every((n) => n === 0),
		parts: ERASABLE_PARTS.map((part) => {
			const own = erasable.filter((opening) => opening.part === part)
			return { part, total: own.length, groups: grouped(own) }
		}),
		weight: await weightOf(db, personId),
		keptPasskeys: founding.length,
		kept: grouped(openings.filter(({ entryId, group }) => !going.has(entryId + group))),
		erasures: await erasuresOf(deps, personId),
	}
}

function grouped(
	openings: readonly { kind: EntryKind; group: string; index: number | null }[],
): ErasableGroup[] {
	const groups = new Map<string, ErasableGroup>()
	for (const { kind, group, index } of openings) {
		const key = `${kind} ${group}`
		const found = groups.get(key) ?? { kind, group, count: 0, indexes: [] }
		found.count += 1
		if (index !== null && found.indexes.length < NAMED) found.indexes.push(index)
		groups.set(key, found)
	}
	return [...groups.values()]
}

/** When something of this person was erased, by which entries. */
async function erasuresOf({ database }: Deps, personId: string): Promise<PersonErasure[]> {
	const entries = await entriesAbout(database.db, personId, ['record.erased'])
	return entries.map(({ index, time }) => ({ at: time.toISOString(), entryIndex: index }))
}

/** The same for whoever may see the person's file. */
export async function showErasures(deps: Deps, actor: Actor, personId: string): Promise<PersonErasure[]> {
	if (actor.personId !== personId) demand(actor, 'people:values')
	return erasuresOf(deps, personId)
}
