import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Memberships } from '#workflows/tenant/readiness/judge-break-glass.ts'
import type { KnownPeople } from '#workflows/tenant/readiness/judge-lines.ts'
import { countQuorum } from '#workflows/tenant/readiness/judge-quorum.ts'
import { judgeReadiness } from '#workflows/tenant/readiness/readiness.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'

/** Somebody whom Charterkeep knows, and the object id of their account. */
export type PersonToJudge = { objectId: string; facts: PersonFacts }

/** The report on a picture; people come one by one, and only those who hold something are kept. */
export async function judgeTenant(
	charter: Charter,
	picture: TenantPicture,
	people: AsyncIterable<PersonToJudge>,
	{
		approved,
		memberships = new Map(),
		at,
	}: { approved: ReadonlySet<string>; memberships?: Memberships; at: Date },
): Promise<ReadinessReport> {
	const quorum = countQuorum(charter, at.toISOString())
	const holders = new Set([
		...picture.roleHoldings.map(({ principalId }) => principalId),
		...picture.groupHoldings.map(({ principalId }) => principalId),
		...picture.groups.flatMap(({ members, owners }) =>
			[...members, ...owners].map(({ objectId }) => objectId),
		),
	])
	const known = new Map<string, { personId: string; facts: PersonFacts }>()
	for await (const { objectId, facts } of people) {
		quorum.add(facts)
		const id = objectId.toLowerCase()
		if (holders.has(id)) known.set(id, { personId: facts.personId, facts })
	}
	const found: KnownPeople = known
	return judgeReadiness({
		charter,
		picture,
		people: found,
		approved,
		quorum,
		memberships,
		at: at.toISOString(),
	})
}
