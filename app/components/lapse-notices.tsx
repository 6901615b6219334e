import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { type Text, type TextKey } from '#app/messages/create-text.ts'
import type { LapseAlarm, Notice } from '#app/services/lapse/alarms.server.ts'
import { CLAUSE_CODES } from '#workflows/charter/verdict.ts'
import { Button } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** What the sweep found that should have ended before, until an officer has seen it. */
export function LapseAlarms({
	alarms,
	mayAcknowledge,
}: {
	alarms: readonly LapseAlarm[]
	mayAcknowledge: boolean
}) {
	const { t } = useWords()
	if (alarms.length === 0) return null
	return (
		<section className="stack" role="alert">
			<p className="notice notice-alarm">
				<Icon name="alarm" /> {t('lapse.alarm')}
			</p>
			<ul className="bullets">
				{alarms.map(({ id, what, targetId, code, at }) => (
					<li key={id}>
						{t(`lapse.alarm_${what}`, { reason: reasonOf(code, t) })} <code>{targetId}</code> ·{' '}
						<Time at={at} />
						{mayAcknowledge ? (
							<Form method="post" className="inline">
								<input type="hidden" name="intent" value="acknowledge" />
								<input type="hidden" name="id" value={id} />
								<Button look="small">{t('lapse.acknowledge')}</Button>
							</Form>
						) : null}
					</li>
				))}
			</ul>
		</section>
	)
}

/** What ended of what the reader asked for or approved. */
export function Notices({ notices }: { notices: readonly Notice[] }) {
	const { t } = useWords()
	const [newest] = notices
	if (newest === undefined) return null
	return (
		<section className="stack">
			<h2>{t('lapse.notices')}</h2>
			<Table
				caption={t('lapse.notices')}
				rows={notices}
				keyOf={({ id }) => id}
				empty=""
				columns={[
					{
						label: t('lapse.what'),
						cell: ({ kind, requestId, number, role }) => (
							<Link to={`/requests/${requestId}`}>{t(`lapse.${kind}`, { number: `R-${number}`, role })}</Link>
						),
					},
					{ label: t('lapse.why'), cell: ({ code }) => reasonOf(code, t) },
					{ label: t('lapse.when'), cell: ({ at }) => <Time at={at} /> },
				]}
			/>
			<Form method="post">
				<input type="hidden" name="intent" value="dismiss" />
				<input type="hidden" name="upTo" value={newest.at} />
				<Button look="plain">{t('lapse.dismiss')}</Button>
			</Form>
		</section>
	)
}

const OTHERS = new Set([
	'ROLE_GONE',
	'TARGET_CHANGED',
	'APPROVAL_CHANGED',
	'APPROVER_LAPSED',
	'EXTENSION_LATE',
	'REQUEST_CHANGED',
	'HALF_LEFT',
	'QUARTER_LEFT',
	'ESCALATED',
	'ASKED',
	'ANSWERED',
	'BREAK_GLASS',
])

/** A reason as words: which rule no longer holds, never what the facts are. */
export function reasonOf(code: string, t: Text): string {
	if (OTHERS.has(code)) return t(`lapse.reason_${code}` as TextKey)
	return (CLAUSE_CODES as readonly string[]).includes(code) ? t(`lapse.rule_${code}` as TextKey) : code
}
