import { Link } from '@remix-run/react'
import type { ExplanationView } from '#app/services/charter/views.ts'
import { explanationText } from '#app/messages/explanation-in-words.ts'
import { requirementText } from '#app/messages/reasons-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { DecisionReasons, HoldsUntil } from './decision-reasons.tsx'
import { ExplanationFacts } from './explanation-facts.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { Icon } from './ui/icon.tsx'
import { Time } from './ui/time.tsx'

/** One answer of the explorer: what stands in the way first, then what is satisfied, under what, and as text to share. */
export function Explanation({ told, maySeePeople }: { told: ExplanationView; maySeePeople: boolean }) {
	const words = useWords()
	const { t } = words
	const { verdict } = told
	const text = explanationText(words, told)
	return (
		<>
			<p className={`notice ${verdict.permit ? 'notice-good' : 'notice-bad'}`}>
				<Icon name={verdict.permit ? 'check' : 'cross'} />{' '}
				{verdict.permit ? (
					<HoldsUntil verdict={verdict} />
				) : (
					t('explain.failing', { count: verdict.denials.length })
				)}
			</p>
			<div className="columns">
				<div className="stack">
					{verdict.permit ? null : (
						<section className="card">
							<h2>{t('explain.inTheWay')}</h2>
							<DecisionReasons clauses={verdict.denials} />
						</section>
					)}
					<section className="card">
						<h2>{t('explain.satisfied')}</h2>
						<ul className="reasons">
							{verdict.clauses
								.filter(({ satisfied }) => satisfied)
								.map((clause, i) => (
									<li key={`${clause.code}-${i}`} className="reason reason-met">
										<span>
											<Icon name="check" />
										</span>
										<span>
											{requirementText(words, clause)}{' '}
											{clause.until === null ? null : (
												<span className="muted">
													· {t('explain.clauseUntil', { date: '' })}
													<Time at={clause.until} />
												</span>
											)}
										</span>
									</li>
								))}
						</ul>
					</section>
					{told.facts ? <ExplanationFacts facts={told.facts} titles={told.titles} at={told.at} /> : null}
				</div>
				<div className="stack">
					<Basis told={told} maySeePeople={maySeePeople} />
					<section className="card no-print">
						<h2>{t('explain.share')}</h2>
						<p className="muted">{t('explain.shareHint')}</p>
						<pre className="text-block" tabIndex={0}>
							{text}
						</pre>
						<p>
							<CopyButton text={text} />
						</p>
					</section>
				</div>
			</div>
		</>
	)
}

function Basis({ told, maySeePeople }: { told: ExplanationView; maySeePeople: boolean }) {
	const { t, format } = useWords()
	const { person, role, part, stage, facility, durationSeconds, charter } = told
	return (
		<section className="card">
			<h2>{t('explain.basis')}</h2>
			<dl className="facts">
				<dt>{t('explain.person')}</dt>
				<dd>{maySeePeople ? <Link to={`/people/${person.id}`}>{person.name}</Link> : person.name}</dd>
				<dt>{t('explain.role')}</dt>
				<dd>{role.title}</dd>
				<dt>{t('explain.part')}</dt>
				<dd>
					{t(`explain.${part}`)}
					{stage === null ? '' : `, ${t('requests.stage', { number: stage.number, role: stage.title })}`}
				</dd>
				<dt>{t('explain.at')}</dt>
				<dd>
					<Time at={told.at} />
				</dd>
				<dt>{t('explain.knownAt')}</dt>
				<dd>
					<Time at={told.knownAt} />
				</dd>
				{facility === null ? null : (
					<>
						<dt>{t('explain.facility')}</dt>
						<dd>{facility}</dd>
					</>
				)}
				{durationSeconds === 0 ? null : (
					<>
						<dt>{t('explain.duration')}</dt>
						<dd>{format.duration(durationSeconds * 1000)}</dd>
					</>
				)}
				<dt>{t('explain.scope')}</dt>
				<dd>{t(told.isMomentary ? 'explain.momentary' : 'explain.standing')}</dd>
				<dt>{t('explain.charter')}</dt>
				<dd>
					<Link to={`/charter/versions/${charter.version}`}>
						{t('amendments.version', { version: charter.version })}
					</Link>
				</dd>
				<dt>{t('explain.digest')}</dt>
				<dd>
					<code>{told.verdictSha256}</code>
				</dd>
			</dl>
		</section>
	)
}
