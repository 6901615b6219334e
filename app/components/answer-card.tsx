import { Link } from '@remix-run/react'
import { Fragment } from 'react'
import type { Answer } from '#app/services/audit/question/answer-question.server.ts'
import { answerClauses } from '#app/messages/answer-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { formats } from '#app/utils/format.ts'
import type { RowsOf } from '#workflows/audit-export/answer.ts'

/** The answer: one sentence, whose numbers lead to their rows where there is somewhere to go, and what it depends on. */
export function AnswerCard({ answer, linkTo }: { answer: Answer; linkTo?: (rows: RowsOf) => string }) {
	const words = useWords()
	const { t, format, language } = words
	const local = formats(language, answer.zone)
	const clauses = answerClauses(words, answer.counts)
	const hasBad = answer.counts.gaps + answer.counts.unchecked + answer.counts.unapproved > 0
	return (
		<section className="card" aria-labelledby="answer">
			<h2 id="answer">{t('question.answer')}</h2>
			<p className={`answer ${hasBad ? 'answer-bad' : 'answer-good'}`} data-testid="answer">
				{clauses.map(({ text, rows, page }, i) => (
					<Fragment key={text}>
						{linkTo && (rows !== null || page !== undefined) ? (
							<Link to={rows === null ? (page ?? '') : linkTo(rows)}>{text}</Link>
						) : (
							text
						)}
						{i === clauses.length - 1 ? '.' : '; '}
					</Fragment>
				))}
			</p>
			<dl className="facts">
				<dt>{t('question.boundary')}</dt>
				<dd>{answer.boundary}</dd>
				<dt>{t('question.period')}</dt>
				<dd>
					{t('question.periodIs', {
						from: local.instant(answer.period.from),
						until: local.instant(answer.period.until),
						zone: answer.zone,
					})}
				</dd>
				<dt>{t('question.knownAt')}</dt>
				<dd>
					<time dateTime={answer.knownAt}>{local.instant(answer.knownAt)}</time>
					{answer.period.until > answer.knownAt ? <> · {t('question.countedUntil')}</> : null}
				</dd>
				<dt>{t('question.checkpoint')}</dt>
				<dd>
					{t('question.checkpointIs', { size: format.number(answer.checkpoint.size) })}{' '}
					<code>{answer.checkpoint.root}</code>
				</dd>
			</dl>
			<details>
				<summary>{t('question.means')}</summary>
				<ul className="bullets">
					{(
						[
							'meansCharter',
							'meansNow',
							'meansMoment',
							'meansPlace',
							'meansBeside',
							'meansBreakGlass',
						] as const
					).map((key) => (
						<li key={key}>{t(`question.${key}`)}</li>
					))}
				</ul>
			</details>
		</section>
	)
}
