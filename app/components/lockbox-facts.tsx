import { useWords } from '#app/messages/text.tsx'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { LockboxView } from '#app/services/lockbox/views.ts'
import { hasAccess, isOpenLockbox } from '#workflows/lockbox/lockbox-context.ts'
import { PROVIDER_NAMES } from './lockbox-words.ts'
import { CopyButton } from './ui/copy-button.tsx'
import { Icon } from './ui/icon.tsx'
import { Countdown } from './ui/time.tsx'

/** What the state means, in one sentence. */
export function LockboxNote({ request }: { request: LockboxView }) {
	const { t, format } = useWords()
	const { state, context } = request
	const fell = context.requesterFell
	const mayLive = state !== 'denying' && isOpenLockbox(state)
	const isAlarm =
		(fell !== undefined && mayLive) || state === 'overtaken' || state === 'sendFailed' || request.isOutOfBand
	return (
		<p className={`notice ${isAlarm ? 'notice-alarm' : ''}`} data-testid="lockbox-note">
			{isAlarm ? <Icon name="alarm" /> : null} {textOf()}
		</p>
	)

	function textOf(): string {
		const { channel } = request
		if (fell !== undefined && isOpenLockbox(state))
			return t(mayLive ? 'lockbox.note_endByHand' : 'lockbox.note_requesterFell', {
				name: request.beneficiary ?? '',
				why: t(fell.code === 'SUSPENDED' ? 'lockbox.fell_SUSPENDED' : 'lockbox.fell_rule'),
			})
		if (state === 'accessEnded')
			return t(
				context.endedBy === 'clock' ? 'lockbox.note_accessEnded_clock' : 'lockbox.note_accessEnded_provider',
			)
		if (channel === 'by_hand' && state === 'sendFailed' && context.failure === 'RULED_OUT')
			return t('lockbox.note_doNotSend')
		if (channel === 'by_hand' && (state === 'approving' || state === 'denying' || state === 'sendFailed'))
			return t(`lockbox.note_${state}_by_hand`)
		if (state === 'sendFailed')
			return t('lockbox.note_sendFailed', { why: failureOf(context.failure ?? '', t) })
		const time = context.accessEndsAt === null ? '–' : format.instant(context.accessEndsAt)
		return t(`lockbox.note_${state}`, { time })
	}
}

const FAILURES = new Set([
	'UNREACHABLE',
	'FORBIDDEN',
	'UNREADABLE',
	'NOT_FOUND',
	'NOT_CONFIGURED',
	'NOT_CONFIRMED',
	'UNKNOWN_OUTCOME',
	'RULED_OUT',
])
/** Why an answer did not get through, in words; the provider's own code where it is none of ours. */
export const failureOf = (code: string, t: Text) =>
	FAILURES.has(code) ? t(`lockbox.failure_${code}` as TextKey) : t('lockbox.failure_answered', { code })

/** Why it can only be denied, rule by rule. */
export function LockboxDenials({ codes, request }: { codes: readonly string[]; request: LockboxView }) {
	const { t, format } = useWords()
	if (codes.length === 0) return null
	const duration = request.maximumSeconds === null ? '–' : format.duration(request.maximumSeconds * 1000)
	return (
		<section className="card">
			<h2>{t('lockbox.denials')}</h2>
			<ul className="bullets">
				{codes.map((code) => (
					<li key={code}>{t(`lockbox.denial_${code}` as TextKey, { duration })}</li>
				))}
			</ul>
		</section>
	)
}

