import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { FindingView } from '#app/services/findings/views.ts'
import { aboutText, Begins, Holder, reactionText } from './finding-words.tsx'
import { silenceText } from './silence-words.ts'
import { whyAndWho } from './trouble-words.ts'
import { Icon } from './ui/icon.tsx'
import { Countdown, Time } from './ui/time.tsx'

/** What is so now, what it means, and what happens next, in one notice. */
export function FindingNote({ finding }: { finding: FindingView }) {
	const { t, format } = useWords()
	const { state, decideBy, failure } = finding
	const isAlarm = state === 'notConfirmed'
	const text = noteText(finding, t, format)
	const ofSessions = sessionsText(finding, t, format)
	return (
		<div
			className={`notice ${isAlarm ? 'notice-alarm' : state === 'removed' && !doSessionsGoOn(finding) ? 'notice-good' : ''}`}
			role={isAlarm ? 'alert' : undefined}
		>
			<p>
				{isAlarm ? <Icon name="alarm" /> : null} {text}
			</p>
			{!GIVEN_UP.has(state) || finding.tenantAskedAt === null ? null : (
				<p>{t('findings.asked_tenant', { time: format.instant(finding.tenantAskedAt) })}</p>
			)}
			{ofSessions === null ? null : <p data-testid="sessions">{ofSessions}</p>}
			{decideBy === null ? null : (
				<p>
					<Countdown to={decideBy} /> <span className="muted">{format.instant(decideBy)}</span>
				</p>
			)}
			{failure === null || !isAlarm ? null : (
				<p>{whyAndWho(failure, finding.failureMender ?? 'tenant_admin', t)}</p>
			)}
		</div>
	)
}

/** States in which nothing more is sent, though something may have been. */
const GIVEN_UP: ReadonlySet<FindingView['state']> = new Set(['held', 'explained', 'gone'])

/** It is gone, and whoever held it may be signed in with it all the same. */
const doSessionsGoOn = ({ sessions }: FindingView) =>
	sessions?.what === 'refused' || sessions?.what === 'foreign'

/** The sentence of a finding's state, with what is known of it. */
function noteText(finding: FindingView, t: Text, format: ReturnType<typeof useWords>['format']): string {
	const { state, reaction, silence, askedBy, askedBefore, beginsAt, missed, family, tenantAskedAt } = finding
	if (state === 'awaiting')
		return t(`findings.note_awaiting_${reaction.do === 'decide' ? reaction.otherwise : 'alert'}`)
	if (state === 'referred' && silence !== null)
		return `${t('findings.note_referred')} ${silenceText(silence, t, format.instant)}`
	if (state === 'held' && askedBy !== null) return t('findings.note_held_asked', { name: askedBy })
	if (state === 'held' && askedBefore !== null) return t('findings.note_held_again', { name: askedBefore })
	if (state === 'notConfirmed' && beginsAt !== null)
		return t('findings.note_notConfirmed_scheduled', { time: format.instant(beginsAt) })
	// One of our own accesses is taken away by its own job: what Entra was told stands there.
	if (state === 'removing' && tenantAskedAt === null) return t('findings.note_removing_unasked')
	if (state === 'removed' && family === 'holding' && tenantAskedAt === null)
		return t('findings.note_removed_unasked', { time: timeOf(finding, format) })
	if (tenantAskedAt !== null && GIVEN_UP.has(state) && (missed === 'watched' || missed === 'explained'))
		return t(`findings.note_asked_${missed}`)
	if (state === 'gone' && missed !== null) return t(`findings.note_gone_${missed}`)
	if (state === 'explained' && missed === 'ungoverned') return t('findings.note_explained_ungoverned')
	// What is as approved again is `gone` as well: both are said in one sentence.
	if (state === 'explained' && missed !== null && missed !== 'explained' && missed !== 'gone')
		return t(`findings.note_gone_${missed}`)
	return t(`findings.note_${state}`, { time: timeOf(finding, format) })
}

/** That sessions are ended is Entra's word, and not what was asked of it. */
function sessionsText(
	{ state, sessions }: FindingView,
	t: Text,
	format: ReturnType<typeof useWords>['format'],
): string | null {
	const isOver = state === 'removed' && sessions !== null && sessions.what !== 'none'
	if (state !== 'postponed' && state !== 'notConfirmed' && !isOver) return null
	if (sessions !== null) return t(`findings.sessions_${sessions.what}`, { time: format.instant(sessions.at) })
	return state === 'postponed' ? t('findings.sessions_waiting') : null
}

/** Until when it is accepted, when it is tried again, or how long it took. */
function timeOf(
	{ acceptedUntil, retryAt, removedAfterMs }: FindingView,
	format: ReturnType<typeof useWords>['format'],
): string {
	const at = acceptedUntil ?? retryAt
	return at === null ? format.duration(removedAfterMs ?? 0) : format.instant(at)
}

