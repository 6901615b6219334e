import type { CharterText } from '#app/services/charter/views.ts'
import { stageText } from '#app/messages/charter-in-words.ts'
import { useWords } from '#app/messages/text.tsx'

/** What a charter says of provider access and of emergencies. */
export function CharterEmergency({ charter }: { charter: CharterText }) {
	const words = useWords()
	const { t, format } = words
	const { lockbox, breakGlass, undisclosedRequester } = charter
	const list = (items: readonly string[]) => (items.length === 0 ? t('reasons.nobody') : items.join(', '))
	return (
		<section className="stack" aria-labelledby="emergency">
			<h2 id="emergency">{t('charter.emergency')}</h2>
			<div className="halves">
				<section className="card" aria-labelledby="lockbox">
					<h3 id="lockbox">{t('charter.lockbox')}</h3>
					{lockbox === null ? (
						<p className="muted">{t('charter.lockboxNone')}</p>
					) : (
						<dl className="facts">
							<dt>{t('charter.approval')}</dt>
							<dd>
								<ol className="numbers">
									{lockbox.stages.map((stage, i) => (
										<li key={stage.title + String(i)}>{stageText(words, stage)}</li>
									))}
								</ol>
							</dd>
							<dt>{t('charter.maximum')}</dt>
							<dd>{format.duration(lockbox.maximumSeconds * 1000)}</dd>
						</dl>
					)}
					<p>
						<strong>{t('charter.undisclosed')}</strong>{' '}
						{t(undisclosedRequester === 'deny' ? 'charter.undisclosed_deny' : 'charter.undisclosed_stages')}
					</p>
				</section>
				<section className="card" aria-labelledby="break-glass">
					<h3 id="break-glass">{t('charter.breakGlass')}</h3>
					{breakGlass === null ? (
						<p className="muted">{t('charter.breakGlassNone')}</p>
					) : (
						<dl className="facts">
							<dt>{t('charter.usedBy')}</dt>
							<dd>{list(breakGlass.usedBy)}</dd>
							<dt>{t('charter.mayTake')}</dt>
							<dd>{list(breakGlass.roles)}</dd>
							<dt>{t('charter.maximum')}</dt>
							<dd>{format.duration(breakGlass.maximumSeconds * 1000)}</dd>
							<dt>{t('charter.secondOfficer')}</dt>
							<dd>{t(breakGlass.secondOfficer ? 'charter.yes' : 'charter.no')}</dd>
							<dt>{t('charter.tells')}</dt>
							<dd>{list(breakGlass.tells)}</dd>
							<dt>{t('charter.reviewAfter')}</dt>
							<dd>{stageText(words, { ...breakGlass.review, escalation: null })}</dd>
						</dl>
					)}
				</section>
			</div>
		</section>
	)
}
