import { factsOf } from '#db/queries/facts.ts'
import { openFindings } from '#db/queries/findings.ts'
import { accountsById, peopleByAccount, type KnownAccount } from '#db/queries/reconcile-runs.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { compiledOf } from '#workflows/charter/compiled.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import { standingRefusals } from '#workflows/charter/standing-refusals.ts'
import { unreadGroups, unsureHolders } from '#workflows/grants/compare-holdings.ts'
import type { Accounts, Comparison } from '#workflows/grants/comparison.ts'
import { watchedBy } from '#workflows/grants/reconcile.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import { withGroups, type GroupReading } from '#workflows/tenant/principal-kinds.ts'
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
/** Each takes seven calls: as many as a look reads of the groups within those that the charter governs. */
const MOST_READ = 50
const MINUTE_MS = 60_000

/**
 * The same, with what the tenant itself says of accounts of which neither its lists nor the mirror tell whether they are users, or
 * guests, where that decides what is wrong with what they hold. What an open finding has learned is not asked again. Those that are
 * no users may be groups, of which PIM for Groups tells no kind and no list who is in them: these, and whatever is known to be a
 * group and was not read, stand in the picture with their members, so that a removal counts whom it hits.
 */
export async function withAsked(
	deps: Deps,
	known: Known,
	look: { picture: TenantPicture; charter: Charter } & Pick<Comparison, 'governed' | 'grants'>,
): Promise<Known & { picture: TenantPicture }> {
	const { picture, charter } = look
	const at = deps.now()
	const now = at.toISOString()
	const comparison = { ...look, accounts: accountsOf(charter, { ...known, picture }, now), now }
	if (
		unsureHolders(picture, comparison, []).length === 0 &&
		unreadGroups(picture, comparison, []).length === 0
	)
		return { ...known, picture }
	const open = (await openFindings(deps.database.db)).filter(({ tenantId }) => tenantId === deps.tenant.id)
	const remembered = open.map(({ context }) => context.difference)
	const mirror = new Map<string, KnownAccount>()
	const absent = new Set<string>()
	for (const objectId of inTurn(unsureHolders(picture, comparison, remembered), at, MOST_ASKED)) {
		const user = await deps.reader.account(objectId)
		if (user === 'absent') absent.add(objectId)
		if (user === 'absent' || 'why' in user) continue
		const { displayName: name, userPrincipalName, userType } = user
		mirror.set(objectId, { name, userPrincipalName, userType })
	}
	const readings: GroupReading[] = []
	const unread = unreadGroups(picture, comparison, remembered)
	const mayBeGroups = picture.groupHoldings.filter(({ principalId }) => absent.has(principalId))
	for (const objectId of new Set([
		...inTurn(unread, at, MOST_READ),
		...mayBeGroups.map(({ principalId }) => principalId),
	]))
		readings.push(await deps.reader.readGroup(objectId))
	const whole = withGroups(picture, readings)
	const all = whole === picture ? known : await knownOf(deps, whole)
	return { ...all, mirror: new Map([...all.mirror, ...mirror]), picture: whole }
}

/** What gets no answer that tells anything must not keep the others from being asked. */
function inTurn(all: readonly string[], at: Date, most: number): readonly string[] {
	if (all.length <= most) return all
	const first = (Math.floor(at.getTime() / MINUTE_MS) * most) % all.length
	return [...all.slice(first), ...all.slice(0, first)].slice(0, most)
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
