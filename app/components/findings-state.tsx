import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import type { FindingsView } from '#app/services/findings/views.ts'
import { reactionText } from './finding-words.tsx'
import { Button } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Ago, Time } from './ui/time.tsx'

/** How the last look at the tenant went, and what could not be read: nothing is said to be in order that nobody looked at. */
export function LastLook({
	run,
	lastEverything,
	elsewhere,
}: Pick<FindingsView, 'run' | 'lastEverything' | 'elsewhere'>) {
	const { t, format } = useWords()
	if (elsewhere !== null)
		return (
			<p className="notice notice-alarm" role="alert" data-testid="last-look">
				<Icon name="alarm" /> {t('findings.lookElsewhere')} {t('findings.lookElsewhereDo', { id: elsewhere })}
			</p>
		)
	if (run === null) return <p className="notice">{t('findings.neverLooked')}</p>
	return (
		<div className="stack" data-testid="last-look">
			{run.trouble === null ? (
				<p className="muted">
					{t('findings.lastLook')} <Ago at={run.at} />.{' '}
					{t('findings.lookTook', {
						time: run.tookMs < 1000 ? t('findings.underASecond') : format.duration(run.tookMs),
						holdings: format.number(run.holdings),
					})}{' '}
					{lastEverything === null ? t('findings.neverEverything') : t('findings.everything')}{' '}
					{lastEverything === null ? null : <Time at={lastEverything} />}
				</p>
			) : (
				<p className="notice notice-alarm" role="alert">
					<Icon name="alarm" /> {t('findings.lookFailed')} <Ago at={run.at} />. {t('findings.lookFailedDo')}
				</p>
			)}
			{run.unread.length === 0 ? null : (
				<div className="notice notice-bad">
					<p>{t('findings.unread')}</p>
					<ul className="bullets">
						{run.unread.map(({ part, why, code }) => (
							<li key={part}>
								{part.startsWith('group ')
									? t('findings.part_group', { id: part.slice('group '.length) })
									: t(`findings.part_${part}` as TextKey)}
								: {t(`findings.why_${why}`)}
								{code === null ? null : <span className="muted small"> ({code})</span>}
							</li>
						))}
					</ul>
				</div>
			)}
		</div>
	)
}

/** An officer who has mended something need not wait for the next look, nor for the next comparison of policies. */
export function LookNow({ askedAt, mayAsk }: { askedAt: string | null; mayAsk: boolean }) {
	const { t } = useWords()
	return (
		<div role="status" data-testid="look-now">
			{askedAt !== null ? (
				<p className="notice">
					<Icon name="clock" /> {t('findings.lookAsked')} (<Ago at={askedAt} />
					). {t('findings.lookComes')}
				</p>
			) : mayAsk ? (
				<Form method="post" className="row">
					<input type="hidden" name="intent" value="look" />
					<Button look="plain">{t('findings.lookNow')}</Button>
				</Form>
			) : null}
		</div>
	)
}

/** How fast removals are, and how many the charter allows at once. */
export function RemovalFigures({
	times,
	guard,
	reactions,
}: Pick<FindingsView, 'times' | 'guard' | 'reactions'>) {
	const { t, format } = useWords()
	const { medianMs, worstMs, count } = times
	return (
		<section className="card">
			<h2>{t('findings.figures')}</h2>
			<dl className="facts">
				<dt>{t('findings.median')}</dt>
				<dd data-testid="median">{medianMs === null ? '–' : format.duration(medianMs)}</dd>
				<dt>{t('findings.worst')}</dt>
				<dd>{worstMs === null ? '–' : format.duration(worstMs)}</dd>
				<dt>{t('findings.removals')}</dt>
				<dd>{format.number(count)}</dd>
				<dt>{t('findings.guard')}</dt>
				<dd>
					{t('findings.guardText', {
						sent: guard.sent,
						most: guard.most,
						time: format.duration(guard.withinMs),
					})}
				</dd>
			</dl>
			<details>
				<summary>{t('findings.reactions')}</summary>
				<dl className="facts">
					{reactions.map(({ kind, reaction }) => (
						<div key={kind} className="facts-row">
							<dt>{t(`charter.finding_${kind}`)}</dt>
							<dd>{reactionText(reaction, t, format.duration)}</dd>
						</div>
					))}
				</dl>
			</details>
		</section>
	)
}
