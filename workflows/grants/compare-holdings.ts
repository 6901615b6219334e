import type { FindingKind } from '../charter/entra.schema.ts'
import type { Instant } from '../shared/instants.ts'
import { beginOf, expandHeld, type Held } from '../tenant/held-through.ts'
import { withKinds } from '../tenant/principal-kinds.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import { isPermanent } from '../tenant/picture-holdings.ts'
import {
	areMarksKnown,
	explanationsOf,
	marksOf,
	wrongWithSchedule,
	type ApprovedGrant,
} from './approved-grants.ts'
import { isGroupWithin, judgeGroup, peopleWithin, sparedWithin } from './compare-groups.ts'
import { compareWithin } from './compare-within.ts'
import { endOf, isGovernedGroup, nameOf, type Accounts, type Comparison } from './comparison.ts'
import { differenceKey, inOrderOfDanger, type Difference } from './differences.ts'
import { governedKey } from './governed.ts'
import { isHeld } from './grant-states.ts'
import { membersWithin } from './group-members.ts'
import { placeWith, preferMembership, removalOf } from './holding-removal.ts'
import { judgeHolders, withRemembered, type JudgeHolder, type RememberedHolding } from './known-holders.ts'
import type { Place } from './place.ts'
import { removalUnread, throughUnread } from './through-unread.ts'

/**
 * Everybody who holds, could activate, or will hold what the charter governs, without a grant of ours that explains it. People who
 * have a role through a group that holds it, or a place through a group within the group, are told apart where they are more
 * than unapproved; the group itself stands for the others. Break-glass accounts are in no difference. `remembered` are the findings
 * that are open: of their holders is known what no list may tell just now.
 */
export const compareHoldings = (
	picture: TenantPicture,
	comparison: Comparison,
	remembered: readonly RememberedHolding[],
): Difference[] => compare(picture, comparison, remembered).differences

/**
 * Accounts of which it is not known whether they are users, or guests, and of which it must be, to say what is wrong with them: no
 * list tells it, and no finding that is open. Object ids, sorted.
 */
export const unsureHolders = (
	picture: TenantPicture,
	comparison: Comparison,
	remembered: readonly RememberedHolding[],
): string[] => [...compare(picture, comparison, remembered).unsure].sort()

/**
 * Groups that have a governed place and are not in the picture, by what its lists, or open findings, say of their kind: nobody knows
 * who has the place through them. Object ids, sorted.
 */
export function unreadGroups(
	picture: TenantPicture,
	{ governed, accounts }: Pick<Comparison, 'governed' | 'accounts'>,
	remembered: readonly RememberedHolding[],
): string[] {
	const { kindOf } = withRemembered(accounts, remembered)
	const ids = expandHeld(withKinds(picture, kindOf))
		.filter(
			({ through, principalKind, place }) =>
				through === null && principalKind === 'group' && governed.has(governedKey(place)),
		)
		.map(({ principalId }) => principalId)
		.filter((id) => !isKnownGroup(picture, id))
	return [...new Set(ids)].sort()
}

function compare(
	seen: TenantPicture,
	comparison: Comparison,
	remembered: readonly RememberedHolding[],
): { differences: Difference[]; unsure: ReadonlySet<string> } {
	const { governed, grants, now } = comparison
	const accounts = withRemembered(comparison.accounts, remembered)
	const picture = withKinds(seen, accounts.kindOf)
	const unsure = new Set<string>()
	const before = new Map(remembered.map((finding) => [finding.key, finding]))
	const judge = judgeHolders(accounts, before, (principalId) => unsure.add(principalId))
	const explains = explanationsOf(grants, now)
	const isOurs = marksOf(grants.filter(({ state }) => isHeld(state)))
	const differences = new Map<string, Difference>()
	const add = (difference: Difference) => {
		const same = differences.get(difference.key)
		differences.set(
			difference.key,
			same === undefined ? difference : { ...same, ...merged(same, difference) },
		)
	}
	for (const listed of expandHeld(picture)) {
		const held = throughUnread(picture, listed, remembered)
		if (held.standing === 'controls') continue
		const given = governed.get(governedKey(held.place))
		if (given === undefined || accounts.isBreakGlass(held.principalId)) continue
		if (held.through !== null && isGovernedGroup(governed, held.through)) continue
		// One of our own that stands in another scope is told of the grant (see `compareGrants`). On any other role or group our mark
		// says nothing: whoever may assign can type it.
		if (held.standing !== 'scheduled' && held.through === null && isOurs(held)) continue
		const difference = judgeHeld(picture, held, { given, accounts, judge, grants, explains, now })
		if (difference === null) continue
		add(held === listed ? difference : { ...difference, ...removalUnread(before.get(difference.key)) })
	}
	for (const holding of picture.roleHoldings)
		if (holding.principalKind === 'group') {
			const difference = judgeGroup(picture, holding, { governed, grants, accounts })
			if (difference !== null) add(difference)
		}
	for (const difference of compareWithin(picture, { governed, accounts }, { judge, remembered }))
		add(difference)
	return { differences: [...differences.values()].sort((a, b) => (a.key < b.key ? -1 : 1)), unsure }
}

