import type { FindingKind } from '../charter/entra.schema.ts'
import type { Instant } from '../shared/instants.ts'
import type { PrincipalKind } from '../tenant/picture-holdings.ts'
import { placeKey, type Place } from './place.ts'

/**
 * What a difference is about: somebody holds what nobody approved (`holding`), one of our own accesses is not as approved
 * (`grant`), or a rule of the tenant asks for less than it did (`policy`). There is one open finding for each and its subject.
 */
export const FINDING_FAMILIES = ['holding', 'grant', 'policy'] as const
export type FindingFamily = (typeof FINDING_FAMILIES)[number]

/** `active` gives access now, `eligible` could be activated at any moment, `scheduled` gives it from its begin on, by itself. */
export const FINDING_STANDINGS = ['active', 'eligible', 'scheduled'] as const
export type FindingStanding = (typeof FINDING_STANDINGS)[number]

/** What takes it away: an assignment or an eligibility of this principal at this place, or the end of our own grant. */
export type Removal =
	| { what: 'assignment' | 'eligibility'; principalId: string; place: Place }
	| { what: 'grant'; grantId: string }

/** Who has what a group holds, or could have it through it; of people of ours who they are. All of it sorted, each once. */
export type GroupMembers = {
	/** Object ids of accounts, and of groups in it. */
	accounts: readonly string[]
	people: readonly string[]
	/** False: a list that tells it could not be read. */
	isWhole: boolean
}

/**
 * Why nothing is taken away that could be: an account that is only watched has it through the group or could (`watched`), what
 * Charterkeep gave rests on it (`ours`), or nobody knows, since a list could not be read (`unread`).
 */
export type Spared = 'watched' | 'ours' | 'unread'

/** One thing that Entra holds otherwise than approved. Says nothing of what should be done about it. */
export type Difference = {
	/** The same for the same thing at every look. */
	key: string
	family: FindingFamily
	/** Everything that is wrong with it, the most dangerous first; never empty. */
	kinds: readonly [FindingKind, ...FindingKind[]]
	/** Whom it is about, as object ids of Entra in lower case; null for a rule of the tenant. */
	principalId: string | null
	principalKind: PrincipalKind | null
	/** The person of ours behind that account; null where there is none. */
	personId: string | null
	/** Null for a rule of the tenant. */
	place: Place | null
	/** Keys of the charter roles that give this place. */
	roles: readonly string[]
	standing: FindingStanding
	/** The group through which the role is held; null: in their own name. */
	through: string | null
	/** Our own access that it deviates from. */
	grantId: string | null
	/** Since when; of what is `scheduled`, from when on. */
	from: Instant | null
	/** The end that Entra states. */
	until: Instant | null
	/** None is stated because the list that was read tells of none: it may have one. */
	isEndUnknown?: boolean
	/** Codes of what the charter denies the holder for, or of what became weaker. */
	reasons: readonly string[]
	/** What the tenant calls a group, an application or a rule; people are named by whoever shows it. */
	names: { principal: string | null; through: string | null; policy: string | null }
	/** How many people have it through the group that holds it; 0 where no group does. */
	people: number
	/** Stands in what is held by a group. */
	members?: GroupMembers
	/** Of a rule of the tenant: the digest of it as it stands; absent where not all of it could be read. */
	rule?: string
	/** It rests on not having seen something, and needs more time before it is believed. */
	isAbsence: boolean
	/** Null: there is nothing that could be taken away, or it would take away what was approved. */
	removal: Removal | null
	/** Stands where `removal` is null for that reason. */
	spared?: Spared
}

/** Whether this person of ours has it, or could have it, in their own name or through the group that it is about. */
export const isHeldBy = (
	{ personId, members }: Pick<Difference, 'personId' | 'members'>,
	who: string,
): boolean => personId === who || (members?.people.includes(who) ?? false)

/** Whether it is about a group of which nobody knows who is in it. */
export const isGroupUnread = ({ family, principalKind, members }: Difference): boolean =>
	members === undefined ? family === 'holding' && principalKind === 'group' : !members.isWhole

/** Where nothing but people is named. */
export const NO_NAMES: Difference['names'] = { principal: null, through: null, policy: null }

/** The most dangerous first: what must go before what should not be there, before what is missing. */
const DANGER: readonly FindingKind[] = [
	'guestOrServicePrincipal',
	'ineligibleHolder',
	'permanent',
	'outOfBand',
	'wrongScope',
	'wrongEnd',
	'policyWeakened',
	'missingGrant',
]

/** Lower is more dangerous. */
export const dangerOf = (kind: FindingKind): number => DANGER.indexOf(kind)

/** Each once, the most dangerous first. */
export function inOrderOfDanger(kinds: Iterable<FindingKind>): readonly [FindingKind, ...FindingKind[]] {
	const [first, ...rest] = [...new Set(kinds)].sort((a, b) => dangerOf(a) - dangerOf(b))
	if (first === undefined) throw new TypeError('A difference is of one kind at least.')
	return [first, ...rest]
}

/** Names what a difference is about: what begins is the same before and after its begin. */
export const differenceKey = (
	family: FindingFamily,
	{
		principalId,
		place,
		standing,
		through,
		grantId,
	}: Pick<Difference, 'principalId' | 'place' | 'standing' | 'through' | 'grantId'>,
): string =>
	[
		family,
		grantId ?? principalId ?? '',
		place === null ? '' : placeKey(place),
		standing === 'scheduled' ? 'active' : standing,
		through ?? '',
	]
		.join(' ')
		.toLowerCase()
