import { Link } from '@remix-run/react'
import type { CaseView } from '#app/services/vetting/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Time } from './ui/time.tsx'

/** What the case is for, for whom, on what it hangs, and what the authority stated. */
export function VettingFacts({ view }: { view: CaseView }) {
	const { t } = useWords()
	const { person, scheme, level, post, sponsor, manager, model, neededFrom, neededUntil, terms, reason } =
		view
	return (
		<section className="card">
			<h2>{t('vetting.facts')}</h2>
			<dl className="facts">
				<dt>{t('vetting.person')}</dt>
				<dd>
					<Link to={`/people/${person.id}`}>{person.name}</Link>
				</dd>
				<dt>{t('vetting.clearance')}</dt>
				<dd>
					{scheme} {level}
				</dd>
				{post !== null || model.post ? (
					<>
						<dt>{t('vetting.post')}</dt>
						<dd>
							{post ?? '–'}
							{model.post ? <span className="hint"> {t('vetting.modelPost')}</span> : null}
						</dd>
					</>
				) : null}
				<dt>{t('vetting.sponsor')}</dt>
				<dd>
					{sponsor === null ? (
						<span className="muted">{t('vetting.noSponsor')}</span>
					) : (
						<Link to={`/people/${sponsor.id}`}>{sponsor.name}</Link>
					)}
					{model.sponsor ? <span className="hint"> {t('vetting.modelSponsor')}</span> : null}
				</dd>
				<dt>{t('vetting.manager')}</dt>
				<dd>{manager === null ? <span className="muted">{t('vetting.noManager')}</span> : manager.name}</dd>
				<Day term={t('vetting.neededFrom')} at={neededFrom} />
				<Day term={t('vetting.neededUntil')} at={neededUntil} />
				<Day term={t('vetting.opened')} at={view.openedAt} />
				{reason ? (
					<>
						<dt>{t('vetting.actReason')}</dt>
						<dd>{reason}</dd>
					</>
				) : null}
			</dl>
			{terms === null ? null : <Terms terms={terms} />}
			<h3>{t('vetting.history')}</h3>
			{view.clearance.length === 0 ? <p className="muted">{t('vetting.historyNone')}</p> : null}
			<ol className="reasons">
				{view.clearance.map(({ state, from, until }) => (
					<li key={from + state}>
						<strong>{t(`people.${state}`)}</strong>
						<br />
						<span className="muted small">
							<Time at={from} /> – {until === null ? t('shell.open') : <Time at={until} />}
						</span>
					</li>
				))}
			</ol>
		</section>
	)
}

function Day({ term, at }: { term: string; at: string | null }) {
	if (at === null) return null
	return (
		<>
			<dt>{term}</dt>
			<dd>
				<Time at={at} dateOnly />
			</dd>
		</>
	)
}

/** What an authority decided, in its own dates. */
export function Terms({ terms }: { terms: NonNullable<CaseView['terms']> }) {
	return (
		<dl className="facts">
			<TermRows terms={terms} />
		</dl>
	)
}

/** The same as rows of a list that holds more. */
export function TermRows({ terms }: { terms: NonNullable<CaseView['terms']> }) {
	const { t } = useWords()
	const { issuer, issuedAt, validUntil, conditions } = terms
	return (
		<>
			<dt>{t('vetting.issuer')}</dt>
			<dd>{issuer}</dd>
			<Day term={t('vetting.issuedAt')} at={issuedAt} />
			<dt>{t('vetting.validUntil')}</dt>
			<dd>{validUntil === null ? t('vetting.noEnd') : <Time at={validUntil} dateOnly />}</dd>
			{conditions === null ? null : (
				<>
					<dt>{t('vetting.conditions')}</dt>
					<dd>{conditions}</dd>
				</>
			)}
		</>
	)
}
