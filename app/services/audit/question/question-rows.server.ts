import { indexesOf } from '#db/queries/ledger.ts'
import { eventsOf } from '#db/queries/workflow-rows.ts'
import type { AccessCursor } from '#db/queries/accesses.ts'
import { isAmong, type LaidAccess, type Place, type RowsOf } from '#workflows/audit-export/answer.ts'
import type { CoverageGap } from '#workflows/audit-export/coverage.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { demand, type Actor } from '../../actor.ts'
import { titleOf } from '../../access/summarise.server.ts'
import type { Deps } from '../../deps.ts'
import { recordRead } from '../record-read.server.ts'
import { questionText, untilNow, type Question } from './answer-question.server.ts'
import { charterSpans, laidAccesses, type AccessInScope } from './lay-accesses.server.ts'

export type QuestionRow = {
	grantId: string
	requestId: string
	requestNumber: number
	person: string
	role: string
	from: string
	/** Null while it lasts. */
	until: string | null
	isConfirmed: boolean
	breakGlass: LaidAccess['breakGlass']
	/** The part of it that was laid against the charter. */
	part: LaidAccess['part']
	verdict: 'covered' | 'gaps' | 'unchecked'
	gaps: CoverageGap[]
	/** Versions of the charter under which it was covered. */
	versions: number[]
	places: (Place & { title: string })[]
	/** Steps with the entry that proves each; null while that waits for its index. */
	steps: { step: string; at: string; entryIndex: number | null }[]
}

const PAGE = 50
/** After so many accesses that are not among those asked for, the page ends and says where to go on. */
const LOOKED_AT = 20_000

/** The accesses behind one number of an answer, a page of them; `next` is where the next page begins, null at the end. */
export async function questionRows(
	deps: Deps,
	actor: Actor,
	question: Question,
	{ rows: wanted, after }: { rows: RowsOf; after: AccessCursor | null },
): Promise<{ rows: QuestionRow[]; next: AccessCursor | null }> {
	demand(actor, 'record:export')
	const { charterId, from, until } = question
	const period = untilNow({ from: from.toISOString(), until: until.toISOString() }, deps.now())
	const charter = (await charterSpans(deps, charterId)).at(-1)?.charter
	const found: AccessInScope[] = []
	let next: AccessCursor | null = null
	let last: AccessCursor | null = after
	let lookedAt = 0
	for await (const access of laidAccesses(deps, { charterId, period }, after)) {
		const isWanted = isAmong(wanted, access.laid)
		if (lookedAt >= LOOKED_AT || (isWanted && found.length === PAGE)) {
			next = last
			break
		}
		if (isWanted) found.push(access)
		lookedAt += 1
		last = { createdAt: access.row.createdAt, grantId: access.row.grantId }
	}
	const rows = await withSteps(deps, charter, found)
	await recordRead(deps, actor, {
		view: 'question',
		rows: rows.length,
		filter: { ...questionText(question), rows: wanted, after: after?.grantId ?? null },
	})
	return { rows, next }
}

async function withSteps(
	{ database }: Deps,
	charter: Charter | undefined,
	found: readonly AccessInScope[],
): Promise<QuestionRow[]> {
	const ids = found.flatMap(({ row }) => [row.grantId, row.requestId])
	const events = ids.length === 0 ? [] : await eventsOf(database.db, ids)
	const indexes = await indexesOf(
		database.db,
		events.map(({ entryId }) => entryId),
	)
	return found.map(({ row, access, laid }) => ({
		grantId: row.grantId,
		requestId: row.requestId,
		requestNumber: row.requestNumber,
		person: row.personName,
		role: charter ? titleOf(charter, row.role) : row.role,
		from: access.from,
		until: access.until,
		isConfirmed: laid.isConfirmed,
		breakGlass: laid.breakGlass,
		part: laid.part,
		verdict: laid.coverage === null ? 'unchecked' : laid.coverage.isCovered ? 'covered' : 'gaps',
		gaps: laid.coverage?.gaps ?? [],
		versions: [...new Set(laid.coverage?.stretches.map(({ charterVersion }) => charterVersion))],
		places: laid.places.map((place) => ({
			...place,
			title: charter?.facilities[place.facility]?.title ?? place.facility,
		})),
		steps: events
			// The opening of a grant is told by the entry of its last decision.
			.filter(
				({ workflowId, event }) =>
					(workflowId === row.grantId || workflowId === row.requestId) && event.type !== 'OPEN',
			)
			.map(({ event, at, entryId }) => ({
				step: event.type,
				at: at.toISOString(),
				entryIndex: indexes.get(entryId) ?? null,
			})),
	}))
}
