import { factsOf } from '#db/queries/facts.ts'
import { accountsById, peopleByAccount, type KnownAccount } from '#db/queries/reconcile-runs.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { compiledOf } from '#workflows/charter/compiled.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import { standingRefusals } from '#workflows/charter/standing-refusals.ts'
import type { Accounts } from '#workflows/grants/comparison.ts'
import { watchedBy } from '#workflows/grants/reconcile.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import type { Deps } from '../deps.ts'

export type Known = {
	people: ReadonlyMap<string, string>
	mirror: ReadonlyMap<string, KnownAccount>
	facts: ReadonlyMap<string, PersonFacts>
}

/** Who the accounts are that the picture names, and what is known of those people. */
export async function knownOf({ database: { db } }: Deps, picture: TenantPicture): Promise<Known> {
	const ids = new Set<string>()
	for (const { principalId } of [...picture.roleHoldings, ...picture.groupHoldings]) ids.add(principalId)
	for (const { members, owners } of picture.groups)
		for (const { objectId } of [...members, ...owners]) ids.add(objectId)
	const people = await peopleByAccount(db, [...ids])
	return {
		people,
		mirror: await accountsById(db, [...ids]),
		facts: await factsOf(db, [...people.values()]),
	}
}

/** What the planner asks of the accounts that a picture names, at one moment. */
export function accountsOf(
	charter: Charter,
	{ people, mirror, facts, picture }: Known & { picture: TenantPicture },
	at: Instant,
): Accounts {
	const watched = watchedBy(charter)
	const form = compiledOf(charter)
	const guests = new Map(picture.users.map(({ objectId, userType }) => [objectId, userType]))
	const known = new Map<string, readonly string[]>()
	return {
		personOf: (objectId) => people.get(objectId) ?? null,
		isGuest(objectId) {
			const type = guests.get(objectId) ?? mirror.get(objectId)?.userType?.toLowerCase()
			return type === undefined || type === 'unknown' ? null : type === 'guest'
		},
		refusals(personId, role) {
			const person = facts.get(personId)
			if (person === undefined) return null
			const key = `${personId} ${role}`
			const cached = known.get(key)
			if (cached !== undefined) return cached
			const codes = standingRefusals(form, prepareFacts(person, form.symbols), role, at)
			known.set(key, codes)
			return codes
		},
		isBreakGlass: (objectId) => watched.has(objectId),
	}
}
