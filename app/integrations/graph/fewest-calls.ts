/** How many wait for something in one place, and how many calls the list of that place takes. */
export type Wanted = { key: string; waiting: number; listCalls: number; mayAskAlone: boolean }

/** Each by itself, the lists of these places, or the list of everything. */
export type Plan = { isWhole: boolean; lists: ReadonlySet<string> }

/**
 * The way of reading what somebody waits for that takes the fewest calls: each one alone (one call), the list of each place, or
 * the list of all places, where there is one (`wholeCalls`). Of two that take the same, the one that answers the most people.
 */
export function fewestCalls(wanted: readonly Wanted[], wholeCalls: number | null): Plan {
	const isListed = ({ waiting, listCalls, mayAskAlone }: Wanted) =>
		!mayAskAlone || (waiting > 1 && listCalls <= waiting)
	const lists = wanted.filter(isListed)
	const apart = wanted.reduce((sum, each) => sum + (isListed(each) ? each.listCalls : each.waiting), 0)
	return {
		isWhole: wholeCalls !== null && wholeCalls < apart,
		lists: new Set(lists.map(({ key }) => key)),
	}
}
