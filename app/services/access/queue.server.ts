import type { Reader } from '#db/client.ts'
import { absencesOf, standingInAt } from '#db/queries/absences.ts'
import { factsOfPerson, factsOf } from '#db/queries/facts.ts'
import { queueOf, type QueueCursor } from '#db/queries/queue.ts'
import { requestsById, type RequestRow } from '#db/queries/requests.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { roleOf } from '#workflows/charter/term.ts'
import { MOST_AT_ONCE } from '#workflows/ledger/envelope.schema.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { RequestSummary } from '../views.ts'
import { judgeDecision } from './judge-decision.server.ts'
import { summarise } from './summarise.server.ts'

/** As many as can be decided in one ceremony. */
const PAGE = MOST_AT_ONCE
/** So many requests are looked at for one page at most: who may decide on few of many goes on from where it stopped. */
const LOOKED_AT = 100

export type QueueRow = RequestSummary & {
	reason: string
	ticket: string
	isAsked: boolean
	inPlaceOf: boolean
	/** The form that it was filed with: what has the same can be decided on in one ceremony. */
	filingKey: string | null
}
export type QueueView = {
	rows: QueueRow[]
	/** Where the next page begins; null after the last. */
	next: string | null
	/** Absences of the reader, and those in which they stand in, that are not over. */
	absences: {
		id: string
		isOwn: boolean
		name: string
		standIn: string | null
		from: string
		until: string
	}[]
}

/**
 * What waits for this person's decision, the request that runs out first on top, a page at a time. Only the page is read
 * and judged: nothing is counted, and nothing is sorted that the index does not hold in order.
 */
export async function showQueue(deps: Deps, actor: Actor, after: string | null): Promise<QueueView> {
	demand(actor, 'request:decide')
	const { db } = deps.database
	const at = deps.now()
	const { rows, next } = await pageOf(deps, actor, parseCursor(after), PAGE)
	const absences = await absencesOf(db, actor.personId, at)
	return {
		rows,
		next: next === null ? null : `${next.decideBy.getTime()}.${next.requestId}`,
		absences: absences.map((row) => ({
			id: row.id,
			isOwn: row.personId === actor.personId,
			name: row.personName,
			standIn: row.standInName,
			from: row.validFrom.toISOString(),
			until: row.validUntil.toISOString(),
		})),
	}
}

/** The most urgent of it, for the home page. */
export async function requestsToDecide(deps: Deps, actor: Actor): Promise<RequestSummary[]> {
	return (await pageOf(deps, actor, null, PAGE)).rows
}

async function pageOf(
	deps: Deps,
	actor: Actor,
	from: QueueCursor | null,
	limit: number,
): Promise<{ rows: QueueRow[]; next: QueueCursor | null }> {
	const { db } = deps.database
	const at = deps.now()
	const asked = { roles: await rolesOf(db, deps, actor.personId, at), personId: actor.personId }
	const rows: QueueRow[] = []
	let last = from
	for (let looked = 0; looked < LOOKED_AT; looked += limit) {
		const found = await queueOf(db, asked, last, limit)
		const requests = await requestsById(
			db,
			found.map(({ requestId }) => requestId),
		)
		for (const cursor of found) {
			const request = requests.get(cursor.requestId)
			if (request) {
				const row = await decidable(deps, actor, request, at)
				if (row !== null) rows.push(row)
			}
			last = cursor
			if (rows.length === limit) return { rows, next: cursor }
		}
		if (found.length < limit) return { rows, next: null }
	}
	return { rows, next: last }
}

async function decidable(deps: Deps, actor: Actor, request: RequestRow, at: Date): Promise<QueueRow | null> {
	if (request.state !== 'pending' || at.toISOString() >= request.context.decideBy) return null
	const { db } = deps.database
	const { separation, approver, way } = await judgeDecision(db, deps, request, actor.personId, at)
	if (separation !== null || !approver.permit) return null
	const { charter } = await deps.charters.version(db, request.charterVersionId)
	return {
		...summarise(request, charter),
		state: 'needs_you',
		reason: request.reason,
		ticket: request.ticket,
		isAsked: request.context.asked !== null,
		filingKey: request.filingKey,
		inPlaceOf: way.absenceId !== undefined,
	}
}

/**
 * Roles in whose queue this person is: those they hold, and those of the people they stand in for, as far as these hold
 * them in their own right. Whether the charter lets them decide is judged request by request.
 */
async function rolesOf(reader: Reader, { charters }: Deps, personId: string, at: Date): Promise<string[]> {
	const { charter } = await charters.inForce(reader, at)
	const standsIn = await standingInAt(reader, personId, at)
	const own = await factsOfPerson(reader, personId)
	const others = await factsOf(
		reader,
		standsIn.map((row) => row.personId),
	)
	const now = at.toISOString()
	const held = [own, ...others.values()].flatMap(({ appointments }) =>
		appointments
			.filter(({ validFrom, validUntil }) => validFrom <= now && (validUntil === null || validUntil > now))
			.map(({ role }) => role),
	)
	return [...new Set(held)].filter((role) => isApprover(charter, role))
}

const isApprover = (charter: Charter, role: string) =>
	roleOf(charter, role)?.duties.includes('approver') ?? true

function parseCursor(text: string | null): QueueCursor | null {
	const [, ms, requestId] =
		/^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text ?? '') ?? []
	return ms === undefined || requestId === undefined ? null : { decideBy: new Date(Number(ms)), requestId }
}
