import type { ClauseResult, Finding, Verdict } from '#workflows/charter/verdict.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'

/** Every clause with its mark: what is required, what was found, and for failing ones what mends it and who can. */
export function DecisionReasons({ clauses }: { clauses: readonly ClauseResult[] }) {
	const { t } = useWords()
	return (
		<ul className="reasons">
			{clauses.map((clause) => (
				<li key={clause.code} className={`reason ${clause.satisfied ? 'reason-met' : 'reason-unmet'}`}>
					<span>
						<Icon name={clause.satisfied ? 'check' : 'cross'} />
						<span className="visually-hidden">
							{clause.satisfied ? t('reasons.met') : t('reasons.unmet')}
						</span>
					</span>
					<span>
						<Required clause={clause} />
						{clause.satisfied ? null : (
							<>
								:{' '}
								<strong>
									<Found found={clause.found} />
								</strong>
								. {t(`reasons.fix_${clause.code}`)}{' '}
								<span className="muted">
									{t('reasons.whoCan', {
										owner:
											clause.fixedBy === 'nobody' ? t('reasons.nobodyOwner') : t(`reasons.${clause.fixedBy}`),
									})}
								</span>
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

function Required({ clause: { code, required } }: { clause: ClauseResult }) {
	const { t, format } = useWords()
	const isCountries = code === 'CITIZENSHIP' || code === 'CITIZENSHIP_EXCLUDED'
	const list = (value: unknown) => {
		const names = Array.isArray(value)
			? value.map((name) => (isCountries ? format.country(String(name)) : String(name)))
			: []
		return names.length === 0 ? t('reasons.nobody') : names.join(` ${t('reasons.or')} `)
	}
	if (code === 'DURATION')
		return (
			<>{t('reasons.DURATION', { duration: format.duration(durationMs(String(required.atMost)) ?? 0) })}</>
		)
	if (code === 'CITIZENSHIP_EXCLUDED') {
		const isEmpty = !Array.isArray(required.noneOf) || required.noneOf.length === 0
		return (
			<>
				{isEmpty
					? t('reasons.CITIZENSHIP_EXCLUDED_none')
					: t('reasons.CITIZENSHIP_EXCLUDED', { noneOf: list(required.noneOf) })}
			</>
		)
	}
	return <>{t(`reasons.${code}`, { anyOf: list(required.anyOf) })}</>
}

function Found({ found }: { found: Finding }) {
	const { t, format } = useWords()
	return <>{t(`reasons.${found.is}`, { date: 'at' in found ? format.instant(found.at) : '' })}</>
}
