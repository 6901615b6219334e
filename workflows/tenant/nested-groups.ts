import { lower } from './graph-values.ts'
import type { RawTenant } from './raw-tenant.ts'

const GROUP = '#microsoft.graph.group'

/**
 * Groups that are in these groups, directly or in a group in them, as far as their lists say so; ids in lower case and in order.
 * Whoever owns one of them, or could activate a place in it, comes by what the outer one gives.
 */
export function groupsWithin(
	{ groups, groupLists }: Pick<RawTenant, 'groups' | 'groupLists'>,
	outer: readonly string[],
): string[] {
	const known = new Set(groups.read ? groups.rows.map(({ id }) => lower(id)) : [])
	const found = new Set<string>()
	for (const id of outer) {
		const lists = groupLists.get(lower(id))
		for (const list of [lists?.members, lists?.transitiveMembers])
			for (const row of list?.read ? list.rows : [])
				if (row['@odata.type'] === GROUP || known.has(lower(row.id)) || groupLists.has(lower(row.id)))
					found.add(lower(row.id))
	}
	return [...found].sort()
}
