import { createHash } from 'node:crypto'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { everythingAbout } from '#db/queries/subject-export.ts'
import { findPerson, namesOf } from '#db/queries/people.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

export type PersonFile = { fileName: string; bytes: Uint8Array }

/**
 * Everything recorded about one person as JSON, for the person (GDPR Articles 15 and 20): who they are, every fact with
 * what it rests on and who recorded it, passkeys, requests, accesses, decisions, sign-ins, and every entry of the record
 * about them with what is still opened. For an officer who may see it, and for the person themselves. That it was put
 * together is an entry of its own, written before the file leaves.
 */
export async function exportPerson(deps: Deps, actor: Actor, personId: string): Promise<PersonFile> {
	if (actor.personId !== personId) demand(actor, 'people:values')
	const { db } = deps.database
	const at = deps.now()
	const { words: _, ...person } = await findPerson(db, personId)
	const facts = await factRowsOf(db, personId)
	const about = await everythingAbout(db, personId)
	const names = await namesOf(
		db,
		facts.flatMap(({ recordedBy, verifiedBy, retractedBy }) =>
			[recordedBy, verifiedBy, retractedBy].filter((id) => id !== null),
		),
	)
	const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
	const file = {
		format: 'charterkeep/person/v1',
		madeAt: at.toISOString(),
		person,
		facts: facts.map(({ recordedBy, verifiedBy, retractedBy, ...fact }) => ({
			...fact,
			recordedBy: nameOf(recordedBy),
			verifiedBy: nameOf(verifiedBy),
			retractedBy: nameOf(retractedBy),
		})),
		...about,
	}
	const bytes = new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`)
	await deps.database.withTx((tx) =>
		recordEntry(tx, deps, {
			kind: 'person.exported',
			subject: personId,
			actor: actor.personId,
			open: {
				fileSha256: createHash('sha256').update(bytes).digest('hex'),
				facts: facts.length,
				entries: about.entries.length,
			},
			sealed: {},
			at,
		}),
	)
	deps.wake()
	return { fileName: `charterkeep-person-${personId.slice(-8)}.json`, bytes }
}
