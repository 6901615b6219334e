import type { DiffLine, TextDiff } from '#app/services/charter/views.ts'
import { useWords } from '#app/messages/text.tsx'

const MARK = { same: ' ', added: '+', removed: '−' } as const

/** Two texts line by line. What is gone and what is new is told by mark, colour and, for screen readers, by words. */
export function TextDiffView({ diff, label }: { diff: TextDiff; label: string }) {
	const { t, format } = useWords()
	return (
		<div className="stack">
			<p className="muted">
				{t('amendments.diffCount', {
					added: format.number(diff.added),
					removed: format.number(diff.removed),
				})}
			</p>
			{diff.hunks === null ? <p className="notice">{t('amendments.diffTooLong')}</p> : null}
			{diff.hunks?.map(({ lines }) => {
				const line = lines[0]?.after ?? lines[0]?.before ?? 1
				return <Hunk key={line} lines={lines} label={t('amendments.hunk', { label, line })} />
			})}
		</div>
	)
}

function Hunk({ lines, label }: { lines: readonly DiffLine[]; label: string }) {
	const { t } = useWords()
	return (
		<div className="diff" role="region" aria-label={label} tabIndex={0}>
			<table className="diff-table">
				<caption className="visually-hidden">{label}</caption>
				<thead className="visually-hidden">
					<tr>
						<th scope="col">{t('amendments.lineBefore')}</th>
						<th scope="col">{t('amendments.lineAfter')}</th>
						<th scope="col">{t('amendments.line')}</th>
					</tr>
				</thead>
				<tbody>
					{lines.map((line, n) => (
						<Line key={`${line.before ?? ''}:${line.after ?? ''}:${n}`} line={line} />
					))}
				</tbody>
			</table>
		</div>
	)
}

function Line({ line: { kind, before, after, text } }: { line: DiffLine }) {
	const { t } = useWords()
	return (
		<tr className={`diff-${kind}`}>
			<td className="diff-number">{before}</td>
			<td className="diff-number">{after}</td>
			<td className="diff-text">
				<span aria-hidden="true">{MARK[kind]} </span>
				{kind === 'same' ? null : (
					<span className="visually-hidden">
						{t(kind === 'added' ? 'amendments.lineAdded' : 'amendments.lineRemoved')}:{' '}
					</span>
				)}
				{text}
			</td>
		</tr>
	)
}
