import type { Tx } from '#db/client.ts'
import { closeDoors } from '#db/queries/erasure.ts'
import { retireLinks } from '#db/queries/credentials.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo } from '#db/queries/people.ts'
import { heldBy, retractHeld } from '#db/queries/scim.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { countOwners, demandOwners } from '../amendments/check-amendment.server.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { writeFact } from '../people/write-fact.server.ts'
import { endTokensOf } from '../api/manage-tokens.server.ts'
import { recordEntry } from '../record-entry.server.ts'

/** Where a change comes from, as its entry says it. */
export type Origin = { source: 'scim'; tokenId: string }

const EVIDENCE = 'Deactivated by the provisioning system (SCIM)'

/**
 * Ends a person's employment as of now: employments and appointments end, sessions and enrolment links end, and
 * whatever rested on them begins to end, all in the caller's transaction. The caller holds the charter for change and
 * has locked the person. LAST_OFFICER or CHARTER_LOCKOUT where Charterkeep could not be run any more without them.
 */
export async function endEmployment(
	tx: Tx,
	deps: Deps,
	personId: string,
	origin: Origin,
	removed: boolean,
): Promise<void> {
	const at = deps.now()
	const { charter } = await deps.charters.inForce(tx)
	const before = await keepers(tx, charter, at)
	const held = await heldBy(tx, personId, at)
	const facts = await endFacts(tx, deps, personId, held, at)
	await demandKeepers(tx, charter, at, before)
	await closeDoors(tx, personId, at)
	await retireLinks(tx, personId, at)
	await endTokensOf(tx, deps, personId, null, at)
	await recordEntry(tx, deps, {
		kind: 'person.deactivated',
		subject: personId,
		actor: null,
		open: { ...origin, facts, sessions: held.sessions, removed },
		sealed: {},
		at,
	})
	await factsChanged(tx, deps, [personId])
}

/** Puts a fact that ends now in the place of each one held, with its entry. */
async function endFacts(
	tx: Tx,
	deps: Deps,
	personId: string,
	{ employments, appointments }: Awaited<ReturnType<typeof heldBy>>,
	at: Date,
): Promise<{ factId: string; by: string | null }[]> {
	const ended: { factId: string; by: string | null }[] = []
	await retractHeld(
		tx,
		[...employments, ...appointments].map(({ id }) => id),
		at,
	)
	const base = {
		personId,
		validUntil: at,
		evidence: EVIDENCE,
		evidenceFile: null,
		source: 'scim' as const,
		recordedBy: null,
		verifiedBy: null,
		at,
	}
	for (const { id, validFrom, employer, under, flowDown } of employments) {
		const by = validFrom < at ? deps.newId() : null
		ended.push({ factId: id, by })
		if (by === null) continue
		const values = { employer, under, flowDown }
		await writeFact(tx, deps, { ...base, kind: 'employment', values, validFrom, corrects: id }, by)
	}
	for (const { id, validFrom, role } of appointments) {
		const by = validFrom < at ? deps.newId() : null
		ended.push({ factId: id, by })
		if (by === null) continue
		await writeFact(tx, deps, { ...base, kind: 'appointment', values: { role }, validFrom, corrects: id }, by)
	}
	return ended
}

/** How many people could run Charterkeep at this instant: its officers, and those who may amend the charter. */
async function keepers(tx: Tx, charter: Charter, at: Date): Promise<{ officers: number; owners: number }> {
	return { officers: await countOfficers(tx, charter, at), owners: await countOwners(tx, charter, at) }
}

async function demandKeepers(
	tx: Tx,
	charter: Charter,
	at: Date,
	before: { officers: number; owners: number },
): Promise<void> {
	const after = await keepers(tx, charter, at)
	if (after.officers < before.officers && after.officers === 0)
		throw new DomainError('LAST_OFFICER', 'Without this person there would be no security officer.')
	if (after.owners < before.owners) await demandOwners(tx, charter, at)
}

/** How many people have the duty of a security officer at this instant, presence and working hours left out. */
async function countOfficers(tx: Tx, charter: Charter, at: Date): Promise<number> {
	const roles = Object.entries(charter.roles).flatMap(([role, { duties }]) =>
		duties.includes('security_officer') ? [role] : [],
	)
	const facts = await factsOf(tx, await appointedTo(tx, roles, at))
	const instant = at.toISOString()
	return [...facts.values()].filter((person) =>
		roles.some(
			(role) =>
				judge(charter, person, { role, part: 'holder', at: instant, durationMs: 0, standing: true }).permit,
		),
	).length
}
