import type { FindingKind } from '../charter/entra.schema.ts'
import type { Instant } from '../shared/instants.ts'
import { beginOf, expandHeld, type Held } from '../tenant/held-through.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import { isPermanent, standingOf, type RoleHolding } from '../tenant/picture-holdings.ts'
import { explanationsOf, markOf, wrongWithSchedule, type ApprovedGrant } from './approved-grants.ts'
import { differenceKey, inOrderOfDanger, type Difference } from './differences.ts'
import { governedKey, type Governed } from './governed.ts'
import { isClosed, isHeld } from './grant-states.ts'
import { placeWith, preferMembership, removalOf } from './holding-removal.ts'
import type { Place } from './place.ts'

/** What is known of accounts beside the tenant's own lists. Object ids in lower case. */
export type Accounts = {
	personOf: (objectId: string) => string | null
	/** Null: not known. */
	isGuest: (objectId: string) => boolean | null
	/** What the charter denies this person for in the role, now; empty where it permits. Null: nothing is known of them. */
	refusals: (personId: string, role: string) => readonly string[] | null
	/** Watched, and never touched. */
	isBreakGlass: (objectId: string) => boolean
}

export type Comparison = {
	governed: Governed
	/** Every grant that is not over, and those that ended a while ago. */
	grants: readonly ApprovedGrant[]
	accounts: Accounts
	now: Instant
}

/**
 * Everybody who holds, could activate, or will hold what the charter governs, without a grant of ours that explains it. People who
 * have a role through a group that holds it are told apart where they are more than unapproved; the group itself stands for
 * the others. Break-glass accounts are in no difference.
 */
