import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import type { UseView } from '#app/services/break-glass/views.ts'
import type { EndCause } from '#workflows/grants/grant.machine.ts'
import { whyOf } from './trouble-words.ts'
import { Button } from './ui/form.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { StateBadge } from './ui/state-badge.tsx'
import { Countdown, Time } from './ui/time.tsx'

const CAUSES: Readonly<Partial<Record<EndCause, TextKey>>> = {
	deadline: 'requests.causeDeadline',
	requester: 'requests.causeRequester',
	security_officer: 'requests.causeOfficer',
	charter: 'requests.causeCharter',
	lapse: 'requests.causeLapse',
	suspension: 'requests.causeSuspension',
	drift: 'grants.causeDrift',
}

/** What was opened, and what Entra confirmed of it. */
export function BreakGlassAccess({ use, onDeadline }: { use: UseView; onDeadline: () => void }) {
	const { t, format } = useWords()
	const { grant, access } = use
	const note =
		use.secondBy !== null
			? t('breakGlass.awaiting', { time: format.instant(use.secondBy) })
			: use.offline !== null
				? t('breakGlass.offlineNote')
				: grant === null
					? t('breakGlass.noAccess')
					: grant.state === 'notConfirmed'
						? t('requests.notConfirmedNote')
						: grant.state === 'failed'
							? `${t('trouble.notGiven')} ${whyOf(grant.failure ?? '', t)}`
							: null
	return (
		<section className="card" aria-labelledby="access">
			<h2 id="access">{t('breakGlass.theAccess')}</h2>
			{access === null ? null : (
				<p aria-live="polite">
					<StateBadge state={access} />
				</p>
			)}
			{note === null ? null : (
				<p className={`notice ${grant?.state === 'notConfirmed' ? 'notice-alarm' : ''}`}>{note}</p>
			)}
			{use.secondBy !== null ? (
				<p>
					{use.canSecond.length > 0
						? t('breakGlass.canSecond', { names: use.canSecond.join(', ') })
						: t('breakGlass.nobodySeconds')}
				</p>
			) : null}
			{grant?.state === 'active' && grant.endsAt ? (
				<p className="row">
					<span className="muted">{t('requests.endsIn')}</span>
					<span className="countdown">
						<Countdown to={grant.endsAt} onEnd={onDeadline} />
					</span>
				</p>
			) : null}
			{grant === null ? null : (
				<dl className="facts">
					<Row term={t('requests.since')} at={grant.startsAt} />
					<Row term={t('requests.until')} at={grant.closedAt === null ? grant.endsAt : null} />
					<Row term={t('requests.ended')} at={grant.closedAt} />
					{grant.cause && CAUSES[grant.cause] ? (
						<>
							<dt>{t('requests.cause')}</dt>
							<dd>{t(CAUSES[grant.cause] ?? 'requests.causeDeadline')}</dd>
						</>
					) : null}
					{grant.tenantRequestId ? (
						<>
							<dt>{t('breakGlass.tenantRequest')}</dt>
							<dd>
								<code>{grant.tenantRequestId}</code>
							</dd>
						</>
					) : null}
				</dl>
			)}
			<Acts use={use} />
		</section>
	)
}

function Row({ term, at }: { term: string; at: string | null }) {
	if (at === null) return null
	return (
		<>
			<dt>{term}</dt>
			<dd>
				<Time at={at} />
			</dd>
		</>
	)
}

function Acts({ use: { mayEnd, mayWithdraw } }: { use: UseView }) {
	const { t } = useWords()
	return (
		<>
			{mayEnd ? (
				<Form method="post">
					<input type="hidden" name="intent" value="end" />
					<Button look="danger">{t('breakGlass.end')}</Button>
				</Form>
			) : null}
			{mayWithdraw ? (
				<Form method="post">
					<input type="hidden" name="intent" value="withdraw" />
					<Button look="danger">{t('breakGlass.withdraw')}</Button>
				</Form>
			) : null}
		</>
	)
}

/** Every signature with what was said, each with its entry. */
export function BreakGlassSignatures({ use }: { use: UseView }) {
	const { t } = useWords()
	return (
		<section className="card">
			<h2>{t('breakGlass.signatures')}</h2>
			<ul className="bullets">
				{use.signatures.map(({ name, verdict, findings, at, entryIndex }) => (
					<li key={name + at}>
						<strong>{t(`breakGlass.signed_${verdict}` as TextKey, { name })}</strong>
						{findings === '' ? null : <> “{findings}”</>}{' '}
						<span className="muted small">
							<Time at={at} /> ·{' '}
							{entryIndex === null ? (
								t('requests.entryPending')
							) : (
								<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
							)}
						</span>
					</li>
				))}
			</ul>
			<p>
				{t('breakGlass.reviews')}:{' '}
				{t('breakGlass.reviewsOf', { given: use.reviews.given, needed: use.reviews.needed })} (
				{use.reviewedBy})
			</p>
		</section>
	)
}

/** What was used, by whom, why, under which charter. */
export function BreakGlassFacts({ use }: { use: UseView }) {
	const { t, format } = useWords()
	const { offline } = use
	const rows: (readonly [string, string | null])[] = [
		[t(offline ? 'breakGlass.openedBy' : 'breakGlass.user'), use.user.name],
		[t('breakGlass.usingRole'), use.usingRole.title],
		[t('breakGlass.what'), use.role?.title ?? null],
		[t('breakGlass.entraRole'), use.entraRole],
		[t('breakGlass.account'), offline?.account ?? null],
		[t('breakGlass.envelope'), offline?.envelope ?? null],
		[t('breakGlass.witnesses'), offline?.witnesses.join(', ') ?? null],
		[t('breakGlass.from'), offline ? format.instant(offline.from) : null],
		[t('breakGlass.until'), offline ? format.instant(offline.until) : null],
		[t('breakGlass.duration'), format.duration(use.durationSeconds * 1000)],
		[t('breakGlass.why'), use.reason],
		[t('breakGlass.ticket'), offline ? null : use.ticket],
		[t('breakGlass.reviewBy'), use.reviewBy === null ? null : format.instant(use.reviewBy)],
		[t('breakGlass.charterVersion'), String(use.charterVersion)],
	]
	return (
		<section className="card">
			<h2>{t('breakGlass.facts')}</h2>
			<dl className="facts">
				{rows.flatMap(([term, value]) =>
					value === null ? [] : [<dt key={`${term}-t`}>{term}</dt>, <dd key={`${term}-d`}>{value}</dd>],
				)}
				<dt>{t('breakGlass.digest')}</dt>
				<dd>
					<code>{use.useSha256}</code> <CopyButton text={use.useSha256} />
				</dd>
			</dl>
		</section>
	)
}
