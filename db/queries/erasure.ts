import { and, count, countDistinct, eq, inArray, isNull, notInArray, or, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { LIVE_GRANT_STATES } from '#workflows/grants/grant.machine.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { CLOSED } from '#workflows/people/vetting-case.acting.ts'
import type { Reader, Tx } from '../client.ts'
import { countOwingUses } from './break-glass.ts'
import { countDecidedLockboxes, countOpenLockboxes } from './lockbox-lists.ts'
import {
	amendments,
	amendmentSignatures,
	agreements,
	appointments,
	attendances,
	badgeEvents,
	badges,
	challenges,
	citizenships,
	clearances,
	credentials,
	decisions,
	employments,
	evidenceFiles,
	facilityAuthorisations,
	grants,
	ledgerOpenings,
	people,
	presences,
	readIns,
	reportableEvents,
	requests,
	residences,
	scimUsers,
	sessions,
	readinessAccounts,
	tenantUsers,
	travels,
	vettingCases,
	vettingEvidence,
	visits,
} from '../schema/index.ts'
import { deleteDraftsOf } from './drafts.ts'
import { eraseMessages } from './request-messages.ts'

export type PersonOpening = { entryId: string; group: string; kind: EntryKind; index: number | null }

/**
 * Every opening that holds something of this person: of the entries about them, and of the decisions they made, which
 * were judged on their facts as well. In order of the log, those that wait for their index last.
 */
export async function openingsAbout(reader: Reader, personId: string): Promise<PersonOpening[]> {
	const { rows } = await reader.execute<{
		entry_id: string
		group: string
		kind: string
		index: string | null
	}>(sql`
		with entry as (
			select id, kind, index from ledger_entries where subject = ${personId}
			union
			select e.id, e.kind, e.index from ledger_entries e
			join decisions d on d.entry_id = e.id where d.approver_id = ${personId}
			union
			select id, kind, null from ledger_pending
			where subject = ${personId}
				or id in (select entry_id from decisions where approver_id = ${personId})
		)
		select o.entry_id, o."group", entry.kind, entry.index
		from entry join ledger_openings o on o.entry_id = entry.id
		order by entry.index nulls last, o.entry_id, o."group"`)
	return rows.map((row) => ({
		entryId: row.entry_id,
		group: row.group,
		kind: row.kind as EntryKind,
		index: row.index === null ? null : Number(row.index),
	}))
}

/** Destroys these openings and gives what was there to destroy. */
export async function deleteOpenings(
	tx: Tx,
	openings: readonly { entryId: string; group: string }[],
): Promise<{ entryId: string; group: string }[]> {
	const gone: { entryId: string; group: string }[] = []
	for (const group of new Set(openings.map((opening) => opening.group))) {
		const ids = openings.filter((opening) => opening.group === group).map(({ entryId }) => entryId)
		for (let from = 0; from < ids.length; from += BATCH) {
			const batch = ids.slice(from, from + BATCH)
			gone.push(
				...(await tx
					.delete(ledgerOpenings)
					.where(and(eq(ledgerOpenings.group, group), inArray(ledgerOpenings.entryId, batch)))
					.returning({ entryId: ledgerOpenings.entryId, group: ledgerOpenings.group })),
			)
		}
	}
	return gone
}

const BATCH = 5000

/** What still ties a person to the running of things: nothing of them is erased while any of it is not zero. */
export type Ties = {
	liveAccesses: number
	/** Of others, which rest on this person's decision and may be live. */
	approvedAccesses: number
	openRequests: number
	openAmendments: number
	usablePasskeys: number
	openCases: number
}

export async function tiesOf(reader: Reader, personId: string): Promise<Ties> {
	const pending = and(
		eq(requests.state, 'pending'),
		or(
			eq(requests.requesterId, personId),
			inArray(
				requests.id,
				reader.select({ id: decisions.requestId }).from(decisions).where(eq(decisions.approverId, personId)),
			),
		),
	)
	const open = and(
		inArray(amendments.state, ['draft', 'proposed', 'signed']),
		or(
			eq(amendments.drafterId, personId),
			inArray(
				amendments.id,
				reader
					.select({ id: amendmentSignatures.amendmentId })
					.from(amendmentSignatures)
					.where(eq(amendmentSignatures.ownerId, personId)),
			),
		),
	)
	const n = { n: count() }
	const [live] = await reader
		.select(n)
		.from(grants)
		.where(and(eq(grants.personId, personId), inArray(grants.state, [...LIVE_GRANT_STATES])))
	const [approved] = await reader
		.select({ n: countDistinct(grants.id) })
		.from(grants)
		.innerJoin(decisions, eq(decisions.requestId, grants.requestId))
		.where(
			and(
				eq(decisions.approverId, personId),
				eq(decisions.verdict, 'approve'),
				inArray(grants.state, [...LIVE_GRANT_STATES]),
			),
		)
	const [asked] = await reader.select(n).from(requests).where(pending)
	const [amending] = await reader.select(n).from(amendments).where(open)
	const [usable] = await reader
		.select(n)
		.from(credentials)
		.where(and(eq(credentials.personId, personId), isNull(credentials.revokedAt)))
	const [vetted] = await reader
		.select(n)
		.from(vettingCases)
		.where(and(eq(vettingCases.personId, personId), notInArray(vettingCases.state, [...CLOSED])))
	return {
		liveAccesses: live?.n ?? 0,
		approvedAccesses: (approved?.n ?? 0) + (await countDecidedLockboxes(reader, personId)),
		// A use of break-glass that is not reviewed is as open as a request.
		openRequests:
			(asked?.n ?? 0) +
			(await countOwingUses(reader, personId)) +
			(await countOpenLockboxes(reader, personId)),
		openAmendments: amending?.n ?? 0,
		usablePasskeys: usable?.n ?? 0,
		openCases: vetted?.n ?? 0,
	}
}

/** What could be proved with the person's data and what of it rests on which. */
export async function weightOf(reader: Reader, personId: string) {
	const n = { n: count() }
	const [accesses] = await reader.select(n).from(grants).where(eq(grants.personId, personId))
	const [decided] = await reader.select(n).from(decisions).where(eq(decisions.approverId, personId))
	const [signed] = await reader
		.select(n)
		.from(amendmentSignatures)
		.where(eq(amendmentSignatures.ownerId, personId))
	const [texts] = await reader.select(n).from(requests).where(eq(requests.requesterId, personId))
	const [keys] = await reader.select(n).from(credentials).where(eq(credentials.personId, personId))
	let facts = 0
	for (const table of FACT_TABLES) {
		const [row] = await reader.select(n).from(table).where(eq(table.personId, personId))
		facts += row?.n ?? 0
	}
	return {
		accesses: accesses?.n ?? 0,
		decisions: decided?.n ?? 0,
		amendmentSignatures: signed?.n ?? 0,
		requests: texts?.n ?? 0,
		passkeys: keys?.n ?? 0,
		facts,
	}
}

const FACT_TABLES: readonly (PgTable & { personId: PgColumn })[] = [
	citizenships,
	clearances,
	appointments,
	facilityAuthorisations,
	residences,
	attendances,
	employments,
	presences,
	readIns,
	agreements,
	travels,
	visits,
	reportableEvents,
]

/** Passkeys of the person that signed a charter which came into force: every bundle rests on these. */
export async function foundingPasskeys(
	reader: Reader,
	personId: string,
): Promise<{ id: string; entryId: string }[]> {
	return reader
		.selectDistinct({ id: credentials.id, entryId: credentials.entryId })
		.from(credentials)
		.innerJoin(amendmentSignatures, eq(amendmentSignatures.credentialId, credentials.id))
		.innerJoin(amendments, eq(amendments.id, amendmentSignatures.amendmentId))
		.where(and(eq(credentials.personId, personId), inArray(amendments.state, ['inForce', 'superseded'])))
}

/** Puts a pseudonym in place of who this person is. */
export async function pseudonymise(
	tx: Tx,
	personId: string,
	{ name, objectId }: { name: string; objectId: string },
): Promise<void> {
	// The mirror of their account as well; what Entra itself still holds comes back with the next reading, as nobody's.
	await tx
		.delete(tenantUsers)
		.where(
			inArray(
				tenantUsers.objectId,
				tx.select({ id: people.entraObjectId }).from(people).where(eq(people.id, personId)),
			),
		)
	await tx.delete(readinessAccounts).where(
		inArray(
			readinessAccounts.objectId,
			tx
				.select({ id: sql<string>`${people.entraObjectId}::text` })
				.from(people)
				.where(eq(people.id, personId)),
		),
	)
	await tx
		.update(people)
		.set({
			displayName: name,
			userPrincipalName: `${personId}@erased.invalid`,
			entraObjectId: objectId,
			employer: '–',
			personnelNumber: null,
			managerId: null,
			persona: null,
		})
		.where(eq(people.id, personId))
	await tx.delete(scimUsers).where(eq(scimUsers.personId, personId))
	await tx.update(scimUsers).set({ managerId: null }).where(eq(scimUsers.managerId, personId))
}

/** Deletes every fact about a person, and with them the files that they rest on. */
export async function deleteFacts(tx: Tx, personId: string): Promise<void> {
	for (const table of FACT_TABLES) await tx.delete(table).where(eq(table.personId, personId))
	// Presences rest on events, so they go first.
	await tx.delete(badgeEvents).where(eq(badgeEvents.personId, personId))
	await tx.delete(badges).where(eq(badges.personId, personId))
	await tx.delete(evidenceFiles).where(eq(evidenceFiles.personId, personId))
	await blankCases(tx, personId)
}

/** Takes out of a person's vetting cases what is known of them, and what was handed in; that there were cases stays. */
export async function blankCases(tx: Tx, personId: string): Promise<void> {
	const own = eq(vettingCases.personId, personId)
	const cases = tx.select({ id: vettingCases.id }).from(vettingCases).where(own)
	await tx.delete(vettingEvidence).where(inArray(vettingEvidence.caseId, cases))
	await tx
		.update(vettingCases)
		.set({
			scheme: '–',
			level: '–',
			post: null,
			neededFrom: null,
			neededUntil: null,
			terms: null,
			proposedTerms: null,
			validUntil: null,
			context: sql`jsonb_set(${vettingCases.context}, '{validUntil}', 'null')`,
		})
		.where(own)
}

/** Takes the words out of a person's requests; their digest stays, since decisions signed it. */
export async function blankRequests(tx: Tx, personId: string): Promise<void> {
	await tx.update(requests).set({ reason: '–', ticket: '–' }).where(eq(requests.requesterId, personId))
	await eraseMessages(tx, personId)
	await deleteDraftsOf(tx, personId)
}

/** Takes the keys out of these passkeys; the rows stay, since decisions name them. */
export async function blankPasskeys(tx: Tx, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return
	await tx
		.update(credentials)
		.set({
			credentialId: sql`'erased-' || ${credentials.id}`,
			publicKey: new Uint8Array(),
			aaguid: '',
			transports: [],
		})
		.where(inArray(credentials.id, [...ids]))
}

/** Ends what a person could still come back by. */
export async function closeDoors(tx: Tx, personId: string, at: Date): Promise<void> {
	await tx
		.update(sessions)
		.set({ endedAt: at })
		.where(and(eq(sessions.personId, personId), isNull(sessions.endedAt)))
	await tx.delete(challenges).where(eq(challenges.personId, personId))
}

export type Erasure = { entryId: string; index: number | null; time: Date; leaf: Uint8Array }

/** The `record.erased` entries that name this entry, oldest first. */
export async function erasuresNaming(reader: Reader, entryId: string): Promise<Erasure[]> {
	const named = JSON.stringify({ open: { erased: [{ entryId }] } })
	const { rows } = await reader.execute<{ id: string; index: string | null; time: string; leaf: Buffer }>(sql`
		select id, index, time, leaf from (
			select id, index, time, leaf, kind from ledger_entries
			union all
			select id, null, time, leaf, kind from ledger_pending
		) entry
		where kind = 'record.erased' and convert_from(leaf, 'UTF8')::jsonb @> ${named}::jsonb
		order by index nulls last`)
	return rows.map((row) => ({
		entryId: row.id,
		index: row.index === null ? null : Number(row.index),
		time: new Date(row.time),
		leaf: new Uint8Array(row.leaf),
	}))
}
