import type { VettingTerms } from '#workflows/ledger/vetting-envelope.schema.ts'
import type { TwoOfficerAct } from '#workflows/people/vetting-case.events.ts'
import { invalid } from './find-person.server.ts'

/** What a form says of an authority's decision. */
export type TermsForm = { issuer: string; issuedAt: Date | null; validUntil: Date | null; conditions: string }

/** Whether an act states terms anew; all others leave them as they were decided. */
export const setsTerms = (act: TwoOfficerAct): boolean =>
	act === 'GRANT' || act === 'GRANT_WITH_CONDITIONS' || act === 'UPHOLD_APPEAL'

/** The terms as they go into the envelope; INVALID_INPUT with the field that cannot be used. */
export function demandTerms(act: TwoOfficerAct, form: TermsForm | null, at: Date): VettingTerms {
	const { issuer, issuedAt, validUntil, conditions } = form ?? {
		issuer: '',
		issuedAt: null,
		validUntil: null,
		conditions: '',
	}
	if (issuer.length < 2) throw invalid('issuer', 'required')
	if (issuedAt === null) throw invalid('issuedAt', 'date')
	if (issuedAt > at) throw invalid('issuedAt', 'IN_THE_FUTURE')
	if (validUntil !== null && validUntil <= issuedAt) throw invalid('validUntil', 'ENDS_BEFORE_IT_BEGINS')
	if (validUntil !== null && validUntil <= at) throw invalid('validUntil', 'ENDED_ALREADY')
	if (act === 'GRANT_WITH_CONDITIONS' && conditions === '') throw invalid('conditions', 'required')
	if (act === 'GRANT' && conditions !== '') throw invalid('conditions', 'CONDITIONS_NEED_THEIR_ACT')
	return {
		issuer,
		issuedAt: issuedAt.toISOString(),
		validUntil: validUntil?.toISOString() ?? null,
		conditions: conditions === '' ? null : conditions,
	}
}