export function compareHoldings(
	picture: TenantPicture,
	{ governed, grants, accounts, now }: Comparison,
): Difference[] {
	const explains = explanationsOf(grants, now)
	const moved = new Set(grants.filter(({ state }) => isHeld(state)).map(markOf))
	const differences = new Map<string, Difference>()
	const add = (difference: Difference) => {
		const before = differences.get(difference.key)
		differences.set(
			difference.key,
			before === undefined ? difference : { ...before, ...merged(before, difference) },
		)
	}
	for (const held of expandHeld(picture)) {
		if (held.standing === 'controls') continue
		const given = governed.get(governedKey(held.place))
		if (given === undefined || accounts.isBreakGlass(held.principalId)) continue
		if (held.through !== null && isGovernedGroup(governed, held.through)) continue
		// One of our own that stands in another scope is told of the grant (see `compareGrants`).
		const { principalId } = held
		if (
			held.standing !== 'scheduled' &&
			held.through === null &&
			held.holding.ticketNumbers.some((grantId) => moved.has(markOf({ grantId, principalId })))
		)
			continue
		const difference = judgeHeld(picture, held, { given, accounts, grants, explains, now })
		if (difference !== null) add(difference)
	}
	for (const holding of picture.roleHoldings)
		if (holding.principalKind === 'group') {
			const difference = judgeGroup(picture, holding, { governed, grants, accounts })
			if (difference !== null) add(difference)
		}
	return [...differences.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

type Judging = {
	given: readonly { role: string; place: Place }[]
	accounts: Accounts
	grants: readonly ApprovedGrant[]
	explains: ReturnType<typeof explanationsOf>
	now: Instant
}

function judgeHeld(
	picture: TenantPicture,
	held: Held,
	{ given, accounts, grants, explains, now }: Judging,
): Difference | null {
	const { principalId, principalKind, place: at, standing, holding, through, membership } = held
	// What a group holds is told of the group itself.
	if (principalKind === 'group' && at.kind === 'role' && isKnownGroup(picture, principalId)) return null
	if (standing === 'controls') return null
	const place = placeWith(at, holding)
	if (standing === 'active' && through === null && explains(principalId, place)) return null
	const personId = accounts.personOf(principalId)
	const roles = given.map(({ role }) => role)
	const reasons = refusalsOf(accounts, personId, roles, principalKind)
	const wrong =
		standing === 'scheduled' && through === null
			? wrongWithSchedule(
					{ principalId, place, holding, areMarksKnown: areMarksKnown(picture, place) },
					grants,
					now,
				)
			: null
	if (wrong?.length === 0) return null
	const kinds: FindingKind[] = through === null ? (wrong ?? ['outOfBand']) : []
	if (principalKind === 'servicePrincipal' || accounts.isGuest(principalId) === true)
		kinds.push('guestOrServicePrincipal')
	else if (principalKind !== 'group' && reasons.length > 0) kinds.push('ineligibleHolder')
	if (through === null && isPermanent(holding)) kinds.push('permanent')
	if (kinds.length === 0) return null
	const about = { principalId, place, standing, through, grantId: null }
	return {
		...about,
		key: differenceKey('holding', about),
		family: 'holding',
		kinds: inOrderOfDanger(kinds),
		principalKind,
		personId,
		roles,
		from: beginOf(held),
		until: holding.until,
		reasons,
		names: {
			principal: nameOf(picture, principalId, principalKind),
			through: through === null ? null : nameOf(picture, through, 'group'),
			policy: null,
		},
		people: 0,
		isAbsence: false,
		// PIM removes by person and place: an approved access that stands there would go with what begins later.
		removal:
			standing === 'scheduled' && through === null && explains(principalId, place)
				? null
				: removalOf(picture, { principalId, place, standing, holding, through, membership }),
	}
}

/** A group that holds a governed role gives it to whoever is in it. */
function judgeGroup(
	picture: TenantPicture,
	holding: RoleHolding,
	{ governed, grants, accounts }: Omit<Comparison, 'now'>,
): Difference | null {
	const { principalId, roleDefinitionId, directoryScopeId } = holding
	const place: Place = { kind: 'role', roleDefinitionId, directoryScopeId }
	const given = governed.get(governedKey(place))
	const group = picture.groups.find(({ objectId }) => objectId === principalId)
	if (given === undefined || accounts.isBreakGlass(principalId) || group === undefined) return null
	const standing = standingOf(holding)
	const about = { principalId, place, standing, through: null, grantId: null }
	const carriesGrants =
		isGovernedGroup(governed, principalId) ||
		grants.some(
			(grant) =>
				grant.place.kind === 'group' &&
				grant.place.groupId.toLowerCase() === principalId &&
				!isClosed(grant.state),
		)
	const carriesBreakGlass = [...group.members, ...group.owners].some(({ objectId }) =>
		accounts.isBreakGlass(objectId),
	)
	return {
		...about,
		key: differenceKey('holding', about),
		family: 'holding',
		kinds: inOrderOfDanger(isPermanent(holding) ? ['outOfBand', 'permanent'] : ['outOfBand']),
		principalKind: 'group',
		personId: null,
		roles: given.map(({ role }) => role),
		from: holding.from,
		until: holding.until,
		reasons: [],
		names: { principal: group.displayName, through: null, policy: null },
		people: group.members.filter(({ kind }) => kind !== 'group').length,
		isAbsence: false,
		// What people are given through it, or a break-glass account has through it, would go with it; and of a group that could
		// not be read nobody knows whom it would hit.
		removal:
			carriesGrants || carriesBreakGlass || group.unread.includes('members')
				? null
				: { what: standing === 'eligible' ? 'eligibility' : 'assignment', principalId, place },
	}
}

/** Empty where one of the roles that give the place permits it. Of a machine nothing is asked. */
function refusalsOf(
	{ refusals }: Accounts,
	personId: string | null,
	roles: readonly string[],
	kind: Held['principalKind'],
): readonly string[] {
	if (kind === 'servicePrincipal' || kind === 'group') return []
	if (personId === null) return ['NO_FACTS']
	const all = roles.map((role) => refusals(personId, role) ?? ['NO_FACTS'])
	return all.some((each) => each.length === 0) ? [] : [...new Set(all.flat())].sort()
}

/** What the tenant calls something that is nobody. */
function nameOf(picture: TenantPicture, id: string, kind: Held['principalKind']): string | null {
	const list =
		kind === 'group' ? picture.groups : kind === 'servicePrincipal' ? picture.servicePrincipals : []
	return list.find(({ objectId }) => objectId === id)?.displayName ?? null
}

/** Whether it is known which assignments at this place bear a mark of ours. */
const areMarksKnown = (picture: TenantPicture, place: Place) =>
	place.kind === 'role' ? picture.parts.ownRequests.read : false

const isKnownGroup = (picture: TenantPicture, id: string) =>
	picture.groups.some(({ objectId }) => objectId === id)

/** Whether being in this group is itself what the charter gives. */
const isGovernedGroup = (governed: Governed, groupId: string) =>
	governed.has(governedKey({ kind: 'group', groupId, relation: 'member' }))

/** Two listings of the same thing are one; an end counts only where both have one, the later of the two. */
function merged(a: Difference, b: Difference): Partial<Difference> {
	const until = a.until === null || b.until === null ? null : a.until > b.until ? a.until : b.until
	const isPlain = [a, b].some(({ place }) => place?.kind === 'group' && place.by === 'membership')
	return {
		// What is active counts for more than what begins later.
		standing: a.standing === 'scheduled' ? b.standing : a.standing,
		place: a.place?.kind === 'group' && isPlain ? { ...a.place, by: 'membership' } : a.place,
		kinds: inOrderOfDanger([...a.kinds, ...b.kinds]),
		until,
		reasons: [...new Set([...a.reasons, ...b.reasons])].sort(),
		removal: preferMembership(a.removal, b.removal),
		from: a.from === null || b.from === null ? (a.from ?? b.from) : a.from < b.from ? a.from : b.from,
	}
}
