import { ticks } from './pim.ts'
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
