import { Form } from '@remix-run/react'
import type { GrantView, RequestView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { type Text } from '#app/messages/create-text.ts'
import { Button } from './ui/form.tsx'
import { Countdown, Time } from './ui/time.tsx'

const CAUSES = {
	deadline: 'requests.causeDeadline',
	requester: 'requests.causeRequester',
	security_officer: 'requests.causeOfficer',
	charter: 'requests.causeCharter',
	lapse: 'requests.causeLapse',
	suspension: 'requests.causeSuspension',
} as const

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
	const { t, format } = useWords()
	const note = noteOf(grant, t, format.time)
	const isAlarm = grant.state === 'notConfirmed'
	return (
		<section className="card" aria-labelledby="access">
			<h2 id="access">{t('requests.access')}</h2>
			{note ? (
				<p
					className={`notice ${isAlarm ? 'notice-alarm' : grant.state === 'failed' ? 'notice-bad' : ''}`}
					role={isAlarm ? 'alert' : 'status'}
				>
					{note}
				</p>
			) : null}
			{grant.state === 'active' && grant.endsAt ? (
				<p className="row">
					<span className="muted">{t('requests.endsIn')}</span>
					<span className="countdown">
						<Countdown to={grant.endsAt} onEnd={onDeadline} />
					</span>
				</p>
			) : null}
			<dl className="facts">
				{grant.startsAt ? (
					<>
						<dt>{t('requests.since')}</dt>
						<dd>
							<Time at={grant.startsAt} />
						</dd>
					</>
				) : null}
				{grant.endsAt && grant.closedAt === null ? (
					<>
						<dt>{t('requests.until')}</dt>
						<dd>
							<Time at={grant.endsAt} />
						</dd>
					</>
				) : null}
				{grant.closedAt ? (
					<>
						<dt>{t('requests.ended')}</dt>
						<dd>
							<Time at={grant.closedAt} />
						</dd>
					</>
				) : null}
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
			{request.mayEnd ? (
				<Form method="post">
					<input type="hidden" name="intent" value="end" />
					<Button look="danger">{t('requests.end')}</Button>
				</Form>
			) : null}
		</section>
	)
}

function noteOf(
	{ state, retryAt, failure }: GrantView,
	t: Text,
	time: (at: string) => string,
): string | null {
	switch (state) {
		case 'planned':
		case 'provisioning':
			return t('requests.provisioningNote')
		case 'removing':
			return t('requests.removingNote')
		case 'postponed':
			return t('requests.postponedNote', { time: retryAt ? time(retryAt) : '' })
		case 'notConfirmed':
			return t('requests.notConfirmedNote')
		case 'failed':
			return t('requests.failedNote', { code: failure ?? '' })
		case 'active':
		case 'ended':
			return null
	}
}
