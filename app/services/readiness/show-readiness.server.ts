import {
	accountNames,
	findReport,
	listReports,
	listTasks,
	reportBefore,
	reportReadLater,
	type ReportRow,
} from '#db/queries/readiness.ts'
import { lastReading } from '#db/queries/readiness-readings.ts'
import { namesOf } from '#db/queries/people.ts'
import { titlesIn } from '#app/messages/readiness-in-words.ts'
import { compareReports } from '#workflows/tenant/readiness/compare.ts'
import type { ReadinessReport, ReportLine } from '#workflows/tenant/readiness/report.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import { belonging } from './belonging.ts'
import { possibleOwners } from './possible-owners.server.ts'
import type { PlannedTask } from '#workflows/tenant/readiness/plan.ts'
import { isToldByDefault, toldLines, type ToldLine } from './told-lines.ts'
import type { LineFilter, LineView, ReadinessView, ReadingView, ReportHead, TaskView } from './views.ts'

const PAGE = 50

/**
 * A report (where none is named, the one that was read last), what became of the one before, and the plan. Whom the charter would
 * refuse is what an attacker would like to know, so that it was read is recorded.
 */
export async function showReadiness(
	deps: Deps,
	actor: Actor,
	{ number, filter, after }: { number: number | null; filter: LineFilter; after: number | null },
): Promise<ReadinessView> {
	demand(actor, 'readiness:read')
	const { db } = deps.database
	const mayManage = actor.permissions.has('readiness:manage')
	const heads = (await listReports(db, 20)).map(headOf)
	const row = await findReport(db, number)
	if (row === null && number !== null) throw new DomainError('NOT_FOUND', 'There is no such report.')
	const { charter } = await deps.charters.inForce(db, deps.now())
	const titles = titlesIn(charter)
	const common = {
		readings: await readingsNow(deps, heads[0]?.madeAt ?? null),
		titles,
		filter,
		reports: heads,
		tasks: await tasksIn(deps),
		owners: mayManage ? await possibleOwners(deps) : [],
		mayManage,
	}
	if (row === null)
		return {
			...common,
			report: null,
			belonging: null,
			readLater: null,
			madeLast: null,
			lines: [],
			next: null,
			comparison: null,
		}
	const { lines, filesSha256: _, ...report } = row.report
	const page = pageOf(lines, filter, after ?? -1)
	const { tenantId } = report
	const before =
		tenantId === null ? null : await reportBefore(db, { number: row.number, readAt: row.readAt, tenantId })
	await recordRead(deps, actor, {
		view: 'readiness',
		rows: page.lines.length,
		filter: { report: row.number, ...filter, after },
	})
	const head = heads.find((one) => one.number === row.number) ?? (await headAlone(deps, row))
	return {
		...common,
		report: { ...report, head },
		belonging: belonging(deps, tenantId),
		readLater: await reportReadLater(db, { ...row, tenantId: deps.tenant.id }),
		madeLast:
			number === null && heads[0] !== undefined && heads[0].number > row.number ? heads[0].number : null,
		lines: await named(deps, row, toldLines(actor, page.lines)),
		next: page.next,
		comparison:
			before === null ? null : { ...compareReports(before.report, row.report), with: before.number },
	}
}

/** What is under way, and what failed since the newest report: why nothing came of an older one helps nobody. */
async function readingsNow({ database }: Deps, reportedAt: string | null): Promise<ReadingView[]> {
	const readings: ReadingView[] = []
	for (const source of ['tenant', 'files'] as const) {
		const row = await lastReading(database.db, source)
		if (row === null) continue
		const { askedAt, startedAt, finishedAt, done, total, trouble, problems, asker } = row
		if (finishedAt !== null && reportedAt !== null && finishedAt.toISOString() <= reportedAt) continue
		const whileOpen = startedAt === null ? 'waiting' : 'reading'
		readings.push({
			source,
			state: finishedAt === null ? whileOpen : trouble === null ? 'done' : 'failed',
			askedAt: askedAt.toISOString(),
			startedAt: startedAt?.toISOString() ?? null,
			asker,
			progress: done === null || total === null ? null : { done, total },
			trouble,
			problems: problems ?? [],
		})
	}
	return readings
}

