import { Link } from '@remix-run/react'
import type { PersonView } from '#app/services/people/person-views.ts'
import { useWords } from '#app/messages/text.tsx'

/** Who somebody is, by every identifier. */
export function PersonIdentity({ person, mayRecord }: { person: PersonView; mayRecord: boolean }) {
	const { t } = useWords()
	return (
		<section className="card">
			<h2>{t('people.identity')}</h2>
			<dl className="facts">
				<dt>{t('people.employer')}</dt>
				<dd>{person.employer}</dd>
				<dt>{t('people.upn')}</dt>
				<dd>{person.userPrincipalName}</dd>
				{person.personnelNumber === null ? null : (
					<>
						<dt>{t('people.number')}</dt>
						<dd>{person.personnelNumber}</dd>
					</>
				)}
				{person.manager === null ? null : (
					<>
						<dt>{t('people.manager')}</dt>
						<dd>
							<Link to={`/people/${person.manager.id}`}>{person.manager.name}</Link>
						</dd>
					</>
				)}
				<dt>{t('people.entra')}</dt>
				<dd>
					<code>{person.entraObjectId}</code>
				</dd>
				<dt>{t('people.passkeys')}</dt>
				<dd>{person.passkeys}</dd>
			</dl>
			{mayRecord ? (
				<p>
					<Link to={`/people/${person.id}/identity`}>{t('people.identityOpen')}</Link>
				</p>
			) : null}
		</section>
	)
}
