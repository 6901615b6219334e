/** Who manages whom, by person id; null or absent where nobody is recorded. */
export type Managers = ReadonlyMap<string, string | null>

/** Everybody above a person, nearest first. A circle in the records ends where it closes. */
export function managersAbove(managers: Managers, personId: string): string[] {
	const above: string[] = []
	const seen = new Set([personId])
	for (let next = managers.get(personId); next && !seen.has(next); next = managers.get(next)) {
		seen.add(next)
		above.push(next)
	}
	return above
}

/** Whether one of the two stands above the other in the line of management, however far. Nobody is in line with themselves. */
export function areInDirectLine(managers: Managers, a: string, b: string): boolean {
	if (a === b) return false
	return managersAbove(managers, a).includes(b) || managersAbove(managers, b).includes(a)
}

/** Why an officer must not act on a case, whatever their duty. */
export type RefusalToVet = 'OWN_CASE' | 'DIRECT_LINE' | 'CASE_SPONSOR'

/**
 * An officer acts neither on their own case, nor on that of anybody in their direct line, nor on one that they vouch for.
 * Null when none of it stands in the way.
 */
export function refusalToVet({
	officerId,
	subjectId,
	sponsorId,
	managers,
}: {
	officerId: string
	subjectId: string
	sponsorId: string | null
	managers: Managers
}): RefusalToVet | null {
	if (officerId === subjectId) return 'OWN_CASE'
	if (areInDirectLine(managers, officerId, subjectId)) return 'DIRECT_LINE'
	return officerId === sponsorId ? 'CASE_SPONSOR' : null
}
