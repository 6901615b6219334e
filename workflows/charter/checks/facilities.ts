import { rangeOf, type Range } from '../../facilities/networks.ts'
import { durationMs } from '../../shared/instants.ts'
import type { Charter } from '../charter.schema.ts'
import { liesIn } from '../nations.ts'
import type { Problem } from './problem.ts'

/** Facilities outside the jurisdiction, ranges that two of them share, and badge rules without any time. */
export function facilityProblems(charter: Charter): Problem[] {
	const problems: Problem[] = []
	const { jurisdiction } = charter.charter
	for (const [key, { country, presence }] of Object.entries(charter.facilities)) {
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
	}
	return [...problems, ...sharedNetworks(charter)]
}

type Placed = Range & { facility: string; network: string; path: (string | number)[]; order: number }

/**
 * Each network that shares addresses with one of another facility. Sorted by their first address, a network need only
 * be compared with the two that reach furthest so far, of two facilities: there may be a great many.
 */
function sharedNetworks({ facilities }: Charter): Problem[] {
	const placed = Object.entries(facilities).flatMap(([facility, { networks }]) =>
		networks.flatMap((network, i) => {
			const range = rangeOf(network)
			return range ? [{ ...range, facility, network, path: ['facilities', facility, 'networks', i] }] : []
		}),
	)
	const sorted = placed
		.map((one, order): Placed => ({ ...one, order }))
		.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : a.order - b.order))
	let furthest: Placed | null = null
	let second: Placed | null = null
	const found: { order: number; problem: Problem }[] = []
	for (const next of sorted) {
		const other: Placed | null = furthest?.facility === next.facility ? second : furthest
		if (other !== null && other.last >= next.first) {
			const [earlier, later] = other.order < next.order ? [other, next] : [next, other]
			found.push({
				order: later.order,
				problem: {
					path: later.path,
					message: `${later.network} overlaps ${earlier.network} of ${earlier.facility}: presence could not be told apart.`,
				},
			})
		}
		if (furthest === null || furthest.facility === next.facility) {
			if (furthest === null || next.last > furthest.last) furthest = next
		} else if (next.last > furthest.last) [furthest, second] = [next, furthest]
		else if (second === null || next.last > second.last) second = next
	}
	return found.sort((a, b) => a.order - b.order).map(({ problem }) => problem)
}
