import type { PimSettings } from './pim-lists.ts'
import type { TenantState } from './state.ts'

export type Relation = 'members' | 'owners'

/** What an administrator did so long ago stands in every list. */
const SETTLED_MS = 60_000
/** After so long no list tells of a membership that is over. */
const FORGOTTEN_MS = 10 * 60_000

/**
 * Who was put into a group outside of PIM. Lists of it lag behind and go back in time as those of PIM do: what the tenant holds, and
 * what it tells, are two things.
 */
export function createMemberships({
	state,
	now,
	settings,
}: {
	state: Pick<TenantState, 'memberships'>
	now: () => number
	settings: Pick<PimSettings, 'visibilityMs'>
}) {
	const of = (groupId: string, relation: Relation) =>
		state.memberships.filter((row) => row.groupId === groupId && row.relation === relation)
	const standing = (groupId: string, relation: Relation, id: string) =>
		of(groupId, relation).find((row) => row.id === id && row.removedAt === null)
	return {
		/** Whether somebody was put into it and not taken out, whatever lists tell. */
		holds: (groupId: string, relation: Relation, id: string) => standing(groupId, relation, id) !== undefined,
		/** Who is in it, as a list of this moment tells it. */
		listedAt: (groupId: string, relation: Relation, at: number): string[] =>
			of(groupId, relation)
				.filter(({ addedAt }) => at >= addedAt + settings.visibilityMs)
				.filter(({ removedAt }) => removedAt === null || at < removedAt + settings.visibilityMs)
				.map(({ id }) => id),
		/** Puts somebody in; by whoever did it `agoMs` ago. */
		add(groupId: string, relation: Relation, id: string, agoMs = 0): void {
			if (standing(groupId, relation, id)) return
			state.memberships = state.memberships.filter(
				({ removedAt }) => removedAt === null || now() < removedAt + FORGOTTEN_MS,
			)
			state.memberships.push({ groupId, relation, id, addedAt: now() - agoMs, removedAt: null })
		},
		/** Takes somebody out; false where they are not in it. */
		remove(groupId: string, relation: Relation, id: string, agoMs = 0): boolean {
			const found = standing(groupId, relation, id)
			if (found) found.removedAt = now() - agoMs
			return found !== undefined
		},
		settledMs: SETTLED_MS,
	}
}
export type Memberships = ReturnType<typeof createMemberships>