type Judging = {
	given: readonly { role: string; place: Place }[]
	accounts: Accounts
	judge: JudgeHolder
	grants: readonly ApprovedGrant[]
	explains: ReturnType<typeof explanationsOf>
	now: Instant
}

function judgeHeld(
	picture: TenantPicture,
	held: Held,
	{ given, accounts, judge, grants, explains, now }: Judging,
): Difference | null {
	const { principalId, principalKind, place: at, standing, holding, through, membership } = held
	// What a group holds is told of the group itself.
	if (principalKind === 'group' && at.kind === 'role' && isKnownGroup(picture, principalId)) return null
	if (standing === 'controls') return null
	const place = placeWith(at, holding)
	if (standing === 'active' && through === null && explains(principalId, place)) return null
	const roles = given.map(({ role }) => role)
	const about = { principalId, place, standing, through, grantId: null }
	const key = differenceKey('holding', about)
	const { kinds: ofHolder, personId, reasons } = judge({ key, principalId, principalKind, roles })
	const wrong =
		standing === 'scheduled' && through === null
			? wrongWithSchedule(
					{ principalId, place, holding, areMarksKnown: areMarksKnown(picture, place) },
					grants,
					now,
				)
			: null
	if (wrong?.length === 0) return null
	const kinds: FindingKind[] = [...(through === null ? (wrong ?? ['outOfBand']) : []), ...ofHolder]
	if (through === null && isPermanent(holding)) kinds.push('permanent')
	if (kinds.length === 0) return null
	const within = 'groupId' in holding && isGroupWithin(picture, holding) ? holding : null
	// PIM removes by person and place: an approved access that stands there would go with what begins later. And with a group
	// goes whoever is in it, a break-glass account too.
	const spared =
		standing === 'scheduled' && through === null && explains(principalId, place)
			? 'ours'
			: within === null
				? null
				: sparedWithin(picture, within, accounts)
	return {
		...about,
		key,
		family: 'holding',
		kinds: inOrderOfDanger(kinds),
		principalKind,
		personId,
		roles,
		from: beginOf(held),
		...endOf(holding),
		reasons,
		names: {
			principal: nameOf(picture, principalId, principalKind),
			through: through === null ? null : nameOf(picture, through, 'group'),
			policy: null,
		},
		people: 'groupId' in holding && through === null ? peopleWithin(picture, holding) : 0,
		...(within === null ? {} : { members: membersWithin(picture, within, accounts) }),
		isAbsence: false,
		removal:
			spared === null
				? removalOf(picture, { principalId, place, standing, holding, through, membership })
				: null,
		...(spared === null ? {} : { spared }),
	}
}

const isKnownGroup = (picture: TenantPicture, id: string) =>
	picture.groups.some(({ objectId }) => objectId === id)

/** Two listings of the same thing are one; an end counts only where both have one, the later of the two. */
function merged(a: Difference, b: Difference): Partial<Difference> {
	const until = a.until === null || b.until === null ? null : a.until > b.until ? a.until : b.until
	const isPlain = [a, b].some(({ place }) => place?.kind === 'group' && place.by === 'membership')
	const removal = preferMembership(a.removal, b.removal)
	return {
		// What is active counts for more than what begins later.
		standing: a.standing === 'scheduled' ? b.standing : a.standing,
		place: a.place?.kind === 'group' && isPlain ? { ...a.place, by: 'membership' } : a.place,
		kinds: inOrderOfDanger([...a.kinds, ...b.kinds]),
		until,
		people: Math.max(a.people, b.people),
		isEndUnknown: until === null && [a, b].every((each) => each.until !== null || each.isEndUnknown === true),
		reasons: [...new Set([...a.reasons, ...b.reasons])].sort(),
		removal,
		spared: removal === null ? (a.spared ?? b.spared) : undefined,
		from: earlierOf(a, b),
	}
}

/** Since when: of what is held and what is still to begin, that of what is held, also where nobody knows it. */
function earlierOf(a: Difference, b: Difference): Instant | null {
	if (a.standing !== b.standing && (a.standing === 'scheduled' || b.standing === 'scheduled'))
		return a.standing === 'scheduled' ? b.from : a.from
	return a.from === null || b.from === null ? (a.from ?? b.from) : a.from < b.from ? a.from : b.from
}
