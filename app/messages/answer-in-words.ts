import type { AnswerCounts, RowsOf } from '#workflows/audit-export/answer.ts'
import type { Formats } from '#app/utils/format.ts'
import type { Text } from './create-text.ts'

/** One part of the sentence, and the rows that it counts; null where it counts nothing. */
export type AnswerClause = { text: string; rows: RowsOf | null }

/**
 * The answer as the clauses of one sentence. It says no more than was checked: what has gaps, what could not be checked
 * and what there is no evidence of are clauses of their own, and "all" stands only where it is all.
 */
export function answerClauses(
	{ t, format }: { t: Text; format: Formats },
	counts: AnswerCounts,
): AnswerClause[] {
	const breakGlass = { text: t('question.breakGlass'), rows: null }
	if (counts.accesses === 0) return [{ text: t('question.noAccess'), rows: 'accesses' }, breakGlass]
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
		breakGlass,
	]
}
