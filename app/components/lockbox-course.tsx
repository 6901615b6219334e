import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { ExchangeView, LockboxView } from '#app/services/lockbox/views.ts'
import { failureOf } from './lockbox-facts.tsx'
import { Time } from './ui/time.tsx'

/** Each stage with who decided, and at the open one who still can. */
export function LockboxStages({ request }: { request: LockboxView }) {
	const { t, format } = useWords()
	return (
		<section className="card">
			<h2>{t('lockbox.stages')}</h2>
			{request.stages.length === 0 || request.context.answerCause === 'rule' ? (
				<p>{t('lockbox.noStages')}</p>
			) : null}
			<ol className="bullets">
				{request.stages.map(({ title, quorum, withinSeconds, isOpen, decisions }) => (
					<li key={title}>
						<strong>
							{t('lockbox.stage', { title, quorum, time: format.duration(withinSeconds * 1000) })}
						</strong>
						{isOpen ? <> – {t('lockbox.stageOpen')}</> : null}
						<ul className="list-plain">
							{decisions.length === 0 ? <li className="muted">{t('lockbox.nobodyYet')}</li> : null}
							{decisions.map(({ name, verdict, reason, at, fellAt, entryIndex }) => (
								<li key={name}>
									{t(verdict === 'approve' ? 'lockbox.approved' : 'lockbox.deniedBy', { name })}
									{reason === '' ? null : <> “{reason}”</>}{' '}
									{fellAt === null ? null : (
										<strong>{t('lockbox.fellSince', { time: format.instant(fellAt) })} </strong>
									)}
									<span className="muted small">
										<Time at={at} /> · <Entry index={entryIndex} />
									</span>
								</li>
							))}
						</ul>
					</li>
				))}
			</ol>
			{request.state === 'pending' ? (
				<p>
					{request.canDecide.length > 0
						? t('lockbox.canDecide', { names: request.canDecide.join(', ') })
						: t('lockbox.nobodyCan')}
				</p>
			) : null}
		</section>
	)
}

function Entry({ index }: { index: number | null }) {
	const { t } = useWords()
	return index === null ? (
		<>{t('requests.entryPending')}</>
	) : (
		<Link to={`/record/${index}`}>{t('requests.entry', { index })}</Link>
	)
}

/** What went to the provider and what was read back, in order, with the words of the answer. */
export function LockboxExchanges({ request }: { request: LockboxView }) {
	const { t } = useWords()
	const lineOf = ({ kind, status }: ExchangeView) =>
		t(`lockbox.exchange_${kind}`, { status: kind === 'failed' ? failureOf(status, t) : status })
	return (
		<section className="card">
			<h2>{t('lockbox.exchanges')}</h2>
			<ol className="bullets" data-testid="exchanges">
				{request.exchanges.map((line) => (
					<li key={`${line.at} ${line.kind} ${line.status}`}>
						{lineOf(line)} {line.by === null ? null : <>({line.by}) </>}
						<span className="muted small">
							<Time at={line.at} /> · <Entry index={line.entryIndex} />
						</span>
					</li>
				))}
			</ol>
			{request.answerText === null ? null : (
				<>
					<h3>{t('lockbox.answerText')}</h3>
					<p className="quote">{request.answerText}</p>
				</>
			)}
		</section>
	)
}