/** Who asks: of a provider mostly that nobody says so, which is said in words and not by a gap. */
export function LockboxWho({ request }: { request: LockboxView }) {
	const { t } = useWords()
	const { disclosed, isInside } = request
	const isSilent = Object.values(disclosed).every((value) => value === null)
	const rows: (readonly [string, string | null])[] = isInside
		? [
				[t('lockbox.requester'), request.requester],
				[t('lockbox.beneficiary'), request.beneficiary],
				[t('lockbox.asRole'), request.role],
			]
		: [
				[t('lockbox.name'), disclosed.name],
				[t('lockbox.country'), disclosed.country],
				[t('lockbox.clearance'), disclosed.clearance],
			]
	return (
		<section className="card" data-testid="lockbox-who">
			<h2>{t('lockbox.who')}</h2>
			{isInside ? null : <p>{t(isSilent ? 'lockbox.undisclosedLead' : 'lockbox.partlyDisclosed')}</p>}
			<dl className="facts">
				{rows.flatMap(([term, value]) => [
					<dt key={`${term}-t`}>{term}</dt>,
					<dd key={`${term}-d`}>{value ?? <strong>{t('lockbox.undisclosed')}</strong>}</dd>,
				])}
			</dl>
		</section>
	)
}

/** Cause, time, duration, type and scope of what is asked, and where it comes from. */
export function LockboxFacts({ request }: { request: LockboxView }) {
	const { t, format } = useWords()
	const unsaid = t('lockbox.unsaid')
	const rows: (readonly [string, string | null])[] = [
		[t('lockbox.cause'), request.cause === '' ? t('lockbox.noCause') : request.cause],
		[t('lockbox.time'), format.instant(request.askedAt)],
		[
			t('lockbox.duration'),
			request.durationSeconds === null
				? request.durationText || unsaid
				: format.duration(request.durationSeconds * 1000),
		],
		[t('lockbox.type'), request.type || unsaid],
		[t('lockbox.scope'), request.reach || unsaid],
		[t('lockbox.boundary'), request.boundary ?? t('lockbox.noBoundary')],
		[t('lockbox.provider'), request.isInside ? t('lockbox.inside') : t(PROVIDER_NAMES[request.provider])],
		[t('lockbox.providerNumber'), request.providerRequestId],
		[t('lockbox.supportRequest'), request.supportRequest || null],
		[t('lockbox.broughtBy'), request.isInside ? null : request.broughtBy],
		[t('lockbox.charterVersion'), String(request.charterVersion)],
	]
	return (
		<section className="card">
			<h2>{t('lockbox.facts')}</h2>
			<dl className="facts">
				{rows.flatMap(([term, value]) =>
					value === null
						? []
						: [
								<dt key={`${term}-t`}>{term}</dt>,
								<dd key={`${term}-d`} className="breaks">
									{value}
								</dd>,
							],
				)}
				<dt>{t('lockbox.resources')}</dt>
				<dd>
					{request.resources.length === 0 ? unsaid : null}
					<ul className="list-plain">
						{request.resources.map((resource) => (
							<li key={resource} className="breaks small">
								<code>{resource}</code>
							</li>
						))}
					</ul>
				</dd>
				<dt>{t('lockbox.digest')}</dt>
				<dd className="breaks">
					<code>{request.requestSha256}</code> <CopyButton text={request.requestSha256} />
				</dd>
			</dl>
		</section>
	)
}

/** What the countdown counts. */
const leftOf = ({ state }: LockboxView) =>
	state === 'pending' ? ('stage' as const) : hasAccess(state) ? ('access' as const) : ('answer' as const)

/** The clock that is over everything, and how long the provider has access. */
export function LockboxClock({ request, onEnd }: { request: LockboxView; onEnd: () => void }) {
	const { t, format } = useWords()
	const { context, deadline } = request
	return (
		<section className="card">
			<h2>{t('lockbox.clock')}</h2>
			{deadline === null ? null : (
				<p>
					<span className="countdown">
						<Countdown to={deadline} onEnd={onEnd} />
					</span>
					<br />
					<span className="muted">{t(`lockbox.left_${leftOf(request)}`)}</span>
				</p>
			)}
			<p>{t('lockbox.clockEnds', { time: format.instant(context.deadline) })}</p>
			{context.grantedAt === null ? null : (
				<p>
					{t('lockbox.clockAccess', { from: format.instant(context.grantedAt) })},{' '}
					{context.accessEndsAt === null
						? t('lockbox.clockUnknown')
						: t('lockbox.clockUntil', { until: format.instant(context.accessEndsAt) })}
				</p>
			)}
		</section>
	)
}
