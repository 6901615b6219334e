import { overlap } from '../../facilities/networks.ts'
import { durationMs } from '../../shared/instants.ts'
import type { Charter } from '../charter.schema.ts'
import { liesIn } from '../nations.ts'
import type { Problem } from './problem.ts'

/** Facilities outside the jurisdiction, ranges that two of them share, and badge rules without any time. */
export function facilityProblems(charter: Charter): Problem[] {
	const problems: Problem[] = []
	const ranges: { facility: string; network: string }[] = []
	const { jurisdiction } = charter.charter
	for (const [key, { country, networks, presence }] of Object.entries(charter.facilities)) {
		if (!liesIn(jurisdiction, country)) {
			problems.push({
				path: ['facilities', key, 'country'],
				message: `This facility lies in ${country}, outside the jurisdiction ${jurisdiction}: correct the country, or take the facility out.`,
			})
		}
		if (typeof presence === 'object' && (durationMs(presence.badgeWithin) ?? 0) <= 0) {
			problems.push({
				path: ['facilities', key, 'presence', 'badgeWithin'],
				message: 'Say how old a badge event may be, such as PT12H.',
			})
		}
		networks.forEach((network, i) => {
			const other = ranges.find((range) => range.facility !== key && overlap(range.network, network))
			if (other)
				problems.push({
					path: ['facilities', key, 'networks', i],
					message: `${network} overlaps ${other.network} of ${other.facility}: presence could not be told apart.`,
				})
			ranges.push({ facility: key, network })
		})
	}
	return problems
}
