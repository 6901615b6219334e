import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { DueItem, ViolationItem } from '#app/services/home/due-views.ts'
import type { DueList } from '#db/queries/due-lists.ts'
import { Icon } from './ui/icon.tsx'
import { Table, type Column } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'

/** Rows of one list; the first link of each leads to where it is dealt with. */
export function DueTable({ list, items }: { list: DueList; items: readonly DueItem[] }) {
	const { t } = useWords()
	return (
		<Table
			caption={t(`due.title_${list}`)}
			rows={items}
			keyOf={({ key }) => key}
			empty={t('due.empty')}
			columns={columnsOf(list, items, t)}
		/>
	)
}

type Cell = Column<DueItem>

function columnsOf(list: DueList, items: readonly DueItem[], t: Text): Cell[] {
	const to = (page: (item: DueItem) => string): Cell => ({
		label: t('due.person'),
		cell: (item) => <Link to={`/people/${item.person.id}${page(item)}`}>{item.person.name}</Link>,
	})
	const fact = (kind: string) => to(({ ref }) => `/facts/${kind}/${ref ?? ''}`)
	const text = (label: TextKey, cell: (item: DueItem) => string): Cell => ({ label: t(label), cell })
	const day = (label: TextKey): Cell => ({
		label: t(label),
		cell: ({ at }) => (at === null ? null : <Time at={at} dateOnly />),
	})
	const ends = (label: TextKey): Cell => ({ label: t(label), cell: ({ at }) => <Ends at={at} /> })
	// Whoever is suspended already cannot be stopped again: their page shows what is still to be confirmed.
	const live: Cell = {
		label: t('due.live'),
		cell: (item) => <Live item={item} mayStop={list !== 'suspended-live'} />,
	}
	// Levels are left out on the home page: there is no column of empty cells there.
	const clearance = items.some(({ label }) => label !== '')
		? [text('due.clearance', ({ label }) => label)]
		: []
	const vettingCase: Cell = { label: t('due.vettingCase'), cell: (item) => <CaseLink item={item} /> }
	const columns: Record<DueList, () => Cell[]> = {
		'suspended-live': () => [to(() => '/suspension'), live, day('due.since')],
		events: () => [
			fact('event'),
			live,
			text('due.severity', ({ label }) => t(`facts.severity_${label}` as TextKey)),
			day('due.reported'),
		],
		leavers: () => [to(() => ''), ...clearance, day('due.left'), live],
		overdue: () => [to(() => ''), ...clearance, day('due.ended'), vettingCase, live],
		'travel-unapproved': () => [
			fact('travel'),
			{ label: t('due.departs'), cell: ({ at }) => <Departure at={at} /> },
			text('due.approval', ({ label }) => t(label === 'refused' ? 'due.refused' : 'due.undecided')),
			live,
		],
		'travel-debrief': () => [fact('travel'), day('due.returned'), live],
		'cases-mine': () => caseColumns(t),
		'cases-others': () => caseColumns(t),
		expiring: () => [to(() => ''), ...clearance, ends('due.ends'), vettingCase],
		contracts: () => [to(() => ''), text('due.employer', ({ label }) => label), ends('due.ends'), live],
		incomplete: () => [
			to(() => ''),
			text('due.missing', ({ label }) => t(`due.missing_${label}` as TextKey)),
			live,
		],
	}
	return columns[list]()
}

const caseColumns = (t: Text): Cell[] => [
	{ label: t('due.vettingCase'), cell: (item) => <CaseLink item={item} /> },
	{
		label: t('due.person'),
		cell: ({ person }) => <Link to={`/people/${person.id}`}>{person.name}</Link>,
	},
	{ label: t('due.state'), cell: ({ label }) => t(`vetting.state_${label}` as TextKey) },
	{ label: t('due.dueAt'), cell: ({ at }) => <Ends at={at} /> },
]

/** Whether the tenant may still hold an access of this person, and the way to end it. */
function Live({ item: { live, person }, mayStop }: { item: DueItem; mayStop: boolean }) {
	const { t } = useWords()
	if (live === 0) return <span className="muted">{t('due.liveNo')}</span>
	return (
		<span className="row">
			<span className="badge badge-refused">
				<Icon name="alarm" />
				{t('due.liveYes', { count: live })}
			</span>
			{mayStop ? (
				<Link to={`/people/${person.id}/suspension`} aria-label={`${t('due.suspend')}: ${person.name}`}>
					{t('due.suspend')}
				</Link>
			) : null}
		</span>
	)
}

function CaseLink({ item: { vettingCase, person } }: { item: DueItem }) {
	const { t } = useWords()
	return vettingCase === null ? (
		<Link to={`/vetting/new?person=${person.id}`} aria-label={`${t('due.openCase')}: ${person.name}`}>
			{t('due.openCase')}
		</Link>
	) : (
		<Link className="index-link" to={`/vetting/${vettingCase.id}`}>
			{t('vetting.number', { number: vettingCase.number })}
		</Link>
	)
}

/** The day, and how long that is from now, or that it has passed. */
function Ends({ at }: { at: string | null }) {
	const { t, now } = useWords()
	if (at === null) return <>{t('vetting.notDue')}</>
	return (
		<>
			<Time at={at} dateOnly />{' '}
			{at <= now ? (
				<span className="badge badge-refused">
					<Icon name="alarm" />
					{t('vetting.overdue')}
				</span>
			) : (
				<span className="muted nowrap">
					(<Countdown to={at} />)
				</span>
			)}
		</>
	)
}

function Departure({ at }: { at: string | null }) {
	const { t, now } = useWords()
	if (at === null) return null
	return (
		<>
			<Time at={at} dateOnly />{' '}
			{at <= now ? (
				<span className="badge badge-refused">
					<Icon name="alarm" />
					{t('due.underWay')}
				</span>
			) : null}
		</>
	)
}

/** Who is appointed or has access and must not, and the first thing that does not hold. */
export function ViolationTable({ items }: { items: readonly ViolationItem[] }) {
	const { t } = useWords()
	return (
		<Table
			caption={t('due.title_violations')}
			rows={items}
			keyOf={({ person, role, requestId }) => `${person.id} ${role.key} ${requestId ?? ''}`}
			empty={t('due.empty')}
			columns={[
				{
					label: t('due.person'),
					cell: ({ person }) => <Link to={`/people/${person.id}`}>{person.name}</Link>,
				},
				{ label: t('due.role'), cell: ({ role }) => role.title },
				{
					label: t('due.held'),
					cell: ({ requestId }) =>
						requestId === null ? (
							t('due.appointment')
						) : (
							<Link to={`/requests/${requestId}`}>{t('due.access')}</Link>
						),
				},
				{
					label: t('due.fails'),
					cell: ({ code }) => (code === null ? t('due.permitEnded') : t(`lapse.rule_${code}`)),
				},
			]}
		/>
	)
}
