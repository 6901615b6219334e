import {
	accessWithoutPermit,
	countExpiring,
	DUE_LISTS,
	dueList,
	type DueAsked,
	type DueList,
	type DueRow,
} from '#db/queries/due-lists.ts'
import { namesOf } from '#db/queries/people.ts'
import { openGaps } from '#db/queries/roster.ts'
import { countVetting } from '#db/queries/vetting-lists.ts'
import { demand, type Actor } from '../actor.ts'
import { roleName } from '../access/summarise.server.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import {
	WINDOWS,
	type DueItem,
	type DuePage,
	type DuePart,
	type OfficerDay,
	type ViolationItem,
	type ViolationPart,
	type Window,
} from './due-views.ts'
import { appointmentViolations } from './standings.server.ts'

/** How many rows of each list stand on the home page. */
const FIRST = 5
const PAGE = 50
/** Contracts that end within so long are named. */
const CONTRACT_DAYS = 90
/** Lists whose labels are levels: what is recorded about somebody. */
const WITH_VALUES: ReadonlySet<DueList> = new Set(['overdue', 'expiring', 'leavers'])

/**
 * What a security officer must look after now: how much of everything, and the first rows of it. Null for everybody else.
 * Levels are left out, since opening a home page is no reading of them; the list that a number leads to has them.
 */
export async function showOfficerDay(deps: Deps, actor: Actor): Promise<OfficerDay | null> {
	if (!actor.permissions.has('people:record')) return null
	const { db } = deps.database
	const asked = { at: deps.now(), officerId: actor.personId }
	const parts = await Promise.all(
		DUE_LISTS.map(async (list): Promise<[DueList, DuePart]> => {
			const { total, rows } = await dueList(db, list, { ...asked, days: daysOf(list, 30) }, { limit: FIRST })
			return [list, { total, items: rows.map((row) => itemOf(row, !WITH_VALUES.has(list))) }]
		}),
	)
	const counts = await countExpiring(db, asked, WINDOWS)
	return {
		parts: Object.fromEntries(parts) as OfficerDay['parts'],
		violations: await violations(deps, { offset: 0, limit: FIRST }),
		expiring: WINDOWS.map((days) => ({ days, count: counts.get(days) ?? 0 })),
		cases: await countVetting(db, asked.at),
		// As the last look ahead found them, a minute ago at most.
		gaps: (await openGaps(db)).length,
	}
}

/** A page of one list with everything that is in it. Reading levels is an entry of the record. */
export async function showDue(
	deps: Deps,
	actor: Actor,
	{ list, page, days }: { list: DueList; page: number; days: Window },
): Promise<DuePage> {
	demand(actor, 'people:record')
	const asked: DueAsked = { at: deps.now(), officerId: actor.personId, days: daysOf(list, days) }
	const { db } = deps.database
	const { total, rows } = await dueList(db, list, asked, { offset: (page - 1) * PAGE, limit: PAGE })
	if (WITH_VALUES.has(list) && rows.length > 0) {
		demand(actor, 'people:values')
		await recordRead(deps, actor, { view: 'due', rows: rows.length, filter: { list, page, days } })
	}
	return {
		list,
		page,
		pages: Math.max(1, Math.ceil(total / PAGE)),
		days,
		total,
		items: rows.map((row) => itemOf(row, true)),
	}
}

/** A page of everybody who is appointed, or has access, and is not permitted to by the charter in force. */
export async function showViolations(
	deps: Deps,
	actor: Actor,
	{ page }: { page: number },
): Promise<ViolationPart & { page: number; pages: number }> {
	demand(actor, 'people:record')
	const found = await violations(deps, { offset: (page - 1) * PAGE, limit: PAGE })
	return { ...found, page, pages: Math.max(1, Math.ceil(found.total / PAGE)) }
}

/** Accesses first: their permit has ended and they have not begun to end. Then appointments, by what does not hold. */
async function violations(
	deps: Deps,
	{ offset, limit }: { offset: number; limit: number },
): Promise<ViolationPart> {
	const { db } = deps.database
	const accesses = await accessWithoutPermit(db, deps.now())
	const appointments = await appointmentViolations(deps)
	const all = [
		...accesses.map((access) => ({ ...access, code: null })),
		...[...(appointments ?? [])]
			.sort((a, b) => keyOf(a).localeCompare(keyOf(b)))
			.map((each) => ({ ...each, requestId: null })),
	]
	const shown = all.slice(offset, offset + limit)
	const names = await namesOf(
		db,
		shown.map(({ personId }) => personId),
	)
	const { charter } = await deps.charters.inForce(db, deps.now())
	return {
		total: all.length,
		items: shown.map(({ personId, role, code, requestId }): ViolationItem => ({
			person: { id: personId, name: names.get(personId) ?? '' },
			role: roleName(charter, role),
			code,
			requestId,
		})),
		isComplete: appointments !== null,
	}
}

const keyOf = ({ code, role, personId }: { code: string; role: string; personId: string }) =>
	`${code} ${role} ${personId}`

const daysOf = (list: DueList, days: number) => (list === 'contracts' ? CONTRACT_DAYS : days)

function itemOf(
	{ personId, name, ref, label, at, live, number, caseId }: DueRow,
	isLabelled: boolean,
): DueItem {
	return {
		key: `${personId} ${ref ?? ''}`,
		person: { id: personId, name },
		ref,
		label: isLabelled ? label : '',
		at: at?.toISOString() ?? null,
		live,
		vettingCase: number === null || caseId === null ? null : { id: caseId, number },
	}
}
