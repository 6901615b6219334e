import { Link } from '@remix-run/react'
import type { TextKey } from '#app/messages/create-text.ts'
import { fileProblemInWords } from '#app/messages/readiness-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import type { ReadingView } from '#app/services/readiness/views.ts'

const WORDS = {
	tenant: {
		waits: 'readiness.readingWaits',
		since: 'readiness.readingSince',
		hint: 'readiness.readingHint',
		failed: 'readiness.readingFailed',
	},
	files: {
		waits: 'readiness.filesWait',
		since: 'readiness.filesSince',
		hint: 'readiness.filesKept',
		failed: 'readiness.filesFailed',
	},
} as const

/** How far the reading is that somebody asked for, or why nothing came of it. One that ended well is the report itself. */
export function ReadinessReading({ reading }: { reading: ReadingView }) {
	const { t, format } = useWords()
	const { source, state, askedAt, startedAt, asker, progress, trouble, problems } = reading
	const words = WORDS[source]
	if (state === 'done') return null
	if (state === 'failed')
		return (
			<div className="notice notice-bad" role="alert">
				<p>{t(words.failed, { at: format.instant(askedAt), name: asker })}</p>
				<p>{t(`errors.${trouble ?? 'UNAVAILABLE'}` as TextKey)}</p>
				{problems.length === 0 ? null : (
					<ul className="bullets">
						{problems.map((problem, index) => (
							<li key={index}>{fileProblemInWords(t, problem)}</li>
						))}
					</ul>
				)}
			</div>
		)
	return (
		<div className="notice stack" role="status">
			<p>
				{state === 'waiting' || startedAt === null
					? t(words.waits, { at: format.instant(askedAt), name: asker })
					: t(words.since, { at: format.instant(startedAt), name: asker })}{' '}
				{progress === null ? null : t('readiness.readingProgress', progress)}
			</p>
			{progress === null || progress.total === 0 ? null : (
				<progress max={progress.total} value={progress.done} aria-label={t('readiness.readingBar')} />
			)}
			<p className="muted">{t(words.hint)}</p>
			<noscript>
				<Link to="/readiness">{t('readiness.readingReload')}</Link>
			</noscript>
		</div>
	)
}
