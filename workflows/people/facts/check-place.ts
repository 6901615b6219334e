import type { Charter } from '../../charter/charter.schema.ts'
import type { FieldProblem } from './fact-kinds.ts'

/** A role or facility must be in the charter in force, so that no slip of the pen authorises anything; null where it is. */
export function placeProblem(
	{ roles, facilities }: Pick<Charter, 'roles' | 'facilities'>,
	values: object,
): FieldProblem | null {
	const { role, facility } = values as { role?: string; facility?: string }
	if (role !== undefined && !Object.hasOwn(roles, role))
		return { field: 'role', problem: 'ROLE_NOT_IN_CHARTER' }
	if (facility !== undefined && !Object.hasOwn(facilities, facility))
		return { field: 'facility', problem: 'FACILITY_NOT_IN_CHARTER' }
	return null
}
