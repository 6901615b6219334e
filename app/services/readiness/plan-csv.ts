import { createText, type Language } from '#app/messages/create-text.ts'
import { taskInWords, type Titles } from '#app/messages/readiness-in-words.ts'
import { csvRecord } from '#workflows/audit-export/formats/csv.ts'
import type { TaskView } from './views.ts'

const HEAD = [
	'due_on',
	'state',
	'task',
	'what',
	'about',
	'count',
	'phase',
	'duty',
	'owner_id',
	'owner_name',
	'note',
	'done_utc',
	'done_by',
	'not_found_since_utc',
] as const

/** The plan as CSV (RFC 4180, UTF-8), in the order of the page; no cell is a formula to a spreadsheet. */
export function planAsCsv(tasks: readonly TaskView[], titles: Titles, language: Language): string {
	const t = createText(language)
	const rows = tasks.map((task) => [
		task.dueOn,
		task.done !== null
			? 'done'
			: task.mendedAt !== null
				? 'not_found_any_more'
				: task.isOverdue
					? 'overdue'
					: 'open',
		taskInWords(t, task, titles),
		task.what,
		task.about ?? '',
		String(task.count),
		task.phase,
		task.duty,
		task.owner?.id ?? '',
		task.owner?.name ?? '',
		task.note,
		task.done?.at ?? '',
		task.done?.by ?? '',
		task.mendedAt ?? '',
	])
	return [HEAD, ...rows].map(csvRecord).join('')
}
