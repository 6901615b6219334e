import type { Charter } from '../../charter/charter.schema.ts'
import { compiledOf } from '../../charter/compiled.ts'
import { partIn } from '../../charter/eligibility.ts'
import type { PersonFacts } from '../../charter/facts.ts'
import { prepareFacts } from '../../charter/prepared-facts.ts'
import { deciders, seatsNeeded } from '../../charter/quorum.ts'
import type { Instant } from '../../shared/instants.ts'
import type { Problem } from './report.schema.ts'

/** Counts over people who are given one by one, so that they need not be in memory together. */
export type QuorumCount = {
	add(person: PersonFacts): void
	/** Roles that nobody could decide on, or that nobody may ask for. */
	found(): Pick<Problem, 'kind' | 'about' | 'detail' | 'lines'>[]
}

/** Whether each role of the charter finds enough people to decide on it, and somebody who may have it, today. */
export function countQuorum(charter: Charter, at: Instant): QuorumCount {
	const compiled = compiledOf(charter)
	const decided = deciders(charter)
	const may = new Map<string, number>([...decided.keys()].map((from) => [from, 0]))
	const has = new Map<string, number>(
		Object.entries(charter.roles).flatMap(([role, { access }]) => (access ? [[role, 0] as const] : [])),
	)
	return {
		add(facts) {
			const person = prepareFacts(facts, compiled.symbols)
			const asked = { at, durationMs: 0, standing: true }
			for (const [from, question] of decided)
				if (compiled.permits(person, { ...question, ...asked })) may.set(from, (may.get(from) ?? 0) + 1)
			for (const role of has.keys())
				if (compiled.permits(person, { role, part: partIn(charter, role), ...asked }))
					has.set(role, (has.get(role) ?? 0) + 1)
		},
		found() {
			const problems: ReturnType<QuorumCount['found']> = []
			for (const [role, { access }] of Object.entries(charter.roles)) {
				if (!access) continue
				for (const [from, needed] of seatsNeeded(access.stages)) {
					const there = may.get(from) ?? 0
					if (there < needed)
						problems.push({ kind: 'noQuorum', about: role, detail: { from, needed, there }, lines: [] })
				}
				if (has.get(role) === 0) problems.push({ kind: 'nobodyMay', about: role, detail: {}, lines: [] })
			}
			return problems
		},
	}
}
