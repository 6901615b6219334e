import { Link } from '@remix-run/react'
import type { StageView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'
import { Countdown, Time } from './ui/time.tsx'

const STATUS = {
	done: 'requests.stageDone',
	open: 'requests.stageOpen',
	upcoming: 'requests.stageUpcoming',
	denied: 'requests.stageDenied',
	closed: 'requests.stageClosed',
} as const

/** Stages from left to right: who has decided, how many are needed, who can still fill the open one, and by when. */
export function QuorumMeter({ stages }: { stages: readonly StageView[] }) {
	const { t } = useWords()
	return (
		<ol className="stages">
			{stages.map((stage, i) => (
				<li key={stage.roleTitle + String(i)} className={`stage stage-${stage.status}`}>
					<h3>{t('requests.stage', { number: i + 1, role: stage.roleTitle })}</h3>
					<p className="muted small">
						{t(STATUS[stage.status])} ·{' '}
						{t('requests.quorum', {
							have: stage.seats.filter(({ verdict }) => verdict === 'approve').length,
							need: stage.quorum,
						})}
					</p>
					{stage.seats.map((seat) => (
						<div key={seat.name}>
							<p className={seat.verdict === 'approve' ? 'reason-met row' : 'reason-unmet row'}>
								<Icon name={seat.verdict === 'approve' ? 'check' : 'cross'} />
								{t(seat.verdict === 'approve' ? 'requests.approvedBy' : 'requests.deniedBy', {
									name: seat.name,
								})}
							</p>
							{seat.reason ? <p>“{seat.reason}”</p> : null}
							<p className="muted small">
								<Time at={seat.decidedAt} />
								{seat.entryIndex === null ? null : (
									<>
										{' · '}
										<Link to={`/record/${seat.entryIndex}`}>
											{t('requests.entry', { index: seat.entryIndex })}
										</Link>
									</>
								)}
							</p>
						</div>
					))}
					{stage.decideBy ? (
						<p className="small">
							{t('requests.decideBy')} <Time at={stage.decideBy} /> (<Countdown to={stage.decideBy} />)
						</p>
					) : null}
					{stage.status === 'open' ? (
						<p className="small">
							{stage.canDecide.length > 0
								? t('requests.canDecide', { names: stage.canDecide.join(', ') })
								: t('requests.nobodyCan')}
						</p>
					) : null}
				</li>
			))}
		</ol>
	)
}
