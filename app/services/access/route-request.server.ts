import type { Reader } from '#db/client.ts'
import { awayAt } from '#db/queries/absences.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo } from '#db/queries/people.ts'
import { gapOf, routeOf, type RouteGap, type RoutedGroup } from '#workflows/access/routing.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { groupsOf } from '#workflows/charter/stage-groups.ts'
import { roleOf } from '#workflows/charter/term.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { titleOf } from './summarise.server.ts'

/** Every role that may decide at some stage of this one, those that stages escalate to included. */
export function rolesOfStages(charter: Charter, role: string): string[] {
	const stages = roleOf(charter, role)?.access?.stages ?? []
	return [
		...new Set(
			stages.flatMap((stage) => [
				...groupsOf(stage).map(({ from }) => from),
				...(stage.escalation ? [stage.escalation.to] : []),
			]),
		),
	]
}

export type Route = { groups: RoutedGroup[]; gap: RouteGap | null; away: ReadonlySet<string> }

/** Who could decide on a request for this role now, without those named, and whether they are enough. */
export async function findRoute(
	reader: Reader,
	charter: Charter,
	role: string,
	without: readonly string[],
	at: Date,
): Promise<Route> {
	const candidates = (await appointedTo(reader, rolesOfStages(charter, role), at)).filter(
		(id) => !without.includes(id),
	)
	const facts = await factsOf(reader, candidates)
	const groups = routeOf(charter, role, [...facts.values()], at.toISOString())
	return { groups, gap: gapOf(groups), away: new Set((await awayAt(reader, candidates, at)).keys()) }
}

/** QUORUM_UNREACHABLE where too few distinct people could decide, with the role that comes up short. */
export function demandRoute(charter: Charter, { gap }: Pick<Route, 'gap'>): void {
	if (gap === null) return
	throw new DomainError('QUORUM_UNREACHABLE', 'Too few people could decide on this request.', {
		role: titleOf(charter, gap.from),
		needed: gap.needed,
		able: gap.able,
	})
}

/** One stage as whoever asks sees it before they ask. */
export type RouteStageView = {
	groups: {
		title: string
		quorum: number
		/** How many could decide, and how many of them are away just now. */
		able: number
		away: number
	}[]
	withinMs: number
	escalation: { title: string; afterMs: number } | null
}

export function routeView(charter: Charter, role: string, { groups, away }: Route): RouteStageView[] {
	const stages = roleOf(charter, role)?.access?.stages ?? []
	return stages.map((rule, stage) => ({
		groups: groups
			.filter((each) => each.stage === stage)
			.map(({ from, quorum, able }) => ({
				title: titleOf(charter, from),
				quorum,
				able: able.length,
				away: able.filter((id) => away.has(id)).length,
			})),
		withinMs: durationMs(rule.within) ?? 0,
		escalation: rule.escalation
			? {
					title: titleOf(charter, rule.escalation.to),
					afterMs: durationMs(rule.escalation.after) ?? 0,
				}
			: null,
	}))
}
