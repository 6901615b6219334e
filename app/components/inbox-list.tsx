import { Form, Link } from '@remix-run/react'
import { aboutInWords, deadlineInWords } from '#app/services/notify/compose-mail.ts'
import type { InboxNotice } from '#app/services/notify/inbox.server.ts'
import { useWords } from '#app/messages/text.tsx'
import { topicOf } from '#workflows/notify/notice-kinds.ts'
import { reasonOf } from './lapse-notices.tsx'
import { whyOf } from './trouble-words.ts'
import { Button } from './ui/form.tsx'
import { Icon, type IconName } from './ui/icon.tsx'
import { Time } from './ui/time.tsx'

/** Notices by day, the newest first; each leads to what it is about and can be put away, or back. */
export function InboxList({ notices }: { notices: readonly InboxNotice[] }) {
	const { format, now, t } = useWords()
	const days = new Map<string, InboxNotice[]>()
	for (const notice of notices) {
		const day = format.date(notice.at)
		days.set(day, [...(days.get(day) ?? []), notice])
	}
	const today = format.date(now)
	return (
		<>
			{[...days].map(([day, those]) => (
				<section className="stack" key={day} aria-label={day}>
					<h2>{day === today ? t('notify.today') : day}</h2>
					<ul className="notices">
						{those.map((notice) => (
							<Notice key={notice.id} notice={notice} />
						))}
					</ul>
				</section>
			))}
		</>
	)
}

function Notice({ notice }: { notice: InboxNotice }) {
	const { t, format } = useWords()
	const { id, kind, role, code, at, seenAt, path, urgency, outdated } = notice
	const mark = markOf(notice)
	const what = aboutInWords(notice, t)
	const deadline = deadlineInWords(notice, t, format.instant)
	const sentence = `${what}: ${t(`notify.kind_${kind}`)}`
	return (
		<li>
			<span className={`notices-mark notices-mark-${mark.look}`}>
				<Icon name={mark.icon} />
			</span>
			<div className="notices-words">
				<p>
					<Link to={path}>{sentence}</Link>
				</p>
				<p className="row small">
					{urgency === 'normal' || outdated !== null ? null : (
						<span className="badge badge-refused">
							<Icon name="alarm" />
							{t(urgency === 'urgent' ? 'notify.urgent' : 'notify.breakGlass')}
						</span>
					)}
					{outdated === null ? null : (
						<span className="badge badge-ended">
							<Icon name="check" />
							{t(`notify.outdated_${outdated}`)}
						</span>
					)}
					{role === null ? null : <span>{role}</span>}
					{deadline === null || outdated !== null ? null : <strong>{deadline}</strong>}
					{code === '' || WITHOUT_REASON.has(kind) ? null : (
						<span>
							{OF_ENTRA.has(kind) ? whyOf(code, t) : t('notify.why', { reason: reasonOf(code, t) })}
						</span>
					)}
					<span className="muted">
						<Time at={at} />
					</span>
				</p>
			</div>
			<Form method="post" preventScrollReset>
				<input type="hidden" name="intent" value={seenAt === null ? 'away' : 'back'} />
				<input type="hidden" name="id" value={id} />
				<Button
					look="small"
					aria-label={t(seenAt === null ? 'notify.putAwayOne' : 'notify.putBackOne', { what: sentence })}
				>
					{t(seenAt === null ? 'notify.putAway' : 'notify.putBack')}
				</Button>
			</Form>
		</li>
	)
}

/** Their reason is the tenant's, and has a sentence with what mends it. */
const OF_ENTRA = new Set<InboxNotice['kind']>(['access_failed', 'access_held_up', 'tenant_trouble'])

/** Their code is an answer of a machine and no rule. */
const WITHOUT_REASON = new Set<InboxNotice['kind']>([
	'webhook_disabled',
	'mail_trouble',
	'certificate_expires',
])

function markOf({ kind, outdated }: InboxNotice): { look: 'decide' | 'alarm' | 'plain'; icon: IconName } {
	if (outdated !== null) return { look: 'plain', icon: 'check' }
	switch (topicOf(kind)) {
		case 'decide':
			return { look: 'decide', icon: 'person' }
		case 'alarm':
		case 'break_glass':
			return { look: 'alarm', icon: 'alarm' }
		case 'system':
			return { look: 'plain', icon: 'send' }
		case 'people':
			return { look: 'plain', icon: 'shield' }
		case 'own':
			return { look: 'plain', icon: 'key' }
	}
}