export function FindingFacts({ finding }: { finding: FindingView }) {
	const { t, format } = useWords()
	const { holds, holder, through, roles, standing, reasons, request, family } = finding
	const isPolicy = family === 'policy'
	return (
		<section className="card">
			<h2>{t('findings.facts')}</h2>
			<dl className="facts">
				<dt>{t('findings.what')}</dt>
				<dd>
					<ul className="bullets">
						{finding.kinds.map((kind) => (
							<li key={kind}>{t(`charter.finding_${kind}`)}</li>
						))}
					</ul>
				</dd>
				<dt>{t(isPolicy ? 'findings.rule' : 'findings.who')}</dt>
				<dd>{isPolicy ? aboutText(finding, t) : <Holder holder={holder} />}</dd>
				{isPolicy ? null : (
					<>
						<dt>{t('findings.where')}</dt>
						<dd className="breaks">
							{aboutText(finding, t)}
							{through === null ? null : <p className="small">{t('findings.through', { name: through })}</p>}
							{standing === 'eligible' ? <p className="small">{t('findings.eligible')}</p> : null}
							{standing === 'scheduled' && finding.closedAt === null ? (
								<p className="small">
									<Begins at={finding.beginsAt} />
								</p>
							) : null}
							{holds.people === 0 ? null : (
								<p className="small">{t('findings.people', { count: holds.people })}</p>
							)}
						</dd>
						<dt>{t(standing === 'scheduled' ? 'findings.begins' : 'findings.from')}</dt>
						<dd>{holds.from === null ? t('findings.unsaid') : format.instant(holds.from)}</dd>
						<dt>{t('findings.until')}</dt>
						<dd>{holds.until === null ? t('findings.noEnd') : format.instant(holds.until)}</dd>
					</>
				)}
				{roles.length === 0 ? null : (
					<>
						<dt>{t('findings.roles')}</dt>
						<dd>{roles.join(', ')}</dd>
					</>
				)}
				{reasons.length === 0 ? null : (
					<>
						<dt>{t(isPolicy ? 'findings.weaker' : 'findings.refusedFor')}</dt>
						<dd>
							<ul className="bullets">
								{reasons.map((code) => (
									<li key={code}>
										{isPolicy
											? t(`findings.weaker_${code}` as TextKey)
											: code === 'NO_FACTS'
												? t('findings.noFacts')
												: t(`amendments.clause_${code}` as TextKey)}
									</li>
								))}
							</ul>
						</dd>
					</>
				)}
				{request === null ? null : (
					<>
						<dt>{t('findings.access')}</dt>
						<dd>
							<Link to={`/requests/${request.id}`}>R-{request.number}</Link>
						</dd>
					</>
				)}
			</dl>
		</section>
	)
}

/** When it was found, ordered and confirmed: from detection to removal is what a charter is measured by. */
export function FindingTimes({ finding }: { finding: FindingView }) {
	const { t, format } = useWords()
	const { foundAt, confirmedAt, orderedAt, orderedBy, sentAt, closedAt, lastSeenAt, killSwitchAt } = finding
	const rows = [
		['findings.found', foundAt, null],
		['findings.confirmed', confirmedAt, null],
		['findings.ordered', orderedAt, orderedBy === null ? null : t(`findings.by_${orderedBy}`)],
		['findings.sent', sentAt, null],
		['findings.killSwitch', killSwitchAt, null],
		['findings.lastSeen', closedAt === null ? lastSeenAt : null, null],
		['findings.ended', closedAt, null],
	] as const
	return (
		<section className="card">
			<h2>{t('findings.times')}</h2>
			<dl className="facts">
				{rows.map(([key, at, more]) =>
					at === null ? null : (
						<div key={key} className="facts-row">
							<dt>{t(key)}</dt>
							<dd>
								<Time at={at} />
								{more === null ? null : <div className="muted small">{more}</div>}
							</dd>
						</div>
					),
				)}
				{finding.removedAfterMs === null ? null : (
					<div className="facts-row">
						<dt>{t('findings.took')}</dt>
						<dd>
							<strong data-testid="took">{format.duration(finding.removedAfterMs)}</strong>
						</dd>
					</div>
				)}
				<div className="facts-row">
					<dt>{t('findings.owner')}</dt>
					<dd>{finding.owner ?? t('findings.noOwner')}</dd>
				</div>
				{/* Of one of our accesses the note says what is done, since a charter may leave it open. */}
				{finding.silence === null ? (
					<div className="facts-row">
						<dt>{t('findings.reaction')}</dt>
						<dd>{reactionText(finding.reaction, t, format.duration)}</dd>
					</div>
				) : null}
			</dl>
		</section>
	)
}

/** What officers signed about it. */
export function FindingDecisions({ decisions }: Pick<FindingView, 'decisions'>) {
	const { t, format } = useWords()
	if (decisions.length === 0) return null
	return (
		<section className="card">
			<h2>{t('findings.signedHead')}</h2>
			<ul className="bullets">
				{decisions.map(({ step, officer, reason, acceptedUntil, at, entryIndex }) => (
					<li key={at + step}>
						<strong>{officer}</strong>: {t(`findings.did_${step}`)}
						{acceptedUntil === null ? null : (
							<> {t('findings.untilThen', { time: format.instant(acceptedUntil) })}</>
						)}
						{reason === '' ? null : <> “{reason}”</>}
						<div className="muted small">
							<Time at={at} />
							{entryIndex === null ? null : (
								<>
									{' '}
									· <Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
								</>
							)}
						</div>
					</li>
				))}
			</ul>
		</section>
	)
}
