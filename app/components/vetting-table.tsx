import { Link } from '@remix-run/react'
import type { CaseSummary } from '#app/services/vetting/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'
import { Table, type Column } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'
import { VettingBadge } from './vetting-badge.tsx'

/** Cases as a list; each row opens the case. */
export function VettingTable({
	caption,
	cases,
	empty,
	withPerson = true,
}: {
	caption: string
	cases: readonly CaseSummary[]
	empty: string
	/** Left out on the page of one person. */
	withPerson?: boolean
}) {
	const { t } = useWords()
	const person: Column<CaseSummary>[] = withPerson
		? [
				{
					label: t('vetting.person'),
					cell: ({ person: { id, name } }) => <Link to={`/people/${id}`}>{name}</Link>,
				},
			]
		: []
	return (
		<Table
			caption={caption}
			rows={cases}
			keyOf={({ id }) => id}
			empty={empty}
			columns={[
				{
					label: t('vetting.case'),
					cell: ({ id, number, scheme, level }) => (
						<>
							<Link className="index-link" to={`/vetting/${id}`}>
								{t('vetting.number', { number })}
							</Link>{' '}
							<span className="muted nowrap">
								{scheme} {level}
							</span>
						</>
					),
				},
				...person,
				{
					label: t('vetting.state'),
					cell: ({ state, hasProposal }) => (
						<>
							<VettingBadge state={state} />
							{hasProposal ? (
								<>
									<br />
									<span className="small">{t('vetting.secondNeeded')}</span>
								</>
							) : null}
						</>
					),
				},
				{
					label: t('vetting.acts'),
					cell: ({ acts }) => t(acts === null ? 'vetting.party_nobody' : `vetting.party_${acts}`),
				},
				{ label: t('vetting.due'), cell: (row) => <Due {...row} /> },
			]}
		/>
	)
}

/** By when somebody must act, with the time left, or that it has passed. */
export function Due({ dueAt, isOverdue }: Pick<CaseSummary, 'dueAt' | 'isOverdue'>) {
	const { t } = useWords()
	if (dueAt === null) return <>{t('vetting.notDue')}</>
	return (
		<>
			<Time at={dueAt} dateOnly />{' '}
			{isOverdue ? (
				<span className="badge badge-refused">
					<Icon name="alarm" />
					{t('vetting.overdue')}
				</span>
			) : (
				<span className="muted nowrap">
					(<Countdown to={dueAt} />)
				</span>
			)}
		</>
	)
}
