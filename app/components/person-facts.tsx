import { Link } from '@remix-run/react'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { PersonFactView, PersonView } from '#app/services/people/person-views.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { FACT_GROUPS } from './fact-fields.ts'
import { factText } from './fact-words.ts'
import { Icon } from './ui/icon.tsx'

/** Everything recorded of a person, by subject: what holds first, what is over or was corrected folded away. */
export function PersonFacts({
	person,
	facts,
	mayRecord,
}: {
	person: PersonView
	facts: readonly PersonFactView[]
	mayRecord: boolean
}) {
	const { t } = useWords()
	return FACT_GROUPS.map(({ group, kinds }) => (
		<section key={group} className="card" aria-labelledby={`group-${group}`}>
			<h2 id={`group-${group}`}>{t(`facts.group_${group}`)}</h2>
			{kinds.map((kind) => (
				<KindFacts
					key={kind}
					kind={kind}
					person={person}
					facts={facts.filter((fact) => fact.kind === kind)}
					mayRecord={mayRecord}
				/>
			))}
		</section>
	))
}

function KindFacts({
	kind,
	person,
	facts,
	mayRecord,
}: {
	kind: FactKind
	person: PersonView
	facts: readonly PersonFactView[]
	mayRecord: boolean
}) {
	const { t } = useWords()
	const isOpen = ({ status, alarm }: PersonFactView) =>
		status === 'current' || status === 'upcoming' || alarm !== null
	const now = facts.filter(isOpen)
	const past = facts.filter((fact) => !isOpen(fact))
	return (
		<div className="fact-kind">
			<div className="head">
				<h3>{t(`facts.kinds_${kind}`)}</h3>
				{mayRecord ? (
					<Link className="button button-small" to={`/people/${person.id}/facts/new/${kind}`}>
						<Icon name="plus" /> {t('facts.record')}
						<span className="visually-hidden"> {t(`facts.kind_${kind}`)}</span>
					</Link>
				) : null}
			</div>
			{now.length === 0 ? <p className="muted">{t('facts.none')}</p> : null}
			<FactList person={person} facts={now} />
			{past.length > 0 ? (
				<details>
					<summary className="muted">{t('facts.history', { count: past.length })}</summary>
					<FactList person={person} facts={past} />
				</details>
			) : null}
		</div>
	)
}

function FactList({ person, facts }: { person: PersonView; facts: readonly PersonFactView[] }) {
	const words = useWords()
	if (facts.length === 0) return null
	return (
		<ul className="reasons">
			{facts.map((fact) => (
				<li key={fact.id}>
					<Link
						to={`/people/${person.id}/facts/${fact.kind}/${fact.id}`}
						className={fact.status === 'retracted' ? 'struck' : ''}
					>
						{factText(words, fact, person.titles) || words.t('facts.withoutWords')}
					</Link>{' '}
					<FactBadges fact={fact} isLive={person.liveAccesses > 0} />
					<br />
					<FactMeta fact={fact} />
				</li>
			))}
		</ul>
	)
}

const ALARM: Readonly<Record<NonNullable<PersonFactView['alarm']>, TextKey>> = {
	unapproved: 'facts.unapproved',
	debrief_owed: 'facts.debriefOwed',
	untriaged: 'facts.untriaged',
	not_covered: 'facts.notCovered',
}

/** Where a fact stands, as badges of text and sign. */
export function FactBadges({ fact, isLive }: { fact: PersonFactView; isLive: boolean }) {
	const { t } = useWords()
	const badge = (look: string, icon: 'check' | 'clock' | 'slash' | 'alarm' | 'person', key: TextKey) => (
		<span className={`badge badge-${look}`} key={key}>
			<Icon name={icon} />
			{t(key)}
		</span>
	)
	const { status, alarm, course, kind } = fact
	return (
		<>
			{status === 'ended' && kind !== 'travel' ? badge('ended', 'clock', 'facts.ended') : null}
			{status === 'upcoming' ? badge('waiting', 'clock', 'facts.upcoming') : null}
			{status === 'retracted'
				? badge('voided', 'slash', fact.retracted?.supersededBy ? 'facts.corrected' : 'facts.takenBack')
				: null}
			{status !== 'retracted' && fact.verified === null && kind !== 'event'
				? badge('waiting', 'person', 'facts.notVerified')
				: null}
			{course.verdict === 'approved' ? badge('active', 'check', 'facts.approved') : null}
			{course.verdict === 'refused' ? badge('refused', 'slash', 'facts.refused') : null}
			{course.triagedAt !== null ? badge('ended', 'check', 'facts.triaged') : null}
			{course.debriefedAt !== null ? badge('ended', 'check', 'facts.debriefed') : null}
			{alarm === null ? null : badge('refused', 'alarm', ALARM[alarm])}
			{alarm === 'untriaged' && isLive ? badge('not_confirmed', 'alarm', 'facts.accessLive') : null}
		</>
	)
}

function FactMeta({ fact }: { fact: PersonFactView }) {
	const { t, format } = useWords()
	const parts = [
		fact.kind === 'event' || fact.kind === 'briefing' || fact.kind === 'training'
			? format.date(fact.validFrom)
			: t('people.from', { date: format.date(fact.validFrom) }),
		fact.validUntil === null ? '' : t('people.until', { date: format.date(fact.validUntil) }),
		fact.values.sponsor ? t('facts.sponsorShort', { name: String(fact.values.sponsor) }) : '',
		fact.evidence,
		fact.file === null ? '' : t('facts.hasFile'),
		t(`facts.source_${fact.source}`),
		fact.verified === null
			? ''
			: t('facts.verifiedBy', { name: fact.verified.by ?? '–', date: format.date(fact.verified.at) }),
	]
	return <span className="muted small">{parts.filter((part) => part !== '').join(' · ')}</span>
}
