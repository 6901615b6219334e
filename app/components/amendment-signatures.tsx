import { Link } from '@remix-run/react'
import type { AmendmentView } from '#app/services/amendments/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'
import { Countdown, Time } from './ui/time.tsx'

/** Who has signed or rejected, how many are needed, and by when. */
export function AmendmentSignatures({ amendment }: { amendment: AmendmentView }) {
	const { t } = useWords()
	const { signatures, needed, state, signBy } = amendment
	if (state === 'draft') return null
	const given = signatures.filter(({ verdict }) => verdict === 'sign').length
	return (
		<section className="card" aria-labelledby="signatures">
			<h2 id="signatures">{t('amendments.signatures', { have: given, need: needed })}</h2>
			<ol className="stages">
				{signatures.map(({ name, verdict, reason, at, entryIndex }) => (
					<li key={name} className={`stage ${verdict === 'sign' ? 'stage-done' : 'stage-denied'}`}>
						<p className={verdict === 'sign' ? 'reason-met row' : 'reason-unmet row'}>
							<Icon name={verdict === 'sign' ? 'check' : 'cross'} />
							{t(verdict === 'sign' ? 'amendments.signedBy' : 'amendments.rejectedBy', { name })}
						</p>
						{reason ? <p>“{reason}”</p> : null}
						<p className="muted small">
							<Time at={at} />
							{entryIndex === null ? null : (
								<>
									{' · '}
									<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
								</>
							)}
						</p>
					</li>
				))}
				{state === 'proposed'
					? Array.from({ length: needed - given }, (_, i) => (
							<li key={i} className="stage stage-open">
								<p className="row">
									<Icon name="hourglass" />
									{t('amendments.seatOpen')}
								</p>
								{signBy ? (
									<p className="muted small">
										{t('amendments.signBy')} <Time at={signBy} /> (<Countdown to={signBy} />)
									</p>
								) : null}
							</li>
						))
					: null}
			</ol>
		</section>
	)
}
