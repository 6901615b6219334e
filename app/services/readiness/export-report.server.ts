import { createHash } from 'node:crypto'
import { titlesIn } from '#app/messages/readiness-in-words.ts'
import type { Language } from '#app/messages/create-text.ts'
import { demand, type Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import { planAsCsv } from './plan-csv.ts'
import { linesAsCsv } from './report-csv.ts'
import { reportAsPage } from './report-page.ts'
import { findWholeReport, tasksIn } from './show-readiness.server.ts'
import { toldLines } from './told-lines.ts'
import type { TaskView } from './views.ts'

export type ReportFormat = 'csv' | 'json'

/**
 * A report to take away; that it was taken is itself an entry of the record. As JSON it comes with the plan as it stands now: who does
 * what by when, and what was noted.
 */
export async function exportReport(
	deps: Deps,
	actor: Actor,
	{ number, format }: { number: number; format: ReportFormat },
): Promise<string> {
	demand(actor, 'readiness:read')
	const { report, names } = await findWholeReport(deps, number)
	const told = { ...report, lines: toldLines(actor, report.lines) }
	const text =
		format === 'csv'
			? linesAsCsv(told, names)
			: `${JSON.stringify({ ...told, plan: (await tasksIn(deps)).map(toldTask) }, null, 2)}\n`
	await recordExport(deps, actor, { text, format, rows: report.lines.length, filter: { readiness: number } })
	return text
}

/** A task without what only a form of it needs. */
const toldTask = ({ version: _, ...task }: TaskView) => task

/** The plan as it stands now, as CSV: every task with its dates, who does it and what was noted. Recorded as other exports are. */
export async function exportPlan(deps: Deps, actor: Actor, language: Language): Promise<string> {
	demand(actor, 'readiness:read')
	const tasks = await tasksIn(deps)
	const text = planAsCsv(tasks, await titlesNow(deps), language)
	await recordExport(deps, actor, { text, format: 'csv', rows: tasks.length, filter: { readiness: 'plan' } })
	return text
}

/** A report with every line and the plan as it stands now, as one page of HTML to keep and to print; that it was read is recorded. */
export async function printReport(
	deps: Deps,
	actor: Actor,
	{ number, language }: { number: number; language: Language },
): Promise<string> {
	demand(actor, 'readiness:read')
	const { report, names } = await findWholeReport(deps, number)
	await recordRead(deps, actor, {
		view: 'readiness',
		rows: report.lines.length,
		filter: { report: number, whole: true },
	})
	return reportAsPage(
		{ ...report, lines: toldLines(actor, report.lines) },
		{ names, titles: await titlesNow(deps), language, plan: await tasksIn(deps) },
	)
}

const titlesNow = async (deps: Deps) =>
	titlesIn((await deps.charters.inForce(deps.database.db, deps.now())).charter)

async function recordExport(
	deps: Deps,
	actor: Actor,
	{
		text,
		format,
		rows,
		filter,
	}: { text: string; format: ReportFormat; rows: number; filter: { readiness: number | string } },
): Promise<void> {
	await recordAlone(deps, {
		kind: 'record.exported',
		subject: null,
		actor: actor.personId,
		open: {
			// The record knows JSON Lines; of a whole document it is one line.
			format: format === 'csv' ? 'csv' : 'jsonl',
			fileSha256: createHash('sha256').update(text).digest('hex'),
			rows,
		},
		sealed: { query: { filter } },
		at: deps.now(),
	})
	deps.wake()
}
