import { isPathKnown } from '../tenant/picture-holdings.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import type { Governed } from './governed.ts'
import { inOrderOfDanger, type Difference, type Removal } from './differences.ts'
import type { GroupKeeper, Place } from './place.ts'

/** What was known of a finding when it was last seen. */
export type LastKnown = Pick<Difference, 'key' | 'kinds' | 'place' | 'from' | 'until' | 'removal'>

/**
 * Where what PIM lists of a group could not be read, nobody knows whether PIM put somebody in, nor until when. Of such a difference
 * end and path are said as they were last known. Where they never were, no end is said and nothing is taken away: the wrong path
 * takes nothing away for good. Only where this tenant keeps places in groups as plain membership is the plain list the way in any
 * case.
 */
export function withLastKnown(
	{ groupHoldings }: Pick<TenantPicture, 'groupHoldings'>,
	differences: readonly Difference[],
	{ remembered, governed }: { remembered: readonly LastKnown[]; governed: Governed },
): Difference[] {
	const unsure = new Set(
		groupHoldings.filter((holding) => !isPathKnown(holding)).map((holding) => keyOf(holding)),
	)
	if (unsure.size === 0) return [...differences]
	const known = new Map(remembered.map((one) => [one.key, one]))
	const kept = keeperOf(governed)
	return differences.map((difference) => {
		const at = wayIn(difference)
		return at !== null && unsure.has(keyOf(at))
			? asLastKnown(difference, known.get(difference.key) ?? null, kept)
			: difference
	})
}

const keyOf = (at: { groupId: string; relation: string; principalId: string }) =>
	`${at.groupId} ${at.relation} ${at.principalId}`.toLowerCase()

/** The place in a group that a difference rests on; null where it rests on none, or on one that is not active. */
function wayIn({
	principalId,
	place,
	standing,
	through,
	removal,
}: Difference): Parameters<typeof keyOf>[0] | null {
	if (principalId === null || place === null) return null
	if (through === null)
		return place.kind === 'group' && standing === 'active' ? { ...place, principalId } : null
	if (place.kind === 'group' || removal?.what === 'eligibility') return null
	return { groupId: through, relation: 'member', principalId }
}

function asLastKnown(difference: Difference, before: LastKnown | null, kept: GroupKeeper): Difference {
	const by = keeperIn(before?.removal ?? null) ?? (kept === 'membership' ? kept : null)
	const removal = removedBy(difference.removal, by)
	// Of a role through a group, the end is that of the role.
	if (difference.through !== null) return { ...difference, removal }
	const isPermanent = before?.kinds.includes('permanent') === true
	const until = before?.until ?? null
	const { isEndUnknown, ...seen } = difference
	return {
		...seen,
		...(until === null && !isPermanent && isEndUnknown === true ? { isEndUnknown } : {}),
		kinds: isPermanent ? inOrderOfDanger([...difference.kinds, 'permanent']) : difference.kinds,
		place: withKeeper(difference.place, by ?? kept),
		from: before?.from ?? difference.from,
		until,
		removal,
	}
}

/** By what it would have been taken out of the group; null where that was not known, or nothing was to be taken away. */
const keeperIn = (removal: Removal | null): GroupKeeper | null =>
	removal !== null && removal.what !== 'grant' && removal.place.kind === 'group' ? removal.place.by : null

function removedBy(removal: Removal | null, by: GroupKeeper | null): Removal | null {
	if (removal === null || removal.what === 'grant' || by === null) return null
	return { ...removal, place: withKeeper(removal.place, by) }
}

const withKeeper = <P extends Place | null>(place: P, by: GroupKeeper): P =>
	place?.kind === 'group' ? { ...place, by } : place

/** How this tenant keeps places in groups; where the charter gives none, through PIM. */
const keeperOf = (governed: Governed): GroupKeeper =>
	[...governed.values()]
		.flat()
		.flatMap(({ place }) => (place.kind === 'group' ? [place.by] : []))
		.at(0) ?? 'pim'
