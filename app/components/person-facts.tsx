import type { PersonView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'

/** What is recorded of a person, each fact with its validity and what it rests on. */
export function PersonFactsCard({ person }: { person: PersonView }) {
	const { t, format } = useWords()
	return (
		<section className="card">
			<h2>{t('people.facts')}</h2>
			<dl className="facts">
				<dt>{t('people.employer')}</dt>
				<dd>{person.employer}</dd>
				<dt>{t('people.upn')}</dt>
				<dd>{person.userPrincipalName}</dd>
				<dt>{t('people.entra')}</dt>
				<dd>
					<code>{person.entraObjectId}</code>
				</dd>
				<dt>{t('people.passkeys')}</dt>
				<dd>{person.passkeys}</dd>
			</dl>
			<FactList
				title={t('people.citizenships')}
				empty={t('people.noCitizenship')}
				facts={person.citizenships}
				tell={({ country }) => format.country(country)}
			/>
			<FactList
				title={t('people.clearances')}
				empty={t('people.noClearance')}
				facts={person.clearances}
				tell={({ scheme, level, issuer, state }) =>
					`${scheme} ${level} · ${issuer} · ${t(state === 'granted' ? 'people.granted' : state === 'suspended' ? 'people.suspended' : 'people.revoked')}`
				}
			/>
			<FactList
				title={t('people.appointments')}
				empty={t('people.noAppointment')}
				facts={person.appointments}
				tell={({ title }) => title}
			/>
			<FactList
				title={t('people.facilities')}
				empty={t('shell.none')}
				facts={person.facilities}
				tell={({ title }) => title}
			/>
		</section>
	)
}

type Fact =
	| PersonView['citizenships'][number]
	| PersonView['clearances'][number]
	| PersonView['appointments'][number]
	| PersonView['facilities'][number]

function FactList<F extends Fact>({
	title,
	empty,
	facts,
	tell,
}: {
	title: string
	empty: string
	facts: readonly F[]
	tell: (fact: F) => string
}) {
	const { t, format, now } = useWords()
	return (
		<div>
			<h3>{title}</h3>
			{facts.length === 0 ? <p className="muted">{empty}</p> : null}
			<ul className="reasons">
				{facts.map((fact) => {
					const hasLapsed = fact.validUntil !== null && fact.validUntil <= now
					return (
						<li key={fact.id}>
							{tell(fact)}{' '}
							{hasLapsed ? (
								<span className="badge badge-refused">
									<Icon name="clock" />
									{t('people.lapsed')}
								</span>
							) : null}
							<br />
							<span className="muted small">
								{t('people.from', { date: format.date(fact.validFrom) })},{' '}
								{fact.validUntil === null
									? t('shell.open')
									: t('people.until', { date: format.date(fact.validUntil) })}{' '}
								· {fact.evidence}
								{fact.recordedBy ? ` · ${t('people.recordedBy', { name: fact.recordedBy })}` : ''}
							</span>
						</li>
					)
				})}
			</ul>
		</div>
	)
}
