import { removeEligibility } from './eligibility-removals.ts'
import { ticks } from './pim-lists.ts'
import type { TenantState } from './state.ts'

/** Who could activate a place in a group and has not: eligibility puts nobody in. */
export const createGroupEligibilities = (
	state: TenantState,
	{ now, newId }: { now: () => number; newId: () => string },
) => ({
	add(principalId: string, groupId: string, accessId: 'member' | 'owner'): void {
		state.groupEligibilities = [
			...(state.groupEligibilities ?? []),
			{ id: newId(), principalId, groupId, accessId, from: now() },
		]
	},
	/** Takes it away, as PIM is asked to. */
	remove: (body: unknown) =>
		removeEligibility(body, {
			of: 'group',
			held: state.groupEligibilities ?? [],
			isOf: (row, place) => row.groupId === place.groupId && row.accessId === place.accessId,
			keep: (left) => (state.groupEligibilities = left),
			now,
			newId,
		}),
	instances: (): Record<string, unknown>[] =>
		(state.groupEligibilities ?? []).map(({ id, principalId, groupId, accessId, from }) => ({
			id: `${id}-instance`,
			principalId,
			groupId,
			accessId,
			startDateTime: ticks(from),
			endDateTime: null,
			memberType: 'direct',
			eligibilityScheduleId: `${groupId}_${accessId}_${id}`,
		})),
})
