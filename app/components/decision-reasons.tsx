import type { ClauseResult, Verdict } from '#workflows/charter/verdict.ts'
import { findingText, fixText, requirementText } from '#app/messages/reasons-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'

/** Every clause with its mark: what is required, what was found, and for failing ones what mends it and who can. */
export function DecisionReasons({ clauses }: { clauses: readonly ClauseResult[] }) {
	const words = useWords()
	const { t } = words
	return (
		<ul className="reasons">
			{clauses.map((clause, i) => (
				<li
					key={`${clause.code}-${i}`}
					className={`reason ${clause.satisfied ? 'reason-met' : 'reason-unmet'}`}
				>
					<span>
						<Icon name={clause.satisfied ? 'check' : 'cross'} />
						<span className="visually-hidden">
							{clause.satisfied ? t('reasons.met') : t('reasons.unmet')}
						</span>
					</span>
					<span>
						{requirementText(words, clause)}
						{clause.satisfied ? null : (
							<>
								: <strong>{findingText(words, clause.found)}</strong>. {fixText(words, clause).fix}{' '}
								<span className="muted">{fixText(words, clause).who}</span>
							</>
						)}
					</span>
				</li>
			))}
		</ul>
	)
}

/** Until when a permit holds. */
export function HoldsUntil({ verdict }: { verdict: Verdict }) {
	const { t, format } = useWords()
	if (!verdict.permit) return null
	return (
		<span className="muted">
			{verdict.until === null
				? t('reasons.holds')
				: t('reasons.holdsUntil', { date: format.instant(verdict.until) })}
		</span>
	)
}
