import type { Charter } from './charter.schema.ts'
import { groupsOf, type Grouped } from './stage-groups.ts'
import type { Question } from './term.ts'

type DeciderQuestion = Pick<Question, 'role' | 'part' | 'stage' | 'group'>

/** A stage of a requestable role that too few could decide. `needed` counts every seat its role fills in one request. */
export type QuorumGap = { role: string; from: string; needed: number; before: number; after: number }

/** Roles that decide at a stage, each with a question that asks whether somebody may decide as one of its holders. */
export function deciders(charter: Charter): Map<string, DeciderQuestion> {
	const found = new Map<string, DeciderQuestion>()
	for (const [role, { access }] of Object.entries(charter.roles))
		access?.stages.forEach((rule, stage) =>
			groupsOf(rule).forEach(({ from }, group) => {
				if (!found.has(from))
					found.set(from, { role, part: 'approver', stage, ...(group === 0 ? {} : { group }) })
			}),
		)
	return found
}

/** How many people of each role it takes to decide one request through all of its stages. */
export function seatsNeeded(stages: readonly Grouped[]): Map<string, number> {
	const needed = new Map<string, number>()
	for (const { from, quorum } of stages.flatMap(groupsOf)) needed.set(from, (needed.get(from) ?? 0) + quorum)
	return needed
}

/** Requests need distinct people, so a role that fills several stages needs as many as all of them together. */
export function quorumGaps(
	{ roles }: Charter,
	countsOf: (from: string) => { before: number; after: number },
): QuorumGap[] {
	return Object.entries(roles).flatMap(([role, { access }]) => {
		return [...seatsNeeded(access?.stages ?? [])].flatMap(([from, seats]) => {
			const { before, after } = countsOf(from)
			return after < seats ? [{ role, from, needed: seats, before, after }] : []
		})
	})
}
