import { Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import { useWords } from '#app/messages/text.tsx'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { OfficerDay } from '#app/services/home/due-views.ts'
import type { DueList } from '#db/queries/due-lists.ts'
import { DueTable, ViolationTable } from './due-table.tsx'
import { Icon } from './ui/icon.tsx'

/** What cannot wait, in order of danger. */
const URGENT = [
	'suspended-live',
	'violations',
	'events',
	'leavers',
	'overdue',
	'travel-unapproved',
	'travel-debrief',
	'cases-mine',
] as const satisfies readonly (DueList | 'violations')[]
/** What lies ahead, or is somebody else's turn. */
const LATER = ['contracts', 'incomplete'] as const satisfies readonly DueList[]
type Named = (typeof URGENT)[number] | (typeof LATER)[number]

/** How many rows must be dealt with now. */
export const urgentOf = (day: OfficerDay): number => URGENT.reduce((sum, list) => sum + totalOf(day, list), 0)

const totalOf = ({ parts, violations }: OfficerDay, list: Named) =>
	list === 'violations' ? violations.total : parts[list].total

const openCases = ({ cases }: OfficerDay) => cases.subject + cases.sponsor + cases.agency + cases.officer
const endingSoon = ({ expiring }: OfficerDay) => expiring.at(-1)?.count ?? 0

/** Finds anybody from the first line of an officer's day. */
export function FindPerson() {
	const { t } = useWords()
	return (
		<form className="row find" role="search" action="/people" aria-label={t('due.search')}>
			<label className="visually-hidden" htmlFor="find-person">
				{t('due.search')}
			</label>
			<input
				className="input"
				id="find-person"
				name="search"
				type="search"
				maxLength={200}
				placeholder={t('due.searchHint')}
			/>
			<button className="button">{t('people.searchButton')}</button>
		</form>
	)
}

/** People who were stopped and may still have access. There must be none, so it is an alarm. */
export function SuspendedAlarm({ day }: { day: OfficerDay }) {
	const { t } = useWords()
	const { total, items } = day.parts['suspended-live']
	if (total === 0) return null
	return (
		<section className="stack" role="alert">
			<p className="notice notice-alarm">
				<Icon name="alarm" /> {t('due.suspendedAlarm', { count: total })}
			</p>
			<DueTable list="suspended-live" items={items} />
			<All list="suspended-live" total={total} />
		</section>
	)
}

/** How much of everything waits, and in one calm line what does not. */
export function DaySummary({ day }: { day: OfficerDay }) {
	const { t, format } = useWords()
	const lists = [...URGENT, ...LATER].filter((list) => totalOf(day, list) > 0)
	return (
		<>
			{lists.length > 0 || day.gaps > 0 ? (
				<nav aria-label={t('due.summary')}>
					<ul className="row">
						{day.gaps > 0 ? (
							<li>
								<Link className="chip chip-link chip-bad" to="/roster">
									<Icon name="clock" /> {t('roster.due', { count: day.gaps })}
								</Link>
							</li>
						) : null}
						{lists.map((list) => (
							<li key={list}>
								<a
									className={`chip chip-link ${isGrave(day, list) ? 'chip-bad' : ''}`}
									href={list === 'suspended-live' ? `/due/${list}` : `#${list}`}
								>
									<strong>{format.number(totalOf(day, list))}</strong> {t(`due.title_${list}`)}
								</a>
							</li>
						))}
					</ul>
				</nav>
			) : null}
			<Calm day={day} />
		</>
	)
}

const isGrave = (day: OfficerDay, list: Named) =>
	list === 'suspended-live' ||
	list === 'violations' ||
	(list === 'events' && day.parts.events.items[0]?.live !== 0)

function Calm({ day }: { day: OfficerDay }) {
	const { t } = useWords()
	// What is still being counted is not said to be none.
	const empty = [...URGENT, ...LATER].filter(
		(list) =>
			totalOf(day, list) === 0 &&
			(list !== 'violations' || day.violations.isComplete) &&
			(list !== 'cases-mine' || openCases(day) > 0),
	)
	const said = [
		...empty.map((list) => t(`due.none_${list}`)),
		...(openCases(day) === 0 ? [t('due.none_cases')] : []),
		...(endingSoon(day) === 0 ? [t('due.none_expiring')] : []),
	]
	if (said.length === 0) return null
	return (
		<p className="muted with-icon">
			<Icon name="check" />
			<span>{t('due.calm', { list: said.join(', ') })}</span>
		</p>
	)
}

/** Everything that waits, in order of danger, each with its first rows and the way to all of them. */
export function OfficerDayParts({ day }: { day: OfficerDay }) {
	const { t } = useWords()
	return (
		<>
			{day.violations.isComplete ? null : <p className="notice">{t('due.counting')}</p>}
			{URGENT.map((list) =>
				list === 'suspended-live' || totalOf(day, list) === 0 ? null : (
					<Part key={list} list={list} total={totalOf(day, list)}>
						{list === 'violations' ? (
							<ViolationTable items={day.violations.items} />
						) : (
							<DueTable list={list} items={day.parts[list].items} />
						)}
					</Part>
				),
			)}
			{openCases(day) > 0 ? <Cases day={day} /> : null}
			{endingSoon(day) > 0 ? <Expiring day={day} /> : null}
			{LATER.map((list) =>
				totalOf(day, list) === 0 ? null : (
					<Part key={list} list={list} total={totalOf(day, list)}>
						<DueTable list={list} items={day.parts[list].items} />
					</Part>
				),
			)}
		</>
	)
}

function Part({ list, total, children }: { list: Named; total: number; children: ReactNode }) {
	const { t } = useWords()
	return (
		<section className="stack stack-tight" id={list}>
			<div className="head">
				<h2>{t(`due.title_${list}`)}</h2>
				<All list={list} total={total} />
			</div>
			<p className="muted small">{t(`due.lead_${list}`)}</p>
			{children}
		</section>
	)
}

function All({ list, total }: { list: Named; total: number }) {
	const { t, format } = useWords()
	const count = format.number(total)
	return (
		<Link to={`/due/${list}`} aria-label={`${t('due.all', { count })}: ${t(`due.title_${list}`)}`}>
			{t('due.all', { count })}
		</Link>
	)
}

type Count = { to: string; count: number; text: TextKey; isBad?: boolean }

function Counts({ label, counts, t }: { label: string; counts: readonly Count[]; t: Text }) {
	const { format } = useWords()
	return (
		<nav aria-label={label}>
			<ul className="row">
				{counts.map(({ to, count, text, isBad }) => (
					<li key={to}>
						<Link className={`chip chip-link ${isBad ? 'chip-bad' : ''}`} to={to}>
							<strong>{format.number(count)}</strong> {t(text)}
						</Link>
					</li>
				))}
			</ul>
		</nav>
	)
}

function Cases({ day: { parts, cases } }: { day: OfficerDay }) {
	const { t } = useWords()
	const counts: Count[] = [
		{ to: '/due/cases-mine', count: parts['cases-mine'].total, text: 'due.title_cases-mine' },
		{ to: '/due/cases-others', count: parts['cases-others'].total, text: 'due.title_cases-others' },
		{ to: '/vetting?acts=subject', count: cases.subject, text: 'vetting.count_subject' },
		{ to: '/vetting?acts=sponsor', count: cases.sponsor, text: 'vetting.count_sponsor' },
		{ to: '/vetting?acts=agency', count: cases.agency, text: 'vetting.count_agency' },
		{
			to: '/vetting?overdue=1',
			count: cases.overdue,
			text: 'vetting.count_overdue',
			isBad: cases.overdue > 0,
		},
		{ to: '/vetting?owed=briefing', count: cases.briefingsOwed, text: 'vetting.count_briefings' },
		{ to: '/vetting?owed=debrief', count: cases.debriefsOwed, text: 'vetting.count_debriefs' },
	]
	return (
		<section className="stack stack-tight">
			<h2>{t('due.title_cases')}</h2>
			<Counts label={t('due.title_cases')} counts={counts} t={t} />
		</section>
	)
}

function Expiring({ day: { expiring, parts } }: { day: OfficerDay }) {
	const { t, format } = useWords()
	return (
		<section className="stack stack-tight" id="expiring">
			<div className="head">
				<h2>{t('due.windows')}</h2>
				<Link to="/forecast">{t('due.forecast')}</Link>
			</div>
			<nav aria-label={t('due.windows')}>
				<ul className="row">
					{expiring.map(({ days, count }) => (
						<li key={days}>
							<Link className="chip chip-link" to={`/due/expiring?within=${days}`}>
								<strong>{format.number(count)}</strong> {t('due.within', { days })}
							</Link>
						</li>
					))}
				</ul>
			</nav>
			{parts.expiring.items.length > 0 ? <DueTable list="expiring" items={parts.expiring.items} /> : null}
		</section>
	)
}
