import type { Reader } from '#db/client.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { evidenceOfCase, managersOf, type VettingRow } from '#db/queries/vetting.ts'
import { refusalToVet, type RefusalToVet } from '#workflows/people/direct-line.ts'
import { dutiesOf, permissionsOf } from '#workflows/people/permissions.ts'
import { checklistFor, missingFor, type EvidenceItem } from '#workflows/people/vetting-checklists.ts'
import type { VettingAct } from '#workflows/people/vetting-case.events.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

type Involved = Pick<VettingRow, 'personId' | 'sponsorId'>

const WORDS: Readonly<Record<RefusalToVet, string>> = {
	OWN_CASE: 'Nobody acts on their own case.',
	DIRECT_LINE: 'Officer and subject are in one line of management.',
	CASE_SPONSOR: 'The officer vouches for this case as its sponsor.',
}

/** Why this person must not act on a case, whatever their duty; null where nothing stands in the way. */
export async function refusalOf(
	reader: Reader,
	officerId: string,
	{ personId, sponsorId }: Involved,
): Promise<RefusalToVet | null> {
	const managers = await managersOf(reader, [officerId, personId])
	return refusalToVet({ officerId, subjectId: personId, sponsorId, managers })
}

/** OWN_CASE, DIRECT_LINE or CASE_SPONSOR where this officer must keep out of the case. */
export async function demandIndependent(
	reader: Reader,
	officerId: string,
	involved: Involved,
): Promise<void> {
	const refusal = await refusalOf(reader, officerId, involved)
	if (refusal !== null) throw new DomainError(refusal, WORDS[refusal])
}

/** Whether this person is an officer at this moment: appointed, and what the charter asks of one. */
export async function isOfficer(reader: Reader, deps: Deps, personId: string, at: Date): Promise<boolean> {
	const { charter } = await deps.charters.inForce(reader)
	const duties = dutiesOf(charter, await factsOfPerson(reader, personId), at.toISOString())
	return permissionsOf(duties).has('vetting:run')
}

/** FORBIDDEN for who is no officer now, and the reasons for which an officer must keep out of this case. */
export async function demandOfficer(
	reader: Reader,
	deps: Deps,
	personId: string,
	involved: Involved,
	at: Date,
): Promise<void> {
	if (!(await isOfficer(reader, deps, personId, at)))
		throw new DomainError('FORBIDDEN', 'Your duties do not allow this.', { permission: 'vetting:run' })
	await demandIndependent(reader, personId, involved)
}

/** What is still missing for an act on this case, by name. */
export async function missingEvidence(
	reader: Reader,
	row: Pick<VettingRow, 'id' | 'scheme' | 'level'>,
	act: VettingAct,
): Promise<EvidenceItem[]> {
	const present = new Set((await evidenceOfCase(reader, row.id)).map(({ item }) => item))
	return missingFor(act, checklistFor(row.scheme, row.level), present)
}

/** EVIDENCE_MISSING, with the names of what is. */
export async function demandEvidence(
	reader: Reader,
	row: Pick<VettingRow, 'id' | 'scheme' | 'level'>,
	act: VettingAct,
): Promise<void> {
	const items = await missingEvidence(reader, row, act)
	if (items.length > 0)
		throw new DomainError('EVIDENCE_MISSING', `Evidence is missing: ${items.join(', ')}.`, { items })
}

/** Refusals that the record keeps: somebody tried what they must not. */
const KEPT: ReadonlySet<string> = new Set([
	'OWN_CASE',
	'DIRECT_LINE',
	'CASE_SPONSOR',
	'EVIDENCE_MISSING',
	'SECOND_OFFICER',
	'PASSKEY_CLONED',
	'ASSERTION_REFUSED',
])

/** A refused attempt leaves its own entry; the refusal itself goes on to the page. */
export async function refusing<T>(
	deps: Deps,
	actor: Actor,
	{ caseId, subjectId, act }: { caseId: string; subjectId: string; act: string },
	attempt: () => Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error) && KEPT.has(error.code)) {
			const { code, message } = error
			await deps.database.withTx((tx) =>
				recordEntry(tx, deps, {
					kind: 'vetting.refused',
					subject: subjectId,
					actor: actor.personId,
					open: { caseId, act, code },
					sealed: { refusal: { message } },
					at: deps.now(),
				}),
			)
			deps.wake()
		}
		throw error
	}
}
