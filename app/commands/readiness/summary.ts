import { createText, type Language } from '#app/messages/create-text.ts'
import {
	fileProblemInWords,
	formulaOf,
	problemInWords,
	type Titles,
} from '#app/messages/readiness-in-words.ts'
import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import { wholePercent } from '#workflows/tenant/readiness/scores.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'

/** The report in lines for a terminal: what is wrong with files, the scores, and what to mend first. */
export function summaryOf(
	report: ReadinessReport,
	{ titles, language, files }: { titles: Titles; language: Language; files: readonly FileProblem[] },
): string {
	const t = createText(language)
	const percent = (score: number) => `${wholePercent(score)} %`
	const lines = [
		...files.map((problem) => fileProblemInWords(t, problem)),
		...(files.length > 0 ? [''] : []),
		t('readiness.title', { score: percent(report.score) }),
		'',
		...report.sections.map(
			(section) =>
				`${percent(section.score).padStart(6)}  ${formulaOf(section).padEnd(20)} ${t(`readiness.section_${section.key}`)}`,
		),
		'',
		...report.unread.map(({ part, why, code }) =>
			t('readiness.unreadLine', {
				part: t(`readiness.part_${part}`),
				why: t(`readiness.trouble_${why}`),
				code: code ?? '',
			}).trim(),
		),
		...(report.unread.length > 0 ? [''] : []),
		...(report.problems.length === 0 ? [t('readiness.none')] : []),
		...report.problems.map((problem, at) => {
			const { what, fix } = problemInWords(t, problem, titles)
			return `${String(at + 1).padStart(3)}. ${what}\n     ${fix}`
		}),
	]
	return `${lines.join('\n')}\n`
}
