import {
	blankPasskeys,
	blankRequests,
	closeDoors,
	deleteFacts,
	deleteOpenings,
	foundingPasskeys,
	openingsAbout,
	pseudonymise,
	tiesOf,
	type PersonOpening,
	type Ties,
} from '#db/queries/erasure.ts'
import { blankHoldings } from '#db/queries/boundaries.ts'
import { discardWaitingImports } from '#db/queries/imports.ts'
import { endFileReadings } from '#db/queries/readiness-readings.ts'
import type { Tx } from '#db/client.ts'
import { blankApiTokens } from '#db/queries/api-tokens.ts'
import { blankUses } from '#db/queries/break-glass.ts'
import { blankFilings } from '#db/queries/filings.ts'
import { blankLockboxes } from '#db/queries/lockbox.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { credentialsOf, retireLinks } from '#db/queries/credentials.ts'
import { forgetTelling } from '#db/queries/mails.ts'
import { blankSuspensions } from '#db/queries/suspensions.ts'
import { findPerson, lockPeople } from '#db/queries/people.ts'
import {
	erasablePartOf,
	erasedInEntries,
	pseudonymOf,
	type ErasablePart,
	type ErasureGround,
} from '#workflows/people/erasure.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { countOwners, demandOwners } from '../amendments/check-amendment.server.ts'
import type { Deps } from '../deps.ts'
import { endTokensOf } from '../api/manage-tokens.server.ts'
import { recordEntry } from '../record-entry.server.ts'

export type ErasureForm = {
	parts: readonly ErasablePart[]
	ground: ErasureGround
	reason: string
	/** The person's name as it stands, typed by whoever erases. */
	confirmation: string
}

/**
 * Erases the chosen parts of a person for good: destroys what opens the commitments of their entries, takes the same
 * out of the tables, and records which groups of which entries were erased, all in one transaction. No leaf changes, so
 * every proof holds. Refused for oneself, while the person is still tied to anything that runs, and where too few people
 * would be left who could amend the charter. Gives how many sealed groups were destroyed.
 */
export async function erasePerson(
	deps: Deps,
	actor: Actor,
	personId: string,
	{ parts, ground, reason, confirmation }: ErasureForm,
): Promise<{ groups: number }> {
	demand(actor, 'record:erase')
	demandOther(actor, personId)
	const at = deps.now()
	const groups = await deps.database.withTx(async (tx) => {
		// Who may amend the charter may change by this; whoever judges on this person waits or is waited for.
		await holdCharter(tx, 'change')
		await lockPeople(tx, [personId], 'update')
		const person = await findPerson(tx, personId)
		if (confirmation !== person.displayName)
			throw new DomainError('INVALID_INPUT', 'The name that was typed is not the name of this person.', {
				field: 'confirmation',
				problem: 'NAME_DIFFERS',
			})
		demandUntied(await tiesOf(tx, personId))
		const kept = parts.includes('passkeys') ? await foundingPasskeys(tx, personId) : []
		const { charter } = await deps.charters.inForce(tx)
		const owners = await countOwners(tx, charter, at)
		const chosen = erasableOf(await openingsAbout(tx, personId), kept).filter(({ part }) =>
			parts.includes(part),
		)
		const gone = await deleteOpenings(tx, chosen)
		await eraseRows(tx, deps, personId, parts, kept)
		await endTokensOf(tx, deps, personId, actor.personId, at)
		if (gone.length === 0)
			throw new DomainError('INVALID_INPUT', 'All of this has been erased already.', {
				field: 'parts',
				problem: 'NOTHING_TO_ERASE',
			})
		if ((await countOwners(tx, charter, at)) < owners) await demandOwners(tx, charter, at)
		const order = new Map(chosen.map(({ entryId }, position) => [entryId, position]))
		gone.sort((a, b) => (order.get(a.entryId) ?? 0) - (order.get(b.entryId) ?? 0))
		for (const erased of erasedInEntries(gone)) {
			await recordEntry(tx, deps, {
				kind: 'record.erased',
				subject: personId,
				actor: actor.personId,
				open: { erased },
				sealed: { basis: { ground, reason } },
				at,
			})
		}
		return gone.length
	})
	deps.wake()
	return { groups }
}

async function eraseRows(
	tx: Tx,
	{ now, newId }: Deps,
	personId: string,
	parts: readonly ErasablePart[],
	kept: readonly { id: string }[],
): Promise<void> {
	await closeDoors(tx, personId, now())
	// Files that wait may tell of this person, and nobody can tell which do: they are brought again.
	await discardWaitingImports(tx, now())
	await endFileReadings(tx, { askedBy: now(), at: now(), trouble: 'FILES_GONE' })
	await retireLinks(tx, personId, now())
	// Whatever is erased of them, nobody mails them any more.
	await forgetTelling(tx, personId)
	if (parts.includes('identity'))
		await pseudonymise(tx, personId, { name: pseudonymOf(personId), objectId: newId() })
	if (parts.includes('facts')) {
		await deleteFacts(tx, personId)
		await blankSuspensions(tx, personId)
		await blankHoldings(tx, personId)
	}
	if (parts.includes('texts')) {
		await blankRequests(tx, personId)
		await blankUses(tx, personId)
		await blankApiTokens(tx, personId)
		await blankFilings(tx, personId)
		await blankLockboxes(tx, personId)
	}
	if (parts.includes('passkeys')) {
		const keep = new Set(kept.map(({ id }) => id))
		const rows = await credentialsOf(tx, personId)
		await blankPasskeys(
			tx,
			rows.map(({ id }) => id).filter((id) => !keep.has(id)),
		)
	}
}

/** What can be erased of these openings, with the part it belongs to; passkeys that are kept are not among it. */
export function erasableOf(
	openings: readonly PersonOpening[],
	kept: readonly { entryId: string }[],
): (PersonOpening & { part: ErasablePart })[] {
	const keep = new Set(kept.map(({ entryId }) => entryId))
	return openings.flatMap((opening) => {
		const part = erasablePartOf(opening.kind, opening.group)
		return part === null || keep.has(opening.entryId) ? [] : [{ ...opening, part }]
	})
}

export function demandOther(actor: Actor, personId: string): void {
	if (actor.personId === personId)
		throw new DomainError('FORBIDDEN', 'Nobody erases what is recorded about themselves.', {
			permission: 'record:erase',
		})
}

function demandUntied(ties: Ties): void {
	if (Object.values(ties).some((n) => n > 0))
		throw new DomainError('PERSON_IN_USE', 'This person is still tied to something that runs.', { ...ties })
}
