import { Link } from '@remix-run/react'
import type { GroupView, Seat, StageView } from '#app/services/views.ts'
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
						{t(STATUS[stage.status])}
						{stage.denials > 1 ? ` · ${t('requests.denialsNeeded', { count: stage.denials })}` : ''}
					</p>
					{stage.groups.map((group) => (
						<Group key={group.roleTitle} group={group} stage={stage} />
					))}
					{stage.decideBy ? (
						<p className="small">
							{t('requests.decideBy')} <Time at={stage.decideBy} /> (<Countdown to={stage.decideBy} />)
						</p>
					) : null}
					{stage.escalation ? (
						<p className="small">
							{t(stage.escalation.isOpen ? 'requests.escalated' : 'requests.escalates', {
								role: stage.escalation.title,
							})}{' '}
							<Time at={stage.escalation.at} />
						</p>
					) : null}
				</li>
			))}
		</ol>
	)
}

function Group({ group, stage }: { group: GroupView; stage: StageView }) {
	const { t, format } = useWords()
	const { roleTitle, quorum, seats, canDecide } = group
	const have = seats.filter(({ verdict }) => verdict === 'approve').length
	const isOpen = stage.status === 'open' && have < quorum
	const here = canDecide.filter(({ awayUntil }) => awayUntil === null)
	return (
		<div>
			<p className="small">
				{stage.groups.length > 1 ? <strong>{roleTitle}: </strong> : null}
				{t('requests.quorum', { have, need: quorum })}
			</p>
			{seats.map((seat) => (
				<SeatLine key={seat.name} seat={seat} />
			))}
			{isOpen ? (
				<p className="small">
					{canDecide.length === 0
						? t('requests.nobodyCan')
						: t('requests.canDecide', {
								names: here.length === 0 ? t('shell.none') : here.map(({ name }) => name).join(', '),
							})}
				</p>
			) : null}
			{isOpen
				? canDecide.map(({ name, awayUntil, standIn }) =>
						awayUntil === null ? null : (
							<p key={name} className="muted small">
								{t(standIn === null ? 'requests.away' : 'requests.awayStandIn', {
									name,
									until: format.time(awayUntil),
									standIn: standIn ?? '',
								})}
							</p>
						),
					)
				: null}
		</div>
	)
}

function SeatLine({ seat }: { seat: Seat }) {
	const { t, format } = useWords()
	const isApproval = seat.verdict === 'approve'
	return (
		<div>
			<p className={isApproval ? 'reason-met row' : 'reason-unmet row'}>
				<Icon name={isApproval ? 'check' : 'cross'} />
				{t(isApproval ? 'requests.approvedBy' : 'requests.deniedBy', { name: seat.name })}
			</p>
			{seat.grantedSeconds === null ? null : (
				<p className="small">
					{t('requests.gaveOnly', { duration: format.duration(seat.grantedSeconds * 1000) })}
				</p>
			)}
			{seat.asRole === null ? null : (
				<p className="small">{t('requests.decidedAs', { role: seat.asRole })}</p>
			)}
			{seat.reason ? <p>“{seat.reason}”</p> : null}
			<p className="muted small">
				<Time at={seat.decidedAt} />
				{seat.entryIndex === null ? null : (
					<>
						{' · '}
						<Link to={`/record/${seat.entryIndex}`}>{t('requests.entry', { index: seat.entryIndex })}</Link>
					</>
				)}
			</p>
		</div>
	)
}
