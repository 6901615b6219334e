import { Link } from '@remix-run/react'
import type { ImpactView } from '#app/services/amendments/views.ts'
import type { RoleImpact } from '#workflows/charter/impact.ts'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** What an amendment would do: per role who gains and who loses and why, which accesses end, which stages lose their quorum. */
export function ImpactCard({ impact, amendmentId }: { impact: ImpactView; amendmentId: string }) {
	const { t, format } = useWords()
	const changed = impact.roles.filter(({ gains, loses, status }) => gains + loses > 0 || status !== 'kept')
	const { owners } = impact
	return (
		<section className="stack" aria-labelledby="impact">
			<div className="head">
				<h2 id="impact">{t('amendments.impact')}</h2>
				<Link className="button" to={`/charter/amendments/${amendmentId}/changes`}>
					{t('amendments.listPeople')}
				</Link>
			</div>
			<p className="muted">
				{t('amendments.impactLead', { count: impact.people })} <Time at={impact.at} />.
			</p>
			{impact.quorumGaps.map((gap) => (
				<p key={gap.role + gap.from} className="notice notice-bad">
					<Icon name="alarm" />{' '}
					{t('amendments.quorumGap', {
						role: gap.roleTitle,
						from: gap.fromTitle,
						needed: gap.needed,
						before: gap.before,
						after: gap.after,
					})}
				</p>
			))}
			<p className={owners.after < owners.needed ? 'notice notice-bad' : 'muted'}>
				{t('amendments.owners', owners)}
			</p>
			<Table
				caption={t('amendments.impactByRole')}
				rows={changed}
				keyOf={({ role }) => role}
				empty={t('amendments.impactNone')}
				columns={[
					{
						label: t('requests.role'),
						cell: ({ title, status }: RoleImpact) => (
							<>
								<strong>{title}</strong>
								{status === 'kept' ? null : (
									<span className="muted">
										{' '}
										({t(status === 'added' ? 'amendments.roleAdded' : 'amendments.roleRemoved')})
									</span>
								)}
							</>
						),
					},
					{
						label: t('amendments.mayHave'),
						cell: ({ before, after }) => `${format.number(before)} → ${format.number(after)}`,
					},
					{
						label: t('amendments.gains'),
						cell: ({ role, gains }) => (
							<Count amendmentId={amendmentId} role={role} change="gains" count={gains} />
						),
					},
					{
						label: t('amendments.loses'),
						cell: ({ role, loses }) => (
							<Count amendmentId={amendmentId} role={role} change="loses" count={loses} />
						),
					},
					{
						label: t('amendments.why'),
						cell: ({ reasons }) =>
							reasons.length === 0 ? (
								'–'
							) : (
								<ul>
									{reasons.map(({ code, count }) => (
										<li key={code}>
											{t(`amendments.clause_${code}`)} ({format.number(count)})
										</li>
									))}
								</ul>
							),
					},
				]}
			/>
			<h3>{t('amendments.endings')}</h3>
			<Table
				caption={t('amendments.endings')}
				rows={impact.endings}
				keyOf={({ requestId }) => requestId}
				empty={t('amendments.endingsNone')}
				columns={[
					{
						label: t('requests.number'),
						cell: ({ requestId, number }) => <Link to={`/requests/${requestId}`}>R-{number}</Link>,
					},
					{ label: t('requests.requester'), cell: ({ person }) => person.name },
					{ label: t('requests.role'), cell: ({ roleTitle }) => roleTitle },
					{
						label: t('amendments.what'),
						cell: ({ isPending }) => t(isPending ? 'amendments.endingPending' : 'amendments.endingLive'),
					},
					{
						label: t('amendments.why'),
						cell: ({ reasons }) => reasons.map((code) => t(clauseKey(code))).join(', '),
					},
				]}
			/>
		</section>
	)
}

/** The words for a clause by its code; also for what only ends an access. */
export const clauseKey = (code: string): TextKey => `amendments.clause_${code}` as TextKey

function Count({
	amendmentId,
	role,
	change,
	count,
}: {
	amendmentId: string
	role: string
	change: 'gains' | 'loses'
	count: number
}) {
	const { format } = useWords()
	if (count === 0) return <span className="muted">0</span>
	return (
		<Link
			className={change === 'gains' ? 'count-gains' : 'count-loses'}
			to={`/charter/amendments/${amendmentId}/changes?${new URLSearchParams({ role, change })}`}
		>
			{change === 'gains' ? '+' : '−'}
			{format.number(count)}
		</Link>
	)
}
