import type { Tx } from '#db/client.ts'
import { casesOfPeople, casesOfPerson, type StoredCase } from '#db/queries/vetting.ts'
import { takesPlaceOf } from '#workflows/people/clearance-models.ts'
import type { VettingState } from '#workflows/people/vetting-case.events.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** States in which a clearance was active once and two officers alone can bring it back. */
const STOPPED: readonly VettingState[] = ['review_for_cause', 'suspended', 'revoked', 'appeal']

/**
 * CLEARANCE_STOPPED when a case of this person has stopped such a clearance, whatever the post: recording one by hand, and
 * be it for another post, would give back alone what takes two officers. The caller has locked the person.
 */
export async function demandNotStopped(
	tx: Tx,
	personId: string,
	clearance: { scheme: string; level: string },
): Promise<void> {
	const cases = await casesOfPerson(tx, personId, clearance.scheme, STOPPED)
	const stopped = stopping(cases, clearance)
	if (stopped !== undefined)
		throw new DomainError('CLEARANCE_STOPPED', 'A vetting case has stopped this clearance.', {
			number: stopped.row.number,
		})
}

/** As `demandNotStopped`, for many people: tells of one and a clearance whether a case has stopped it. */
export async function openStopped(
	tx: Tx,
	personIds: readonly string[],
): Promise<(personId: string, clearance: { scheme: string; level: string }) => boolean> {
	const cases = Map.groupBy(await casesOfPeople(tx, personIds, STOPPED), ({ row }) => row.personId)
	return (personId, clearance) =>
		stopping(
			(cases.get(personId) ?? []).filter(({ row }) => row.scheme === clearance.scheme),
			clearance,
		) !== undefined
}

const stopping = (cases: readonly StoredCase[], { scheme, level }: { scheme: string; level: string }) =>
	cases.find(
		({ row, snapshot }) =>
			snapshot.context.clearanceId !== null && takesPlaceOf({ scheme, level, post: row.post }, row),
	)
