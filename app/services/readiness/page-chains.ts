import { isObject } from './file-text.ts'

/** Lists that go on from page to page, by what they are of: one, but for policies, where each place has a list of its own. */
export type Chains = {
	byPlace: Map<string, { lists: number; goingOn: number }>
	/** Which of them the page before was of, where that one goes on. */
	last: string | null
}

/** Pages in the order of their numbers, of which the tenth is not the second; one without a number comes first. */
const ORDER = new Intl.Collator('en', { numeric: true })
const plain = (name: string) => name.replace(/\.json$/i, '')
export const inOrder = (a: { name: string }, b: { name: string }): number =>
	ORDER.compare(plain(a.name), plain(b.name))

/** Notes a page as one of its list. A page without rows says nothing of where it belongs: it ends the one before, where that goes on. */
export function addPage(
	chains: Chains,
	{ rows, goesOn }: { rows: readonly unknown[]; goesOn: boolean },
	kind: string,
): void {
	const of = kind === 'roleManagementPolicyAssignments' ? placeIn(rows) : ''
	const key = of ?? chains.last ?? ''
	const known = chains.byPlace.get(key) ?? { lists: 0, goingOn: 0 }
	chains.byPlace.set(key, { lists: known.lists + 1, goingOn: known.goingOn + (goesOn ? 1 : 0) })
	chains.last = goesOn ? key : null
}

/** What the policies of a page are of; null where there are none. */
function placeIn([row]: readonly unknown[]): string | null {
	if (!isObject(row)) return null
	return `${String(row.scopeType)} ${String(row.scopeId)}`.toLowerCase()
}

/** Whether one of the lists goes on and has no page that ends it. */
export const hasCutOff = ({ byPlace }: Chains): boolean =>
	[...byPlace.values()].some(({ lists, goingOn }) => goingOn > 0 && goingOn === lists)

/**
 * The first page that is not there, by the numbers of those that are: they begin at 0 or 1 and go on without a gap. A page without
 * a number is the first one. Null where none is missing.
 */
export function missingNumber(numbers: readonly (number | null)[]): number | null {
	const there = new Set(numbers.filter((number) => number !== null))
	if (there.size === 0) return null
	// Beside a page without a number the next one is 1 or 2.
	if (numbers.includes(null) && !there.has(0) && !there.has(1)) there.add(1)
	const last = Math.max(...there)
	for (let page = 1; page <= last; page++) if (!there.has(page)) return page
	return null
}
