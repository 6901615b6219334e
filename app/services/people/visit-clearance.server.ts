import type { Tx } from '#db/client.ts'
import { currentFactsOf, type FactRow } from '#db/queries/fact-rows.ts'
import { visitProblem, type HeldClearance } from '#workflows/people/facts/check-visit.ts'
import type { FactValues } from '#workflows/people/facts/fact-kinds.ts'
import { invalid } from '../vetting/find-person.server.ts'

/** INVALID_INPUT where a visit is announced with a clearance that the person does not hold throughout. */
export async function demandCertifiable(
	tx: Tx,
	personId: string,
	visit: FactValues['visit'],
	span: { validFrom: Date; validUntil: Date | null },
): Promise<void> {
	const problem = visitProblem(visit, span, heldClearances(await currentFactsOf(tx, 'clearance', [personId])))
	if (problem !== null) throw invalid(problem.field, problem.problem)
}

/** Clearances among these facts that are not taken back. */
export const heldClearances = (rows: readonly FactRow[]): HeldClearance[] =>
	rows
		.filter(({ kind, retractedAt }) => kind === 'clearance' && retractedAt === null)
		.map(({ values, validFrom, validUntil }) => ({
			...(values as Pick<FactValues['clearance'], 'scheme' | 'level' | 'state'>),
			validFrom,
			validUntil,
		}))
