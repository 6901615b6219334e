import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Memberships } from '#workflows/tenant/readiness/judge-break-glass.ts'
import { countQuorum } from '#workflows/tenant/readiness/judge-quorum.ts'
import { judgeReadiness } from '#workflows/tenant/readiness/readiness.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'

/** Somebody whom Charterkeep knows, and the object id of their account. */
export type PersonToJudge = { objectId: string; facts: PersonFacts }

export type HowToJudge = {
	/** Holdings that an approved access explains, by their key. */
	approved: ReadonlySet<string>
	/** Groups that accounts for emergencies are in. */
	memberships?: Memberships
	at: Date
}

/** The report on a picture; people come one by one, and only those who hold something are kept. */
export async function judgeTenant(
	charter: Charter,
	picture: TenantPicture,
	people: AsyncIterable<PersonToJudge>,
	how: HowToJudge,
): Promise<ReadinessReport> {
	const judging = beginJudging(charter, picture, how)
	for await (const person of people) judging.add(person)
	return judging.report()
}

/** The same in steps, for whoever is brought the people. */
export function beginJudging(
	charter: Charter,
	picture: TenantPicture,
	{ approved, memberships = new Map(), at }: HowToJudge,
): { add(person: PersonToJudge): void; report(): ReadinessReport } {
	const quorum = countQuorum(charter, at.toISOString())
	const holders = new Set([
		...picture.roleHoldings.map(({ principalId }) => principalId),
		...picture.groupHoldings.map(({ principalId }) => principalId),
		...picture.groups.flatMap(({ members, owners }) =>
			[...members, ...owners].map(({ objectId }) => objectId),
		),
	])
	const people = new Map<string, { personId: string; facts: PersonFacts }>()
	return {
		add({ objectId, facts }) {
			quorum.add(facts)
			const id = objectId.toLowerCase()
			if (holders.has(id)) people.set(id, { personId: facts.personId, facts })
		},
		report: () =>
			judgeReadiness({ charter, picture, people, approved, quorum, memberships, at: at.toISOString() }),
	}
}
