import { countVetting, listCases, type CaseCursor, type CaseFilter } from '#db/queries/vetting-lists.ts'
import type { VettingRow } from '#db/queries/vetting.ts'
import { whoMustAct } from '#workflows/people/vetting-case.acting.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { CasePage, CaseSummary } from './views.ts'

const PAGE = 50

/** A page of cases, what is overdue first, with how many wait for whom. */
export async function showCases(
	{ database, now }: Deps,
	actor: Actor,
	{
		onlyOverdue,
		...filter
	}: Omit<CaseFilter, 'overdueAt'> & { onlyOverdue?: boolean; after?: CaseCursor | null },
): Promise<CasePage> {
	demand(actor, 'vetting:run')
	const at = now()
	const rows = await listCases(database.db, {
		...filter,
		overdueAt: onlyOverdue ? at : undefined,
		limit: PAGE + 1,
	})
	const shown = rows.slice(0, PAGE)
	const last = shown.at(-1)
	return {
		cases: shown.map((row) => summariseCase(row, row.personName, at)),
		counts: await countVetting(database.db, at),
		next: rows.length > PAGE && last ? { dueAt: last.dueAt?.toISOString() ?? null, id: last.id } : null,
	}
}

/** Every case of one person, the closed ones too, for their page; none for who may not see cases. */
export async function casesAbout(
	{ database, now }: Deps,
	actor: Actor,
	personId: string,
): Promise<CaseSummary[]> {
	if (!actor.permissions.has('vetting:run')) return []
	const rows = await listCases(database.db, { personId, withClosed: true, limit: PAGE })
	return rows.map((row) => summariseCase(row, row.personName, now()))
}

/** One case as a row of a list. */
export function summariseCase(row: VettingRow, personName: string, at: Date): CaseSummary {
	const { id, number, personId, scheme, level, state, context, dueAt, validUntil } = row
	return {
		id,
		number,
		person: { id: personId, name: personName },
		scheme,
		level,
		state,
		acts: whoMustAct(state, context),
		dueAt: dueAt?.toISOString() ?? null,
		isOverdue: dueAt !== null && dueAt <= at,
		validUntil: validUntil?.toISOString() ?? null,
		hasProposal: context.proposal !== null,
	}
}
