import { Link } from '@remix-run/react'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { ReadingView } from '#app/services/readiness/views.ts'

/** How far the reading is that somebody asked for, or why nothing came of it. One that ended well is the report itself. */
export function ReadinessReading({ reading }: { reading: ReadingView | null }) {
	const { t, format } = useWords()
	if (reading === null || reading.state === 'done') return null
	const { state, askedAt, startedAt, asker, progress, trouble } = reading
	if (state === 'failed')
		return (
			<div className="notice notice-bad" role="alert">
				<p>{t('readiness.readingFailed', { at: format.instant(askedAt), name: asker })}</p>
				<p>{t(`errors.${trouble ?? 'UNAVAILABLE'}` as TextKey)}</p>
			</div>
		)
	return (
		<div className="notice stack" role="status">
			<p>
				{state === 'waiting' || startedAt === null
					? t('readiness.readingWaits', { at: format.instant(askedAt), name: asker })
					: t('readiness.readingSince', { at: format.instant(startedAt), name: asker })}{' '}
				{progress === null ? null : t('readiness.readingProgress', progress)}
			</p>
			{progress === null || progress.total === 0 ? null : (
				<progress max={progress.total} value={progress.done} aria-label={t('readiness.readingBar')} />
			)}
			<p className="muted">{t('readiness.readingHint')}</p>
			<noscript>
				<Link to="/readiness">{t('readiness.readingReload')}</Link>
			</noscript>
		</div>
	)
}
