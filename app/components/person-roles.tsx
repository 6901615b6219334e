import type { PersonView } from '#app/services/people/person-views.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { DecisionReasons, HoldsUntil } from './decision-reasons.tsx'
import { Icon } from './ui/icon.tsx'

type Role = PersonView['roles'][number]

/** For which roles somebody qualifies now, and for which not: with reasons, as far as the reader may know them. */
export function PersonRoles({ roles }: { roles: readonly Role[] }) {
	const { t } = useWords()
	const qualified = roles.filter(({ permit }) => permit)
	const others = roles.filter(({ permit }) => !permit)
	return (
		<>
			<section className="card">
				<h2>{t('people.qualifies')}</h2>
				{qualified.length === 0 ? <p className="muted">{t('people.qualifiesNone')}</p> : null}
				<ul className="reasons">
					{qualified.map(({ key, title, part, verdict }) => (
						<li key={key} className="reason reason-met">
							<Icon name="check" />
							<span>
								<strong>{title}</strong>{' '}
								<span className="muted small">
									({t(part === 'requester' ? 'people.byRequest' : 'people.byAppointment')})
								</span>{' '}
								{verdict === null ? null : <HoldsUntil verdict={verdict} />}
							</span>
						</li>
					))}
				</ul>
			</section>
			<section className="card">
				<h2>{t('people.notQualified')}</h2>
				{others.map((role) => (
					<details key={role.key} open={role.part === 'requester'}>
						<summary>
							<strong>{role.title}</strong>{' '}
							<span className="muted small">
								({t(role.part === 'requester' ? 'people.byRequest' : 'people.byAppointment')}
								{role.verdict === null || role.verdict.permit
									? ''
									: `, ${t('reasons.failing', { count: role.verdict.denials.length })}`}
								)
							</span>
						</summary>
						{role.verdict === null ? (
							<CoarseReasons role={role} />
						) : role.verdict.permit ? null : (
							<DecisionReasons clauses={role.verdict.denials} />
						)}
					</details>
				))}
			</section>
		</>
	)
}

/** What is satisfied and what is not, and no more. */
function CoarseReasons({ role }: { role: Role }) {
	const { t } = useWords()
	return (
		<ul className="reasons">
			{role.coarse.map(({ group, satisfied }) => (
				<li key={group} className={`reason ${satisfied ? 'reason-met' : 'reason-unmet'}`}>
					<Icon name={satisfied ? 'check' : 'cross'} />
					<span>
						{group === 'NATIONALITY' ? t('people.nationality') : t(`people.about_${group}` as TextKey)}:{' '}
						{t(satisfied ? 'people.satisfies' : 'people.doesNotSatisfy')}
					</span>
				</li>
			))}
		</ul>
	)
}
