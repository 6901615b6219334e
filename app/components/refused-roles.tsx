import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { RefusedRole } from '#workflows/access/refused-role.ts'

/** Roles that were asked for with others and could not be filed: beside each why, clause by clause. */
export function RefusedRoles({ refused }: { refused: readonly (RefusedRole & { title: string })[] }) {
	const { t } = useWords()
	if (refused.length === 0) return null
	return (
		<section className="card stack" aria-labelledby="refused-roles">
			<h2 id="refused-roles">{t('requests.refusedRoles')}</h2>
			{refused.map(({ role, title, code, denials, numbers, gap, example }) => (
				<div key={role}>
					<h3>{title}</h3>
					<p>
						{t(`errors.${code}`, { ...numbers, role: gap ?? '' })}
						{example === null ? null : ` ${t('requests.ticketHint', { example })}`}
					</p>
					{denials.length > 0 ? <DecisionReasons clauses={denials} /> : null}
				</div>
			))}
		</section>
	)
}
