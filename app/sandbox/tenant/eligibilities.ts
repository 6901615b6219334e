import { removeEligibility } from './eligibility-removals.ts'
import { ticks } from './pim-lists.ts'
import type { TenantState } from './state.ts'

/** Who could activate a directory role and has not: eligibility gives no access. */
export const createEligibilities = (
	state: TenantState,
	{ now, newId }: { now: () => number; newId: () => string },
) => ({
	/** Makes somebody eligible for a role, as an administrator does; for the whole tenant and without an end. */
	add(principalId: string, roleDefinitionId: string): void {
		state.eligibilities = [
			...(state.eligibilities ?? []),
			{ id: newId(), principalId, roleDefinitionId, from: now() },
		]
	},
	/** Takes it away, as PIM is asked to. */
	remove: (body: unknown) =>
		removeEligibility(body, {
			of: 'role',
			held: state.eligibilities ?? [],
			isOf: (row, place) => row.roleDefinitionId === place.roleDefinitionId && place.directoryScopeId === '/',
			keep: (left) => (state.eligibilities = left),
			now,
			newId,
		}),
	instances: (): Record<string, unknown>[] =>
		(state.eligibilities ?? []).map(({ id, principalId, roleDefinitionId, from }) => ({
			id: `${id}-instance`,
			principalId,
			roleDefinitionId,
			directoryScopeId: '/',
			appScopeId: null,
			startDateTime: ticks(from),
			endDateTime: null,
			memberType: 'Direct',
			roleEligibilityScheduleId: id,
		})),
})
