import { and, asc, count, eq, ilike, inArray, isNotNull, lte, or, sql, type SQL } from 'drizzle-orm'
import {
	BRIEFING_OWED,
	CLOSED,
	DEBRIEF_OWED,
	statesOfTurn,
	type ActingParty,
} from '#workflows/people/vetting-case.acting.ts'
import type { VettingState } from '#workflows/people/vetting-case.events.ts'
import type { Reader } from '../client.ts'
import { people, vettingCases } from '../schema/index.ts'
import { likeText } from './people.ts'
import type { VettingRow } from './vetting.ts'

export type CaseFilter = {
	/** Whose turn it is. */
	acts?: ActingParty | undefined
	state?: VettingState | undefined
	/** What was due by then. */
	overdueAt?: Date | undefined
	owed?: 'briefing' | 'debrief' | undefined
	/** Closed cases are left out unless they are asked for. */
	withClosed?: boolean | undefined
	/** In name, user principal name, or the number of the case. */
	search?: string | undefined
	personId?: string | undefined
}

/** Where a page of cases ended. */
export type CaseCursor = { dueAt: Date | null; id: string }

const isTurnOf = (party: ActingParty): SQL | undefined => {
	const turn = and(eq(vettingCases.papersAsked, false), inArray(vettingCases.state, statesOfTurn(party)))
	return party === 'subject' ? or(eq(vettingCases.papersAsked, true), turn) : turn
}

const isOverdue = (at: Date) => and(isNotNull(vettingCases.dueAt), lte(vettingCases.dueAt, at))

function conditionsOf(filter: CaseFilter): (SQL | undefined)[] {
	const { acts, state, overdueAt, owed, withClosed, search, personId } = filter
	const number = /^v-?(\d{1,15})$/i.exec(search ?? '')?.[1]
	const like = search ? likeText(search) : null
	return [
		acts ? isTurnOf(acts) : undefined,
		state ? eq(vettingCases.state, state) : undefined,
		overdueAt ? isOverdue(overdueAt) : undefined,
		owed ? inArray(vettingCases.state, [...(owed === 'briefing' ? BRIEFING_OWED : DEBRIEF_OWED)]) : undefined,
		withClosed || state ? undefined : sql`${vettingCases.state} not in ${[...CLOSED]}`,
		personId ? eq(vettingCases.personId, personId) : undefined,
		number !== undefined
			? eq(vettingCases.number, Number(number))
			: like === null
				? undefined
				: or(ilike(people.displayName, like), ilike(people.userPrincipalName, like)),
	]
}

/** A page of cases: what is due soonest first, what nobody owes anything on last. */
export async function listCases(
	reader: Reader,
	filter: CaseFilter & { after?: CaseCursor | null; limit: number },
): Promise<(VettingRow & { personName: string })[]> {
	const { after, limit } = filter
	// An ascending index has its nulls last, as this order has.
	const beyond = !after
		? undefined
		: after.dueAt === null
			? sql`${vettingCases.dueAt} is null and ${vettingCases.id} > ${after.id}::uuid`
			: sql`((${vettingCases.dueAt}, ${vettingCases.id}) > (${after.dueAt.toISOString()}::timestamptz, ${after.id}::uuid) or ${vettingCases.dueAt} is null)`
	const rows = await reader
		.select({ row: vettingCases, personName: people.displayName })
		.from(vettingCases)
		.innerJoin(people, eq(people.id, vettingCases.personId))
		.where(and(...conditionsOf(filter), beyond))
		.orderBy(asc(vettingCases.dueAt), asc(vettingCases.id))
		.limit(limit)
	return rows.map(({ row, personName }) => ({ ...row, personName }))
}

async function countCases(reader: Reader, filter: CaseFilter): Promise<number> {
	const [row] = await reader
		.select({ n: count() })
		.from(vettingCases)
		.innerJoin(people, eq(people.id, vettingCases.personId))
		.where(and(...conditionsOf(filter)))
	return row?.n ?? 0
}

export type VettingCounts = Record<ActingParty, number> & {
	overdue: number
	briefingsOwed: number
	debriefsOwed: number
	proposals: number
}

/** How many cases wait for whom, are overdue, owe a briefing or a debriefing, or wait for a second officer. */
export async function countVetting(reader: Reader, at: Date): Promise<VettingCounts> {
	const [proposed] = await reader
		.select({ n: count() })
		.from(vettingCases)
		.where(sql`${vettingCases.context} -> 'proposal' <> 'null'::jsonb`)
	return {
		subject: await countCases(reader, { acts: 'subject' }),
		sponsor: await countCases(reader, { acts: 'sponsor' }),
		agency: await countCases(reader, { acts: 'agency' }),
		officer: await countCases(reader, { acts: 'officer' }),
		overdue: await countCases(reader, { overdueAt: at }),
		briefingsOwed: await countCases(reader, { owed: 'briefing' }),
		debriefsOwed: await countCases(reader, { owed: 'debrief' }),
		proposals: proposed?.n ?? 0,
	}
}
