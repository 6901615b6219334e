import { Form, Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import type { GrantView, RequestView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { noteOf } from './grant-notes.ts'
import { silenceText } from './silence-words.ts'
import { TokenTail } from './token-tail.tsx'
import { Button } from './ui/form.tsx'
import { Countdown, Since, Time } from './ui/time.tsx'

const CAUSES = {
	deadline: 'requests.causeDeadline',
	requester: 'requests.causeRequester',
	security_officer: 'requests.causeOfficer',
	charter: 'requests.causeCharter',
	lapse: 'requests.causeLapse',
	suspension: 'requests.causeSuspension',
	drift: 'grants.causeDrift',
} as const

const LOOKS: Readonly<Partial<Record<GrantView['state'], string>>> = {
	active: 'notice-good',
	failed: 'notice-bad',
	drifted: 'notice-alarm',
	notConfirmed: 'notice-alarm',
}

/** The access itself: what Entra has confirmed and what it has not, and how long it still lasts. */
export function AccessCard({
	request,
	grant,
	onDeadline,
}: {
	request: RequestView
	grant: GrantView
	onDeadline: () => void
}) {
	const words = useWords()
	const { t, format } = words
	const isAlarm = grant.state === 'notConfirmed' || grant.state === 'drifted'
	return (
		<section className="card" aria-labelledby="access">
			<h2 id="access">{t('requests.access')}</h2>
			<p className={`notice ${LOOKS[grant.state] ?? ''}`} role={isAlarm ? 'alert' : 'status'}>
				{noteOf(grant, words)}
				{grant.state === 'drifted' && grant.drift !== null
					? ` ${silenceText(grant.drift.silence, t, format.instant)}`
					: ''}
			</p>
			<Warnings grant={grant} />
			<Counting grant={grant} onDeadline={onDeadline} />
			<dl className="facts">
				<Fact label={t('grants.begins')} at={grant.startAt} />
				<Fact label={t('requests.since')} at={grant.startsAt} />
				<Fact label={t('requests.until')} at={grant.closedAt === null ? grant.endsAt : null} />
				<Fact label={t('requests.ended')} at={grant.closedAt} />
				<Fact label={t('grants.sessionsEnded')} at={grant.sessionsEndedAt} />
				{grant.cause ? (
					<>
						<dt>{t('requests.cause')}</dt>
						<dd>
							{t(CAUSES[grant.cause])}
							{grant.endedBy ? ` (${grant.endedBy})` : ''}
						</dd>
					</>
				) : null}
				{grant.tenantRequestId ? (
					<>
						<dt>{t('requests.tenantRequest')}</dt>
						<dd>
							<code>{grant.tenantRequestId}</code>
						</dd>
					</>
				) : null}
			</dl>
			<TokenTail grant={grant} />
			<Extensions grant={grant} />
			<Acts request={request} grant={grant} />
		</section>
	)
}

/** What Entra ID lacked when the access was given, while it may be live. */
function Warnings({ grant: { warned, closedAt } }: { grant: GrantView }) {
	const { t } = useWords()
	if (warned.length === 0 || closedAt !== null) return null
	return (
		<div className="notice">
			<p>{t('grants.warned')}</p>
			<ul className="list">
				{warned.map((code) => (
					<li key={code}>{t(`grants.lack_${code}`)}</li>
				))}
			</ul>
		</div>
	)
}

function Fact({ label, at }: { label: string; at: string | null }) {
	if (at === null) return null
	return (
		<>
			<dt>{label}</dt>
			<dd>
				<Time at={at} />
			</dd>
		</>
	)
}

/** What runs: the time until the end, or how long Entra has been asked and has not confirmed. */
function Counting({ grant, onDeadline }: { grant: GrantView; onDeadline: () => void }) {
	const { t } = useWords()
	const { state, endsAt, startAt, since } = grant
	switch (state) {
		case 'scheduled':
			return startAt === null ? null : (
				<Count label={t('grants.begins')}>
					<Countdown to={startAt} onEnd={onDeadline} />
				</Count>
			)
		case 'planned':
		case 'provisioning':
			return (
				<Count label={t('grants.provisioningSince')}>
					<Since at={since} />
				</Count>
			)
		case 'active':
		case 'extending':
		case 'drifted':
			return endsAt === null ? null : (
				<Count label={t('requests.endsIn')}>
					<Countdown to={endsAt} onEnd={onDeadline} />
				</Count>
			)
		case 'removing':
		case 'postponed':
			return (
				<Count label={t('grants.removingSince')}>
					<Since at={since} />
				</Count>
			)
		case 'notConfirmed':
			return (
				<Count label={t('grants.alarmSince')}>
					<Since at={since} />
				</Count>
			)
		default:
			return null
	}
}

function Count({ label, children }: { label: string; children: ReactNode }) {
	return (
		<p className="row">
			<span className="muted">{label}</span>
			<span className="countdown">{children}</span>
		</p>
	)
}

function Extensions({ grant: { extensions } }: { grant: GrantView }) {
	const { t, format } = useWords()
	if (extensions.length === 0) return null
	return (
		<section className="stack-small">
			<h3>{t('grants.extensions')}</h3>
			<ul className="list">
				{extensions.map(({ id, number, state, durationSeconds, code }) => (
					<li key={id}>
						<Link to={`/requests/${id}`}>R-{number}</Link>:{' '}
						{t('grants.extension', { duration: format.duration(durationSeconds * 1000) })} ·{' '}
						{code === null
							? t(`state.${state}`)
							: code === 'EXTENSION_LATE'
								? t('grants.extensionLate')
								: t('grants.extensionRefused', { code })}
					</li>
				))}
			</ul>
		</section>
	)
}

function Acts({ request, grant }: { request: RequestView; grant: GrantView }) {
	const { t } = useWords()
	const hasBegun = grant.state !== 'scheduled' && grant.state !== 'planned'
	return (
		<div className="row">
			{request.mayExtendMinutes.length > 0 ? (
				<Link className="button" to={`/requests/${request.id}/extend`}>
					{t('grants.extend')}
				</Link>
			) : null}
			{request.mayAcceptDrift ? (
				<Form method="post">
					<input type="hidden" name="intent" value="accept" />
					<Button look="plain">{t('grants.acceptDrift')}</Button>
				</Form>
			) : null}
			{request.mayEnd ? (
				<Form method="post">
					<input type="hidden" name="intent" value="end" />
					<Button look="danger">{t(hasBegun ? 'requests.end' : 'grants.giveUp')}</Button>
				</Form>
			) : null}
		</div>
	)
}
