import type { Charter } from './charter.schema.ts'
import { agreementProblems } from './checks/agreements.ts'
import { emergencyProblems } from './checks/emergency.ts'
import { entraProblems } from './checks/entra.ts'
import { facilityProblems } from './checks/facilities.ts'
import type { Problem } from './checks/problem.ts'
import { roleProblems } from './checks/roles.ts'
import { separationProblems } from './checks/separation.ts'

/** What a charter says that could never work, or would not be safe, beyond the form of its parts. */
export function problemsOf(charter: Charter): Problem[] {
	return [
		...roleProblems(charter),
		...facilityProblems(charter),
		...agreementProblems(charter),
		...separationProblems(charter),
		...emergencyProblems(charter),
		...entraProblems(charter),
	]
}
