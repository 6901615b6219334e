import type { AmendmentRow } from '#db/queries/amendments.ts'
import { factsOf } from '#db/queries/facts.ts'
import { everybody } from '#db/queries/people.ts'
import { listOpenRequests, type RequestRow } from '#db/queries/requests.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { beginImpact, type Change, type Ending, type ShownImpact } from '#workflows/charter/impact.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import { permitUnder, remainingOf } from '#workflows/charter/enforcement.ts'
import { readCharter } from '../charter/read-charter.server.ts'
import type { Deps } from '../deps.ts'

/** People whose facts are read at once; between two batches everybody else has their turn. */
const BATCH = 2000

/** `changes` come in order of people's names, anew at each call: an amendment may touch a million standings. */
export type FoundImpact = ShownImpact & { changes: () => Iterable<Change> }

/**
 * What an amendment changes for everybody: under the version it takes the place of, and under its text, at the time at
 * which it is to be in force, or now. Found once a minute at most, however many look at it.
 */
export async function findImpact(
	deps: Deps,
	{ id, lockVersion, baseVersionId, yaml, context }: AmendmentRow,
): Promise<FoundImpact> {
	const now = deps.now()
	const { inForceFrom } = context
	const at = inForceFrom !== null && inForceFrom > now.toISOString() ? inForceFrom : now.toISOString()
	return deps.impacts.of(`${id}:${lockVersion}:${baseVersionId}`, now, async () => {
		const { charter } = await deps.charters.version(deps.database.db, baseVersionId)
		return compare(deps, charter, readCharter(yaml).charter, at)
	})
}

/** Judges everybody and everything open under both charters. */
async function compare(deps: Deps, before: Charter, after: Charter, at: Instant): Promise<FoundImpact> {
	const { db } = deps.database
	const impact = beginImpact(before, after, at)
	for await (const people of everybody(db, BATCH)) {
		const facts = await factsOf(
			db,
			people.map(({ id }) => id),
		)
		for (const person of facts.values()) impact.add(person)
	}
	return {
		summary: impact.summary(),
		endings: await findEndings(deps, after, at),
		changes: () => impact.changes(),
	}
}

async function findEndings(deps: Deps, after: Charter, at: Instant): Promise<Ending[]> {
	const { db } = deps.database
	const open = await listOpenRequests(db)
	const endings: Ending[] = []
	for (let from = 0; from < open.length; from += BATCH) {
		const batch = open.slice(from, from + BATCH)
		const facts = await factsOf(
			db,
			batch.map(({ requesterId }) => requesterId),
		)
		for (const request of batch) {
			const person = facts.get(request.requesterId)
			if (!person || isOverBy(request, at)) continue
			const pinned = await deps.charters.version(db, request.charterVersionId)
			const { reasons } = permitUnder(after, {
				role: request.role,
				agreed: pinned.charter.roles[request.role]?.access,
				facts: person,
				at,
				phase: request.state === 'pending' ? 'waiting' : 'running',
				remainingMs: remainingOf(request.grantContext?.endsAt ?? null, request.durationSeconds, at),
				part: request.filedBy === null ? 'requester' : 'beneficiary',
				isAhead: true,
			})
			if (reasons.length > 0)
				endings.push({ requestId: request.id, isPending: request.state === 'pending', reasons })
		}
	}
	return endings
}

/** What is over by itself when the charter enters is not ended by it. */
function isOverBy({ state, context, grantContext }: RequestRow, at: Instant): boolean {
	const end = state === 'pending' ? context.decideBy : (grantContext?.endsAt ?? null)
	return end !== null && end <= at
}
