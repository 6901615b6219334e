import type { PersonFacts, Validity } from '#workflows/charter/facts.ts'
import { useWords } from '#app/messages/text.tsx'
import { Time } from './ui/time.tsx'

/** What was valid of a person at an instant, for readers of their file. */
export function ExplanationFacts({
	facts,
	titles,
	at,
}: {
	facts: PersonFacts
	titles: Readonly<Record<string, string>>
	at: string
}) {
	const { t, format } = useWords()
	const valid = <T extends Validity>(list: readonly T[]) =>
		list.filter(({ validFrom, validUntil }) => validFrom <= at && (validUntil === null || validUntil > at))
	const groups: { title: string; rows: { text: string; until: string | null }[] }[] = [
		{
			title: t('people.citizenships'),
			rows: rowsOf(valid(facts.citizenships), ({ country }) => format.country(country)),
		},
		{
			title: t('explain.residences'),
			rows: rowsOf(
				valid(facts.residences),
				({ country, status }) => `${format.country(country)} (${t(`explain.residence_${status}`)})`,
			),
		},
		{
			title: t('people.clearances'),
			rows: rowsOf(
				valid(facts.clearances),
				({ scheme, level, issuer, state }) => `${scheme} ${level} · ${issuer} · ${t(`people.${state}`)}`,
			),
		},
		{
			title: t('explain.attended'),
			rows: rowsOf([...valid(facts.briefings), ...valid(facts.training)], ({ key }) => key),
		},
		{
			title: t('explain.employments'),
			rows: rowsOf(valid(facts.employments), ({ employer, under }) =>
				under === null ? employer : t('explain.under', { employer, under }),
			),
		},
		{
			title: t('people.appointments'),
			rows: rowsOf(valid(facts.appointments), ({ role }) => titles[role] ?? role),
		},
		{
			title: t('people.facilities'),
			rows: rowsOf(valid(facts.facilities), ({ facility }) => titles[facility] ?? facility),
		},
		{
			title: t('explain.credentials'),
			rows: rowsOf(valid(facts.credentials), ({ deviceBound, attested }) =>
				[
					t(deviceBound ? 'reasons.deviceBound' : 'explain.synced'),
					...(attested ? [t('reasons.attested')] : []),
				].join(', '),
			),
		},
	]
	return (
		<section className="card">
			<h2>{t('explain.facts')}</h2>
			<p className="muted">{t('explain.factsHint')}</p>
			<dl className="facts">
				{groups.map(({ title, rows }) => (
					<div key={title} className="facts-row">
						<dt>{title}</dt>
						<dd>
							{rows.length === 0 ? <span className="muted">{t('shell.none')}</span> : null}
							<ul>
								{rows.map(({ text, until }, i) => (
									<li key={text + String(i)}>
										{text}{' '}
										{until === null ? null : (
											<span className="muted small">
												{t('explain.clauseUntil', { date: '' })}
												<Time at={until} dateOnly />
											</span>
										)}
									</li>
								))}
							</ul>
						</dd>
					</div>
				))}
			</dl>
		</section>
	)
}

const rowsOf = <T extends Validity>(facts: readonly T[], tell: (fact: T) => string) =>
	facts.map((fact) => ({ text: tell(fact), until: fact.validUntil }))