/** A whole report with the names that its accounts had, for whoever takes it away. */
export async function findWholeReport(
	deps: Deps,
	number: number,
): Promise<{ report: ReadinessReport; names: Awaited<ReturnType<typeof accountNames>> }> {
	const row = await findReport(deps.database.db, number)
	if (row === null) throw new DomainError('NOT_FOUND', 'There is no such report.')
	const ids = row.report.lines.flatMap(({ principalId, through }) => [principalId, through ?? principalId])
	return { report: row.report, names: await accountNames(deps.database.db, row.id, [...new Set(ids)]) }
}

const headOf = ({
	number,
	madeAt,
	source,
	score,
	maker,
}: Awaited<ReturnType<typeof listReports>>[number]): ReportHead => ({
	number,
	madeAt: madeAt.toISOString(),
	source,
	score,
	maker,
})

async function headAlone(deps: Deps, row: ReportRow): Promise<ReportHead> {
	const names = await namesOf(deps.database.db, [row.madeBy])
	return headOf({ ...row, maker: names.get(row.madeBy) ?? row.madeBy })
}

/** The lines after a position that are as asked for; governed ones first, as they stand in the report. */
export function pageOf(
	lines: readonly ReportLine[],
	{ problem, verdict }: LineFilter,
	after: number,
): { lines: ReportLine[]; next: number | null } {
	const shown: ReportLine[] = []
	for (const [position, line] of lines.entries()) {
		if (position <= after) continue
		if (problem !== null && !line.problems.includes(problem)) continue
		if (verdict !== null && line.verdict !== verdict) continue
		// Without a filter what the charter says nothing of, and is well, is left out: it is asked for by name.
		if (problem === null && verdict === null && !isToldByDefault(line)) continue
		if (shown.length === PAGE) return { lines: shown, next: lines.indexOf(shown[PAGE - 1]!) }
		shown.push(line)
	}
	return { lines: shown, next: null }
}

async function named(deps: Deps, { id }: ReportRow, lines: readonly ToldLine[]): Promise<LineView[]> {
	const ids = [...new Set(lines.flatMap(({ principalId, through }) => [principalId, through ?? principalId]))]
	const names = await accountNames(deps.database.db, id, ids)
	const nameOf = (objectId: string) => names.get(objectId)?.name ?? names.get(objectId)?.upn ?? objectId
	return lines.map((line) => ({
		...line,
		name: nameOf(line.principalId),
		upn: names.get(line.principalId)?.upn ?? null,
		throughName: line.through === null ? null : nameOf(line.through),
	}))
}

/** The plan, first what is overdue, then what is due first, then what is done. */
export async function tasksIn(deps: Deps): Promise<TaskView[]> {
	const { db } = deps.database
	const rows = await listTasks(db)
	const names = await namesOf(
		db,
		rows.flatMap(({ ownerId, doneBy }) => [ownerId, doneBy].filter((id) => id !== null)),
	)
	const today = deps.now().toISOString().slice(0, 10)
	return rows
		.map((row): TaskView => {
			const isOpen = row.doneAt === null && row.mendedAt === null
			return {
				id: row.id,
				// Stored as it was planned: words of a report or a step.
				what: row.what as PlannedTask['what'],
				about: row.about,
				count: row.count,
				phase: row.phase,
				duty: row.duty,
				owner: row.ownerId === null ? null : { id: row.ownerId, name: names.get(row.ownerId) ?? row.ownerId },
				dueOn: row.dueOn,
				note: row.note,
				done:
					row.doneAt === null || row.doneBy === null
						? null
						: { at: row.doneAt.toISOString(), by: names.get(row.doneBy) ?? row.doneBy },
				mendedAt: row.mendedAt?.toISOString() ?? null,
				isOverdue: isOpen && row.dueOn < today,
				version: row.version,
			}
		})
		.sort((a, b) => Number(isOver(a)) - Number(isOver(b)))
}

const isOver = ({ done, mendedAt }: TaskView) => done !== null || mendedAt !== null
