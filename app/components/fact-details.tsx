import { Link } from '@remix-run/react'
import { clearanceModelOf } from '#workflows/people/clearance-models.ts'
import type { FactPageView, PersonFactView } from '#app/services/people/person-views.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { factText } from './fact-words.ts'
import { CopyButton } from './ui/copy-button.tsx'
import { Time } from './ui/time.tsx'

/** All that is known of one fact: what it says, what it rests on, who vouched for it, and what came before and after it. */
export function FactDetails({ view: { fact, person, chain, titles, liveAccesses } }: { view: FactPageView }) {
	const words = useWords()
	const { t, format } = words
	const { retracted, verified } = fact
	return (
		<div className="stack">
			<section className="card">
				<h2>{t('facts.details')}</h2>
				<dl className="facts">
					<Values fact={fact} titles={titles} />
					<dt>{t('people.interval')}</dt>
					<dd>
						{t('people.from', { date: format.date(fact.validFrom) })},{' '}
						{fact.validUntil === null
							? t('shell.open')
							: t('people.until', { date: format.date(fact.validUntil) })}
					</dd>
					<dt>{t('people.recorded')}</dt>
					<dd>
						<Time at={fact.recordedAt} />
						{fact.recordedBy === null ? null : ` ${t('people.recordedBy', { name: fact.recordedBy })}`} ·{' '}
						{t(`facts.source_${fact.source}`)}
					</dd>
					<dt>{t('facts.evidence')}</dt>
					<dd>
						{fact.evidence || '–'}
						{fact.file === null ? null : (
							<>
								<br />
								<a href={`/people/${person.id}/evidence/${fact.file.id}`}>{t('facts.openFile')}</a>
								<br />
								<span className="small">
									SHA-256 <code>{fact.file.sha256.slice(0, 16)}…</code> <CopyButton text={fact.file.sha256} />
								</span>
							</>
						)}
					</dd>
					<dt>{t('facts.verification')}</dt>
					<dd>
						{verified === null
							? t('facts.notVerified')
							: t('facts.verifiedBy', { name: verified.by ?? '–', date: format.date(verified.at) })}
					</dd>
					{fact.kind === 'event' ? (
						<>
							<dt>{t('facts.accessNow')}</dt>
							<dd>{t('facts.accesses', { count: liveAccesses })}</dd>
						</>
					) : null}
					<Course fact={fact} />
					{retracted === null ? null : (
						<>
							<dt>{t('facts.takenBack')}</dt>
							<dd>
								<Time at={retracted.at} /> {retracted.by ?? ''}
								{retracted.reason === null ? null : <> · {retracted.reason}</>}
							</dd>
						</>
					)}
				</dl>
			</section>
			{chain.length > 1 ? (
				<section className="card">
					<h2>{t('facts.chain')}</h2>
					<ol className="bullets">
						{chain.map((link) => (
							<li key={link.id}>
								{link.id === fact.id ? (
									<strong>{factText(words, link, titles)}</strong>
								) : (
									<Link to={`/people/${person.id}/facts/${link.kind}/${link.id}`}>
										{factText(words, link, titles)}
									</Link>
								)}{' '}
								<span className="muted small">
									<Time at={link.recordedAt} />
									{link.validUntil === null
										? ''
										: ` · ${t('people.until', { date: format.date(link.validUntil) })}`}
									{link.retracted?.reason ? ` · ${link.retracted.reason}` : ''}
								</span>
							</li>
						))}
					</ol>
				</section>
			) : null}
		</div>
	)
}

function Values({ fact, titles }: { fact: PersonFactView; titles: Readonly<Record<string, string>> }) {
	const words = useWords()
	const { t } = words
	const long = (['contact', 'purpose', 'itinerary', 'details', 'reporter'] as const).filter(
		(name) => fact.values[name],
	)
	return (
		<>
			<dt>{t(`facts.kind_${fact.kind}`)}</dt>
			<dd>{factText(words, fact, titles)}</dd>
			{fact.kind === 'clearance' ? <HangsOn values={fact.values} /> : null}
			{long.map((name) => (
				<div key={name} className="facts-row">
					<dt>{t(`facts.field_${name}`)}</dt>
					<dd>
						{name === 'reporter'
							? t(`facts.reporter_${String(fact.values[name])}` as TextKey)
							: String(fact.values[name])}
					</dd>
				</div>
			))}
		</>
	)
}

/** Post and sponsor of a clearance, with what its scheme makes of them; a gap is said where the scheme needs one. */
function HangsOn({ values: { scheme, state, post, sponsor, sponsorId } }: Pick<PersonFactView, 'values'>) {
	const { t } = useWords()
	const model = clearanceModelOf(String(scheme))
	return (
		<>
			{post || model.post ? (
				<div className="facts-row">
					<dt>{t('facts.field_post')}</dt>
					<dd>
						{post ? String(post) : t('facts.notNamed')}
						{model.post ? <span className="hint"> {t('vetting.modelPost')}</span> : null}
					</dd>
				</div>
			) : null}
			{sponsorId || (model.sponsor && state === 'granted') ? (
				<div className="facts-row">
					<dt>{t('facts.field_sponsor')}</dt>
					<dd>
						{sponsorId ? (
							<Link to={`/people/${String(sponsorId)}`}>{String(sponsor ?? '–')}</Link>
						) : (
							t('facts.notNamed')
						)}
						{model.sponsor ? <span className="hint"> {t('vetting.modelSponsor')}</span> : null}
					</dd>
				</div>
			) : null}
		</>
	)
}

function Course({ fact: { course } }: { fact: PersonFactView }) {
	const { t } = useWords()
	const steps: { key: TextKey; at: string | null; by: string | null }[] = [
		{
			key: course.verdict === 'refused' ? 'facts.refused' : 'facts.approved',
			at: course.decidedAt,
			by: course.decidedBy,
		},
		{ key: 'facts.debriefed', at: course.debriefedAt, by: course.debriefedBy },
		{ key: 'facts.triaged', at: course.triagedAt, by: course.triagedBy },
	]
	return steps.map(({ key, at, by }) =>
		at === null ? null : (
			<div key={key} className="facts-row">
				<dt>{t(key)}</dt>
				<dd>
					<Time at={at} /> {by ?? ''}
					{key === 'facts.triaged' && course.outcome !== null ? ` · ${course.outcome}` : ''}
				</dd>
			</div>
		),
	)
}
