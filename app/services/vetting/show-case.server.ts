import type { Reader } from '#db/client.ts'
import { indexesOf, openingsOf } from '#db/queries/ledger.ts'
import { findPerson, namesOf } from '#db/queries/people.ts'
import { clearanceHistory, evidenceOfCase, loadCase, type VettingRow } from '#db/queries/vetting.ts'
import { eventsOf, type WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { clearanceModelOf } from '#workflows/people/clearance-models.ts'
import { actsIn } from '#workflows/people/vetting-case.acting.ts'
import type { VettingAct, VettingState } from '#workflows/people/vetting-case.events.ts'
import {
	checklistFor,
	EVIDENCE_ITEMS,
	missingFor,
	type ChecklistLine,
} from '#workflows/people/vetting-checklists.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import { CLEARANCE_BRIEFING } from './brief-person.server.ts'
import { summariseCase } from './list-cases.server.ts'
import { refusalOf } from './officer.server.ts'
import { demandSignable } from './signable.server.ts'
import type { CaseView, ChecklistView, ProposalView } from './views.ts'
import { reasonOf, vettingTimeline } from './vetting-timeline.ts'

type Openings = Awaited<ReturnType<typeof openingsOf>>

/**
 * All that is to be known of one case, for this officer; that they looked is an entry. Whom it is about, and who stands in
 * one line with them, sees where it stands and neither reasons nor evidence.
 */
export async function showCase(deps: Deps, actor: Actor, id: string): Promise<CaseView> {
	demand(actor, 'vetting:run')
	const { db } = deps.database
	const { row } = await loadCase(db, id)
	await recordRead(deps, actor, { view: 'case', rows: 1, filter: { caseId: id }, subject: row.personId })
	const person = await findPerson(db, row.personId)
	const refusal = await refusalOf(db, actor.personId, row)
	const isWithheld = refusal === 'OWN_CASE' || refusal === 'DIRECT_LINE'
	const events = await eventsOf(db, [id])
	const evidence = await evidenceOfCase(db, id)
	const entryIds = [...events, ...evidence].map(({ entryId }) => entryId)
	const openings = isWithheld ? new Map<string, never>() : await openingsOf(db, entryIds)
	const indexes = await indexesOf(db, entryIds)
	const ids = [row.sponsorId, person.managerId, row.context.proposal?.officerId ?? null]
	const names = await namesOf(
		db,
		[...ids, ...events.map(({ actorId }) => actorId), ...evidence.map(({ recordedBy }) => recordedBy)].filter(
			(each) => each !== null,
		),
	)
	const named = (each: string | null) => (each === null ? null : { id: each, name: names.get(each) ?? '–' })
	const lines = checklistFor(row.scheme, row.level)
	const present = new Set(evidence.map(({ item }) => item))
	const offered = refusal === null ? actsIn(row.state, row.context) : { one: [], two: [] }
	const withMissing = <A extends VettingAct>(act: A) => ({ act, missing: missingFor(act, lines, present) })
	const { charter } = await deps.charters.inForce(db)
	const opened = events.find(({ event }) => event.type === 'OPEN')
	return {
		...summariseCase(row, person.displayName, deps.now()),
		version: row.version,
		post: row.post,
		sponsor: named(row.sponsorId),
		manager: named(person.managerId),
		neededFrom: row.neededFrom?.toISOString() ?? null,
		neededUntil: row.neededUntil?.toISOString() ?? null,
		openedAt: row.createdAt.toISOString(),
		reason: opened ? reasonOf(openings, opened.entryId) : '',
		model: clearanceModelOf(row.scheme),
		terms: isWithheld ? null : row.terms,
		refusal,
		isWithheld,
		checklist: checklistView(lines, isWithheld ? [] : evidence, indexes),
		acts1: offered.one.map(withMissing),
		acts2: row.context.proposal === null ? offered.two.map(withMissing) : [],
		proposal: isWithheld ? null : await proposalView(db, deps, actor, row, { openings, names, indexes }),
		visited: visitedStates(events),
		clearance: await clearanceView(db, row),
		briefings: briefingsOf(charter),
		timeline: vettingTimeline({
			events,
			evidence: isWithheld ? [] : evidence,
			openings,
			names,
			indexes,
			isWithheld,
		}),
	}
}

/** What the scheme asks for in its order, then what else was handed in. The newest of each counts. */
function checklistView(
	lines: readonly ChecklistLine[],
	evidence: Awaited<ReturnType<typeof evidenceOfCase>>,
	indexes: ReadonlyMap<string, number>,
): ChecklistView[] {
	const asked = new Map<string, ChecklistLine>(lines.map((line) => [line.item, line]))
	const more = EVIDENCE_ITEMS.filter(
		(item) => !asked.has(item) && evidence.some((each) => each.item === item),
	)
	return [...lines.map(({ item }) => item), ...more].map((item) => {
		const newest = evidence.filter((each) => each.item === item).at(-1)
		return {
			item,
			neededFor: asked.get(item)?.neededFor ?? null,
			evidence: newest
				? {
						reference: newest.reference,
						fileSha256: newest.fileSha256,
						at: newest.recordedAt.toISOString(),
						by: newest.recorderName,
						entryIndex: indexes.get(newest.entryId) ?? null,
					}
				: null,
		}
	})
}

async function proposalView(
	reader: Reader,
	deps: Deps,
	actor: Actor,
	row: VettingRow,
	told: { openings: Openings; names: ReadonlyMap<string, string>; indexes: ReadonlyMap<string, number> },
): Promise<ProposalView | null> {
	const { proposal } = row.context
	if (proposal === null) return null
	let refusal: ProposalView['refusal'] = null
	try {
		await demandSignable(reader, deps, actor, row, { part: 'confirm', act: proposal.act }, deps.now())
	} catch (error) {
		if (!isDomainError(error)) throw error
		refusal = error.code
	}
	return {
		act: proposal.act,
		officer: told.names.get(proposal.officerId) ?? '–',
		at: proposal.at,
		reason: reasonOf(told.openings, proposal.entryId),
		terms: row.proposedTerms,
		entryIndex: told.indexes.get(proposal.entryId) ?? null,
		isOwn: proposal.officerId === actor.personId,
		refusal,
	}
}

const visitedStates = (events: readonly WorkflowEventRow[]): VettingState[] => [
	...new Set(events.map(({ state }) => state as VettingState)),
]

async function clearanceView(reader: Reader, { context }: VettingRow): Promise<CaseView['clearance']> {
	const rows = await clearanceHistory(reader, context.clearanceId === null ? [] : [context.clearanceId])
	return rows
		.filter(({ retractedAt }) => retractedAt === null)
		.map(({ state, validFrom, validUntil }) => ({
			state,
			from: validFrom.toISOString(),
			until: validUntil?.toISOString() ?? null,
		}))
}

function briefingsOf(charter: Charter): string[] {
	const named = Object.values(charter.roles).flatMap(({ briefings }) =>
		(briefings ?? []).map(({ key }) => key),
	)
	return [...new Set([CLEARANCE_BRIEFING, ...named])]
}
