import type { Charter } from '../charter.schema.ts'
import { holderProblems, neverHeld } from './roles.ts'
import { unknownName, type Problem } from './problem.ts'

/** Pairs that name roles which are not there, and circles of roles that keep each other from deciding. */
export function separationProblems(charter: Charter): Problem[] {
	const rules = charter.separationOfDuty
	if (!rules) return []
	const problems: Problem[] = []
	const known = (path: (string | number)[], name: string) => {
		if (!Object.hasOwn(charter.roles, name)) problems.push(unknownName('roles', path, name))
	}
	rules.neverActiveTogether?.forEach((pair, i) =>
		pair.forEach((name, j) => {
			known(['separationOfDuty', 'neverActiveTogether', i, j], name)
			if (Object.hasOwn(charter.roles, name) && !charter.roles[name]?.access)
				problems.push({
					path: ['separationOfDuty', 'neverActiveTogether', i, j],
					message: `${name} is held by appointment, so it is never active: use neverHeldTogether.`,
				})
		}),
	)
	rules.neverHeldTogether?.forEach((pair, i) =>
		problems.push(...holderProblems(charter, ['separationOfDuty', 'neverHeldTogether', i], pair)),
	)
	rules.neverAcross?.forEach(({ requests, approves }, i) => {
		for (const [part, name] of Object.entries({ requests, approves })) {
			const path = ['separationOfDuty', 'neverAcross', i, part]
			known(path, name)
			if (Object.hasOwn(charter.roles, name) && charter.roles[name]?.access)
				problems.push(neverHeld(path, name))
		}
	})
	const circle = circleOf(rules.neverAcross ?? [])
	if (circle)
		problems.push({
			path: ['separationOfDuty', 'neverAcross', circle.index],
			message: `These pairs run in a circle (${circle.roles.join(', then ')}): in the end nobody could decide for anybody. Leave one of them out.`,
		})
	return problems
}

/** The first circle that following the pairs from `requests` to `approves` comes to, and the pair that closes it. */
function circleOf(
	pairs: readonly { requests: string; approves: string }[],
): { roles: string[]; index: number } | null {
	const next = new Map<string, { to: string; index: number }[]>()
	pairs.forEach(({ requests, approves }, index) =>
		next.set(requests, [...(next.get(requests) ?? []), { to: approves, index }]),
	)
	const done = new Set<string>()
	const walk = (role: string, trail: string[]): { roles: string[]; index: number } | null => {
		for (const { to, index } of next.get(role) ?? []) {
			const seen = trail.indexOf(to)
			if (seen >= 0) return { roles: [...trail.slice(seen), to], index }
			if (!done.has(to)) {
				const found = walk(to, [...trail, to])
				if (found) return found
			}
		}
		done.add(role)
		return null
	}
	for (const start of next.keys()) {
		const found = done.has(start) ? null : walk(start, [start])
		if (found) return found
	}
	return null
}
