import { createText, type Language } from '#app/messages/create-text.ts'
import {
	formulaOf,
	placeInWords,
	problemInWords,
	standingInWords,
	taskInWords,
	type Titles,
} from '#app/messages/readiness-in-words.ts'
import { formats } from '#app/utils/format.ts'
import { wholePercent } from '#workflows/tenant/readiness/scores.ts'
import { KINDS } from '#workflows/tenant/readiness/problem-kinds.ts'
import { planOf } from '#workflows/tenant/readiness/plan.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'
import type { AccountNames } from './report-csv.ts'
import { isToldByDefault, type ToldLine } from './told-lines.ts'
import type { TaskView } from './views.ts'

const DAY_MS = 86_400_000
const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
}
const safe = (text: string | number) => String(text).replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? '')

const STYLE = `body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#16191d;background:#fff}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #c9ced6}
th{font-weight:600}td{overflow-wrap:anywhere}ol li{margin-bottom:.6rem}.quiet{color:#4c5563}tr{break-inside:avoid}
@media print{body{margin:0;max-width:none}a{color:inherit}}
@media screen and (prefers-color-scheme:dark){body{color:#e8eaee;background:#14171b}th,td{border-color:#3a424d}.quiet{color:#a9b1bd}}`

/**
 * The report as one page of HTML without script, to keep and to print. Every word that came from the tenant is escaped, and the page
 * asks for nothing from anywhere.
 */
export function reportAsPage(
	report: Omit<ReadinessReport, 'lines'> & { lines: readonly ToldLine[] },
	{
		names,
		titles,
		language,
		plan,
	}: {
		names: AccountNames
		titles: Titles
		language: Language
		/** The plan as it stands, or the day on which the one that follows from this report begins. */
		plan: readonly TaskView[] | { startsOn: Date }
	},
): string {
	const t = createText(language)
	const { instant, date } = formats(language, 'UTC')
	const percent = (score: number) => `${wholePercent(score)} %`
	const named = (id: string) => names.get(id)?.name ?? names.get(id)?.upn ?? id
	const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
		`<table><thead><tr>${head.map((cell) => `<th scope="col">${safe(cell)}</th>`).join('')}</tr></thead><tbody>${rows
			.map((row) => `<tr>${row.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`)
			.join('')}</tbody></table>`
	const problems = report.problems.map((problem) => problemInWords(t, problem, titles))
	const list = (some: typeof problems) =>
		`<ol>${some.map(({ what, fix }) => `<li><strong>${safe(what)}</strong><br>${safe(fix)}</li>`).join('')}</ol>`
	const title = t('readiness.title', { score: percent(report.score) })
	const { counts } = report
	const parts = [
		`<h1>${safe(title)}</h1>`,
		`<p>${safe(
			t('readiness.lead', {
				readAt: instant(report.readAt),
				charter: report.charter.title,
				version: report.charter.version,
			}),
		)}</p>`,
		`<h2>${safe(t('readiness.worst'))}</h2>`,
		problems.length === 0 ? `<p>${safe(t('readiness.none'))}</p>` : list(problems.slice(0, 3)),
		`<p class="quiet">${safe(t('readiness.worstHint'))}</p>`,
		`<h2>${safe(t('readiness.scores'))}</h2>`,
		table(
			['section', 'score', 'formula', 'wrong', 'unknown', 'certainty'].map((key) =>
				t(`readiness.${key as 'section' | 'score' | 'formula' | 'wrong' | 'unknown' | 'certainty'}`),
			),
			report.sections.map((section) => [
				t(`readiness.section_${section.key}`),
				percent(section.score),
				formulaOf(section),
				section.wrong,
				section.unknown,
				percent(section.certainty),
			]),
		),
		`<p class="quiet">${safe(t('readiness.scoreHint'))}</p>`,
		`<p>${safe(t('readiness.counts', { ...counts, users: counts.users ?? 0, guests: counts.guests ?? 0 }))} ${safe(
			counts.users === null
				? t('readiness.countUsersUnknown')
				: t('readiness.countUsers', { users: counts.users, guests: counts.guests ?? 0 }),
		)}</p>`,
		report.unread.length === 0
			? ''
			: `<h2>${safe(t('readiness.unread'))}</h2><ul>${report.unread
					.map(
						({ part, why, code }) =>
							`<li>${safe(
								t('readiness.unreadLine', {
									part: t(`readiness.part_${part}`),
									why: t(`readiness.trouble_${why}`),
									code: code ?? '',
								}),
							)}</li>`,
					)
					.join('')}</ul>`,
		`<h2>${safe(t('readiness.allProblems'))}</h2>`,
		list(problems),
		`<h2>${safe(t('readiness.plan'))}</h2><p class="quiet">${safe(t('readiness.planHint'))}</p>`,
		'startsOn' in plan
			? table(
					[t('readiness.due'), t('readiness.task'), t('readiness.owner')],
					planOf(report).map((task) => [
						date(new Date(plan.startsOn.getTime() + task.dueDay * DAY_MS).toISOString()),
						taskInWords(t, task, titles),
						t(`readiness.owner_${task.owner}`),
					]),
				)
			: table(
					[
						t('readiness.due'),
						t('readiness.task'),
						t('readiness.assignee'),
						t('readiness.done'),
						t('readiness.note'),
					],
					plan.map((task) => [
						date(`${task.dueOn}T12:00:00.000Z`) + (task.isOverdue ? ` (${t('readiness.overdue')})` : ''),
						taskInWords(t, task, titles),
						task.owner?.name ?? t('readiness.nobodyYet'),
						task.done !== null
							? t('readiness.doneBy', { at: date(task.done.at), name: task.done.by })
							: t(task.mendedAt === null ? 'readiness.open' : 'readiness.mended'),
						task.note,
					]),
				),
		`<h2>${safe(t('readiness.lines'))}</h2><p class="quiet">${safe(t('readiness.linesHint'))}</p>`,
		table(
			[
				t('readiness.account'),
				t('readiness.place'),
				t('readiness.standing'),
				t('readiness.until'),
				t('readiness.verdict'),
				t('readiness.problems'),
			],
			report.lines.filter(isToldByDefault).map((line) => [
				named(line.principalId) +
					(line.through === null ? '' : ` (${t('readiness.through', { group: named(line.through) })})`),
				placeInWords(t, line, titles),
				standingInWords(t, line, instant),
				line.until === null ? t('readiness.noEnd') : instant(line.until),
				[t(`readiness.verdict_${line.verdict}`), ...line.codes].join(' '),
				line.problems
					.map((kind) => KINDS[kind].section)
					.filter((one, at, all) => all.indexOf(one) === at)
					.map((section) => t(`readiness.section_${section}`))
					.join('; '),
			]),
		),
	]
	return `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${safe(
		title,
	)}</title><style>${STYLE}</style></head><body><main>${parts.join('\n')}</main></body></html>\n`
}
