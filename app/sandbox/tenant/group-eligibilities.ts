import { ticks } from './pim.ts'
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
