import type { AnswerCounts, RowsOf } from '#workflows/audit-export/answer.ts'
import type { Formats } from '#app/utils/format.ts'
import type { Text } from './create-text.ts'

/** One part of the sentence, and the rows that it counts; null where it counts nothing. */
export type AnswerClause = {
	text: string
	rows: RowsOf | null
	/** Another page that shows what is counted. */
	page?: '/break-glass' | '/lockbox'
}

/**
 * The answer as the clauses of one sentence. It says no more than was checked: what has gaps, what could not be checked
 * and what there is no evidence of are clauses of their own, and "all" stands only where it is all.
 */
export function answerClauses(
	{ t, format }: { t: Text; format: Formats },
	counts: AnswerCounts,
): AnswerClause[] {
	const emergencies = emergencyClauses(t, counts)
	const providers = providerClauses(t, counts)
	if (counts.accesses === 0)
		return [{ text: t('question.noAccess'), rows: 'accesses' }, ...emergencies, ...providers]
	const number = (key: 'covered' | 'unchecked' | 'unapproved' | 'unplaced'): AnswerClause => ({
		text: t(`question.${key}`, { number: format.number(counts[key]) }),
		rows: key,
	})
	const some = (key: 'gaps' | 'unconfirmed'): AnswerClause[] =>
		counts[key] === 0 ? [] : [{ text: t(`question.${key}`, { count: counts[key] }), rows: key }]
	const isAll = counts.covered === counts.accesses
	return [
		{
			text: `${t('question.accesses', { count: counts.accesses })} ${t('question.byPeople', { count: counts.people })}`,
			rows: 'accesses',
		},
		isAll ? { text: t('question.allCovered'), rows: 'covered' } : number('covered'),
		...some('gaps'),
		...(counts.unchecked === 0 ? [] : [number('unchecked')]),
		number('unapproved'),
		...(counts.unplaced === 0 ? [] : [number('unplaced')]),
		...some('unconfirmed'),
		...emergencies,
		...providers,
	]
}

/** Accesses of providers to customer content, and how many of them none of our stages decided on. */
function providerClauses(t: Text, { lockbox, lockboxOutOfBand = 0 }: AnswerCounts): AnswerClause[] {
	// An answer that was shared before the lockbox was offered says nothing of it.
	if (lockbox === undefined) return []
	const page = '/lockbox' as const
	const clauses: AnswerClause[] = [{ text: t('question.lockbox', { count: lockbox }), rows: null, page }]
	if (lockboxOutOfBand > 0)
		clauses.push({ text: t('question.lockboxOutOfBand', { count: lockboxOutOfBand }), rows: null, page })
	return clauses
}

/** Break-glass, and how much of it is reviewed; the sealed procedure too, which gave no access through this app. */
function emergencyClauses(t: Text, counts: AnswerCounts): AnswerClause[] {
	const { breakGlass, breakGlassOwed = 0, offline = 0, offlineOwed = 0 } = counts
	// An answer that was shared before break-glass was offered says nothing of it.
	if (breakGlass === undefined) return []
	const clauses: AnswerClause[] = []
	if (breakGlass > 0)
		clauses.push({
			text: t(breakGlassOwed === 0 ? 'question.breakGlassReviewed' : 'question.breakGlass', {
				count: breakGlass,
			}),
			rows: 'breakGlass',
		})
	if (breakGlassOwed > 0)
		clauses.push({ text: t('question.breakGlassOwed', { count: breakGlassOwed }), rows: 'breakGlassOwed' })
	if (offline > 0)
		clauses.push({
			text: t(offlineOwed === 0 ? 'question.offlineReviewed' : 'question.offlineOwed', {
				count: offline,
				owed: offlineOwed,
			}),
			rows: null,
			page: '/break-glass',
		})
	return clauses.length === 0 ? [{ text: t('question.noBreakGlass'), rows: 'breakGlass' }] : clauses
}
