import {
	listAmendments,
	loadAmendment,
	signaturesOf,
	type AmendmentRow,
	type StoredAmendment,
} from '#db/queries/amendments.ts'
import { indexesOf } from '#db/queries/ledger.ts'
import { findPerson, namesOf } from '#db/queries/people.ts'
import { eventsOf } from '#db/queries/workflow-rows.ts'
import { SIGNATURES_NEEDED } from '#workflows/charter/amendment.machine.ts'
import { isDomainError, type ErrorCode } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { compareCharters } from '../charter/compare-charters.ts'
import { diffTexts } from '../charter/diff-charter.server.ts'
import { readCharter } from '../charter/read-charter.server.ts'
import { showPlaces } from '../charter/show-places.server.ts'
import type { Deps } from '../deps.ts'
import { amendmentTimeline } from './amendment-timeline.ts'
import { demandAhead, demandOwners } from './check-amendment.server.ts'
import { tellImpact } from './show-impact.server.ts'
import { demandSignable } from './sign-amendment.server.ts'
import type { AmendmentSummary, AmendmentView, SignView } from './views.ts'

const LIMIT = 200

/** Every amendment, newest first. */
export async function showAmendments({ database }: Deps, actor: Actor): Promise<AmendmentSummary[]> {
	demand(actor, 'record:read')
	const rows = await listAmendments(database.db, null, LIMIT)
	return rows.map((row) => summarise(row, row.drafterName))
}

/** Amendments that this person could still sign, for their own page; none for who may not amend. */
export async function amendmentsToSign({ database }: Deps, actor: Actor): Promise<AmendmentSummary[]> {
	if (!actor.permissions.has('charter:amend')) return []
	const rows = await listAmendments(database.db, ['proposed'], LIMIT)
	return rows
		.filter(({ context }) => context.signatures.every(({ ownerId }) => ownerId !== actor.personId))
		.map((row) => summarise(row, row.drafterName))
}

/** The amendment that waits for signatures or for its day; null when none does. Everybody may know that one does. */
export async function showOpenAmendment({ database }: Deps): Promise<AmendmentSummary | null> {
	const [row] = await listAmendments(database.db, ['proposed', 'signed'], 1)
	return row ? summarise(row, row.drafterName) : null
}

/** All that is to be known of one amendment, for this reader. */
export async function showAmendment(deps: Deps, actor: Actor, id: string): Promise<AmendmentView> {
	demand(actor, 'record:read')
	const { db } = deps.database
	const stored = await loadAmendment(db, id)
	const { row } = stored
	const base = await deps.charters.version(db, row.baseVersionId)
	const inForce = await deps.charters.inForce(db)
	const signatures = await signaturesOf(db, id)
	const events = await eventsOf(db, [id])
	const indexes = await indexesOf(db, [
		...events.map(({ entryId }) => entryId),
		...signatures.map(({ entryId }) => entryId),
	])
	const names = await namesOf(
		db,
		events.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])),
	)
	const isOpen = row.state === 'draft' || row.state === 'proposed' || row.state === 'signed'
	const mayAmend = actor.permissions.has('charter:amend')
	const isOutdated = isOpen && inForce.id !== base.id
	const obstacle = row.state === 'draft' ? await obstacleOf(deps, stored, isOutdated) : null
	const { displayName: drafter } = await findPerson(db, row.drafterId)
	const { charter } = readCharter(row.yaml)
	return {
		...summarise(row, drafter),
		textSha256: row.context.textSha256,
		yaml: row.yaml,
		base: { version: base.version, textSha256: base.textSha256 },
		text: diffTexts(base.yaml, row.yaml),
		words: compareCharters(base.charter, charter),
		isOutdated,
		signatures: signatures.map(({ ownerName, verdict, reason, at, entryId }) => ({
			name: ownerName,
			verdict,
			reason,
			at: at.toISOString(),
			entryIndex: indexes.get(entryId) ?? null,
		})),
		needed: SIGNATURES_NEEDED,
		timeline: amendmentTimeline(events, signatures, names, indexes),
		stoppedBy: row.context.stoppedBy as ErrorCode | null,
		impact: isOpen ? await tellImpact(deps, row) : null,
		places: isOpen ? await showPlaces(deps, charter) : null,
		sign: mayAmend ? await signView(deps, actor, row) : null,
		obstacle,
		mayEdit: mayAmend && row.state === 'draft',
		mayPropose: mayAmend && row.state === 'draft' && obstacle === null,
		mayWithdraw: mayAmend && isOpen && row.drafterId === actor.personId,
	}
}

function summarise(row: AmendmentRow, drafterName: string): AmendmentSummary {
	const { inForceFrom, signBy, signatures } = row.context
	return {
		id: row.id,
		version: row.version,
		state: row.state,
		reason: row.reason,
		drafter: { id: row.drafterId, name: drafterName },
		createdAt: row.createdAt.toISOString(),
		inForceFrom,
		signBy,
		signatures: signatures.length,
	}
}

/** What would refuse the proposal of this draft now. */
async function obstacleOf(
	{ database, now }: Deps,
	{ row }: StoredAmendment,
	isOutdated: boolean,
): Promise<ErrorCode | null> {
	if (isOutdated) return 'AMENDMENT_OUTDATED'
	return codeOf(async () => {
		demandAhead(row.context.inForceFrom, now())
		await demandOwners(database.db, readCharter(row.yaml).charter, now())
	})
}

async function codeOf(attempt: () => Promise<void>): Promise<ErrorCode | null> {
	try {
		await attempt()
		return null
	} catch (error) {
		if (isDomainError(error)) return error.code
		throw error
	}
}

async function signView(deps: Deps, actor: Actor, row: AmendmentRow): Promise<SignView | null> {
	if (row.state !== 'proposed' && row.state !== 'signed') return null
	const allowed: ('sign' | 'reject')[] = []
	let refusal: Extract<SignView, { allowed: false }> | null = null
	for (const verdict of row.state === 'proposed' ? (['sign', 'reject'] as const) : (['reject'] as const)) {
		try {
			await demandSignable(deps.database.db, deps, actor, row, verdict, deps.now())
			allowed.push(verdict)
		} catch (error) {
			if (!isDomainError(error)) throw error
			const { denials } = error.details as { denials?: Extract<SignView, { allowed: false }>['denials'] }
			refusal ??= { allowed: false, code: error.code, denials: denials ?? [] }
		}
	}
	return allowed.length > 0 ? { allowed: true, verdicts: allowed } : refusal
}
