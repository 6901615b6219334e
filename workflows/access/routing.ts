import type { Charter } from '../charter/charter.schema.ts'
import { judge, type JudgeUnder } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import { groupsOf } from '../charter/stage-groups.ts'
import { roleOf } from '../charter/term.ts'
import type { Instant } from '../shared/instants.ts'
import { decisionQuestion } from './judge-access.ts'

/** One group of one stage: whom it takes, and who of the people at hand could decide for it. */
export type RoutedGroup = {
	stage: number
	group: number
	/** Key of the role. */
	from: string
	quorum: number
	/** Ids of those who satisfy the charter for it, as holders of the role or of the one it escalates to. */
	able: string[]
}

/** Where distinct people for every seat cannot be found: the group that comes up short, and by how much. */
export type RouteGap = { from: string; needed: number; able: number; missing: number }

/**
 * Who could decide on a request for this role, group by group, among these people. What only holds for hours (presence,
 * working hours) is left out: it may come in time. Nobody whom it benefits, or who files it, is to be among them.
 */
export function routeOf(
	charter: Charter,
	role: string,
	people: readonly PersonFacts[],
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): RoutedGroup[] {
	const stages = roleOf(charter, role)?.access?.stages ?? []
	return stages.flatMap((rule, stage) =>
		groupsOf(rule).map(({ from, quorum }, group) => {
			const may = (facts: PersonFacts, escalated: boolean) =>
				judgeUnder(charter, facts, {
					...decisionQuestion(role, { stage, group, ...(escalated ? { escalated } : {}) }, at),
					standing: true,
				}).permit
			const able = people.filter(
				(facts) => may(facts, false) || (rule.escalation !== undefined && may(facts, true)),
			)
			return { stage, group, from, quorum, able: able.map(({ personId }) => personId) }
		}),
	)
}

/**
 * Whether distinct people can be found for every seat of every stage; null where they can. Each seat looks for somebody, and
 * makes others move where that helps (augmenting paths): what stays empty then stays empty however one seats people.
 */
export function gapOf(route: readonly RoutedGroup[]): RouteGap | null {
	const seats = route.flatMap((each) => Array.from({ length: each.quorum }, () => each))
	const seatOf = new Map<string, number>()
	const findFor = (seat: number, tried: Set<string>): boolean => {
		for (const person of seats[seat]?.able ?? []) {
			if (tried.has(person)) continue
			tried.add(person)
			const taken = seatOf.get(person)
			if (taken !== undefined && !findFor(taken, tried)) continue
			seatOf.set(person, seat)
			return true
		}
		return false
	}
	const empty = seats.filter((_, seat) => !findFor(seat, new Set()))
	const [first] = empty
	if (first === undefined) return null
	const { from, able } = first
	const needed = route.filter((each) => each.from === from).reduce((sum, { quorum }) => sum + quorum, 0)
	return { from, needed, able: able.length, missing: empty.length }
}
