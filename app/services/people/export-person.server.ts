import { createHash } from 'node:crypto'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { everythingAbout } from '#db/queries/subject-export.ts'
import { findPerson, namesOf } from '#db/queries/people.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

/** Everything recorded about one person: who they are, every fact with what it rests on, and what there is beside. */
export type PersonData = Awaited<ReturnType<typeof gatherPerson>>
/** How it is written: as JSON unless the caller brings words for people. */
type PersonWriter = { extension: string; write: (data: PersonData) => Uint8Array }
export type PersonFile = { fileName: string; bytes: Uint8Array }

const JSON_WRITER: PersonWriter = {
	extension: 'json',
	write: (data) => new TextEncoder().encode(`${JSON.stringify(data, null, 2)}\n`),
}

/**
 * Everything recorded about one person as one file, for the person (GDPR Articles 15 and 20): who they are, every fact with
 * what it rests on and who recorded it, passkeys, requests, accesses, decisions, sign-ins, and every entry of the record
 * about them with what is still opened. For an officer who may see it, and for the person themselves. That it was put
 * together is an entry of its own, written before the file leaves.
 */
export async function exportPerson(
	deps: Deps,
	actor: Actor,
	personId: string,
	{ extension, write }: PersonWriter = JSON_WRITER,
): Promise<PersonFile> {
	if (actor.personId !== personId) demand(actor, 'people:values')
	const at = deps.now()
	const file = await gatherPerson(deps, personId, at)
	const bytes = write(file)
	await deps.database.withTx((tx) =>
		recordEntry(tx, deps, {
			kind: 'person.exported',
			subject: personId,
			actor: actor.personId,
			open: {
				fileSha256: createHash('sha256').update(bytes).digest('hex'),
				facts: file.facts.length,
				entries: file.entries.length,
			},
			sealed: {},
			at,
		}),
	)
	deps.wake()
	return { fileName: `charterkeep-person-${personId.slice(-8)}.${extension}`, bytes }
}

async function gatherPerson({ database: { db } }: Deps, personId: string, at: Date) {
	const { words: _, ...person } = await findPerson(db, personId)
	const facts = await factRowsOf(db, personId)
	const about = await everythingAbout(db, personId)
	const sponsorOf = ({ sponsorId }: (typeof facts)[number]['values']) =>
		typeof sponsorId === 'string' ? sponsorId : null
	const names = await namesOf(
		db,
		facts.flatMap(({ recordedBy, verifiedBy, retractedBy, values }) =>
			[recordedBy, verifiedBy, retractedBy, sponsorOf(values)].filter((id) => id !== null),
		),
	)
	const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
	return {
		format: 'charterkeep/person/v1',
		madeAt: at.toISOString(),
		person,
		facts: facts.map(({ recordedBy, verifiedBy, retractedBy, values, ...fact }) => ({
			...fact,
			values: fact.kind === 'clearance' ? { ...values, sponsor: nameOf(sponsorOf(values)) } : values,
			recordedBy: nameOf(recordedBy),
			verifiedBy: nameOf(verifiedBy),
			retractedBy: nameOf(retractedBy),
		})),
		...about,
	}
}
