import { SECTIONS, type Problem, type Section, type SectionKey } from './report.schema.ts'

/**
 * The score of each section: roles judged / (roles + wrong + unknown). The number of roles stands in charter, so that a thing which
 * is mended raises the score however it is mended (by taking away, by giving an end, by recording facts), and nothing that is good
 * hides anything that is wrong. What is not known counts as what is wrong does; `certainty` tells the two apart. A section
 * that could not be read at all has judged nothing, and its score is 0.
 */
export function scoreOf(
	problems: readonly Pick<Problem, 'section' | 'count' | 'isUnknown'>[],
	roles: number,
	isRead: (section: SectionKey) => boolean,
): Section[] {
	return SECTIONS.map((key): Section => {
		const ofIt = problems.filter(({ section }) => section === key)
		const sum = (isUnknown: boolean) =>
			ofIt.filter((one) => one.isUnknown === isUnknown).reduce((total, { count }) => total + count, 0)
		const judged = isRead(key) ? roles : 0
		const wrong = sum(false)
		const unknown = sum(true)
		const all = roles + wrong + unknown
		return {
			key,
			roles,
			judged,
			wrong,
			unknown,
			score: all === 0 ? 1 : judged / all,
			certainty: all === 0 ? 1 : (judged + wrong) / all,
		}
	})
}

/**
 * A score in whole percent, rounded down. It is compared with each percent as a number and never multiplied: 29 of 100 times 100 is
 * less than 29 in floating point.
 */
export function wholePercent(score: number): number {
	const next = Math.floor(score * 100) + 1
	return next / 100 <= score ? next : next - 1
}
