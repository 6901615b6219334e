import { factsOf } from '#db/queries/facts.ts'
import { openFindings } from '#db/queries/findings.ts'
import { accountsById, peopleByAccount, type KnownAccount } from '#db/queries/reconcile-runs.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { compiledOf } from '#workflows/charter/compiled.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import { standingRefusals } from '#workflows/charter/standing-refusals.ts'
import { unsureHolders } from '#workflows/grants/compare-holdings.ts'
import type { Accounts, Comparison } from '#workflows/grants/comparison.ts'
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

/** So many accounts are asked for at a look: they are those that the mirror does not have yet, and the others' turn comes. */
const MOST_ASKED = 20
const MINUTE_MS = 60_000

/**
 * The same, with what the tenant itself says of accounts of which neither its lists nor the mirror tell whether they are users, or
 * guests, where that decides what is wrong with what they hold. What an open finding has learned is not asked again.
 */
export async function withAsked(
	deps: Deps,
	known: Known,
	look: { picture: TenantPicture; charter: Charter } & Pick<Comparison, 'governed' | 'grants'>,
): Promise<Known> {
	const { picture, charter } = look
	const at = deps.now()
	const now = at.toISOString()
	const comparison = { ...look, accounts: accountsOf(charter, { ...known, picture }, now), now }
	if (unsureHolders(picture, comparison, []).length === 0) return known
	const open = (await openFindings(deps.database.db)).filter(({ tenantId }) => tenantId === deps.tenant.id)
	const unsure = unsureHolders(
		picture,
		comparison,
		open.map(({ context }) => context.difference),
	)
	const mirror = new Map(known.mirror)
	for (const objectId of inTurn(unsure, at)) {
		const user = await deps.reader.account(objectId)
		if (user === 'absent' || 'why' in user) continue
		const { displayName: name, userPrincipalName, userType } = user
		mirror.set(objectId, { name, userPrincipalName, userType })
	}
	return { ...known, mirror }
}

/** What gets no answer that tells anything must not keep the others from being asked. */
function inTurn(unsure: readonly string[], at: Date): readonly string[] {
	if (unsure.length <= MOST_ASKED) return unsure
	const first = (Math.floor(at.getTime() / MINUTE_MS) * MOST_ASKED) % unsure.length
	return [...unsure.slice(first), ...unsure.slice(0, first)].slice(0, MOST_ASKED)
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
		kindOf: (objectId) => (mirror.has(objectId) || people.has(objectId) ? 'user' : null),
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
