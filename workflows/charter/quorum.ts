import type { Charter } from './charter.schema.ts'
import type { Question } from './term.ts'

/** A stage of a requestable role that too few could decide. `needed` counts every seat its role fills in one request. */
export type QuorumGap = { role: string; from: string; needed: number; before: number; after: number }

/** Roles that decide at a stage, each with a question that asks whether somebody may decide as one of its holders. */
export function deciders(charter: Charter): Map<string, Pick<Question, 'role' | 'part' | 'stage'>> {
	const found = new Map<string, Pick<Question, 'role' | 'part' | 'stage'>>()
	for (const [role, { access }] of Object.entries(charter.roles))
		access?.stages.forEach(({ from }, stage) => {
			if (!found.has(from)) found.set(from, { role, part: 'approver', stage })
		})
	return found
}

/** Requests need distinct people, so a role that fills several stages needs as many as all of them together. */
export function quorumGaps(
	{ roles }: Charter,
	countsOf: (from: string) => { before: number; after: number },
): QuorumGap[] {
	return Object.entries(roles).flatMap(([role, { access }]) => {
		const needed = new Map<string, number>()
		for (const { from, quorum } of access?.stages ?? []) needed.set(from, (needed.get(from) ?? 0) + quorum)
		return [...needed].flatMap(([from, seats]) => {
			const { before, after } = countsOf(from)
			return after < seats ? [{ role, from, needed: seats, before, after }] : []
		})
	})
}
