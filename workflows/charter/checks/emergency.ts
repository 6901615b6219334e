import { durationMs } from '../../shared/instants.ts'
import type { Charter } from '../charter.schema.ts'
import { unknownName, type Problem } from './problem.ts'
import { approverProblems, holderProblems, stageProblems } from './roles.ts'

const LONGEST_LOCKBOX_MS = 4 * 86_400_000

/** Lockbox and break-glass: who decides, who is told, and for how long at most. */
export function emergencyProblems(charter: Charter): Problem[] {
	const { lockbox, undisclosedRequester } = charter
	const problems = breakGlassProblems(charter)
	if (lockbox) {
		problems.push(
			...lockbox.stages.flatMap((stage, i) => stageProblems(charter, ['lockbox', 'stages', i], stage)),
		)
		const cap = durationMs(lockbox.maximumDuration) ?? 0
		if (cap <= 0 || cap > LONGEST_LOCKBOX_MS)
			problems.push({
				path: ['lockbox', 'maximumDuration'],
				message: 'A lockbox access lasts up to P4D at most, and longer than no time at all.',
			})
	}
	if (undisclosedRequester === 'stages-decide' && !lockbox)
		problems.push({
			path: ['undisclosedRequester'],
			message: 'There is no lockbox section with stages that could decide: add one, or say deny.',
		})
	return problems
}

function breakGlassProblems(charter: Charter): Problem[] {
	const { breakGlass } = charter
	if (!breakGlass) return []
	const at = (...path: (string | number)[]) => ['breakGlass', ...path]
	const problems = [
		...holderProblems(charter, at('usedBy'), breakGlass.usedBy),
		...holderProblems(charter, at('tells'), breakGlass.tells),
		...approverProblems(charter, at('review', 'by'), breakGlass.review.by),
	]
	breakGlass.roles.forEach((name, i) => {
		const role = Object.hasOwn(charter.roles, name) ? charter.roles[name] : undefined
		if (!role) return problems.push(unknownName('roles', at('roles', i), name))
		if (!role.access)
			problems.push({
				path: at('roles', i),
				message: `${name} is held by appointment and cannot be taken in an emergency.`,
			})
		return null
	})
	const caps = breakGlass.roles.flatMap((name) => {
		const cap = durationMs(charter.roles[name]?.access?.maximumDuration ?? '')
		return cap === null ? [] : [cap]
	})
	const cap = durationMs(breakGlass.maximumDuration) ?? 0
	if (cap <= 0 || caps.some((other) => cap > other))
		problems.push({
			path: at('maximumDuration'),
			message:
				'An emergency access lasts no longer than the shortest maximum duration of the roles it may take.',
		})
	if ((durationMs(breakGlass.review.within) ?? 0) <= 0)
		problems.push({ path: at('review', 'within'), message: 'Give the reviewers some time, such as P3D.' })
	return problems
}
