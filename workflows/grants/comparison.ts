import type { TenantPicture } from '../tenant/tenant-picture.ts'
import {
	isPermanent,
	type GroupHolding,
	type PrincipalKind,
	type RoleHolding,
} from '../tenant/picture-holdings.ts'
import type { Instant } from '../shared/instants.ts'
import type { FindingKind } from '../charter/entra.schema.ts'
import type { ApprovedGrant } from './approved-grants.ts'
import type { Difference } from './differences.ts'
import { governedKey, type Governed } from './governed.ts'

/** What is known of accounts beside the tenant's own lists. Object ids in lower case. */
export type Accounts = {
	personOf: (objectId: string) => string | null
	/** What an account is of which no list tells it; it stays so for good. Null: not known. */
	kindOf: (objectId: string) => PrincipalKind | null
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

/** What is wrong with a holder; what else is wrong with what they hold is none of it. */
const OF_HOLDERS: readonly FindingKind[] = ['guestOrServicePrincipal', 'ineligibleHolder']

/**
 * What is wrong with a holder, whatever they hold: they are a guest or a machine, or the charter denies them each of these roles. Of
 * somebody unknown to us it must be known that they are a user, and no guest, before the charter denies them anything: until then
 * (`isTold` is false) it is what it was, `before`.
 */
export function wrongHolder(
	accounts: Accounts,
	{
		principalId,
		principalKind,
		roles,
	}: { principalId: string; principalKind: PrincipalKind; roles: readonly string[] },
	before: Pick<Difference, 'kinds' | 'reasons'> | undefined,
): { kinds: FindingKind[]; personId: string | null; reasons: readonly string[]; isTold: boolean } {
	const personId = accounts.personOf(principalId)
	const reasons = refusalsOf(accounts, personId, roles, principalKind)
	const told = { personId, reasons, isTold: true }
	const isGuest = accounts.isGuest(principalId)
	if (principalKind === 'servicePrincipal' || isGuest === true)
		return { ...told, kinds: ['guestOrServicePrincipal'] }
	if (principalKind === 'group' || reasons.length === 0) return { ...told, kinds: [] }
	if (personId !== null || (principalKind === 'user' && isGuest === false))
		return { ...told, kinds: ['ineligibleHolder'] }
	return {
		...told,
		isTold: false,
		kinds: before?.kinds.filter((kind) => OF_HOLDERS.includes(kind)) ?? [],
		reasons: principalKind === 'user' ? reasons : (before?.reasons ?? []),
	}
}

/** Empty where one of the roles that give the place permits it. Of a machine nothing is asked. */
function refusalsOf(
	{ refusals }: Accounts,
	personId: string | null,
	roles: readonly string[],
	kind: PrincipalKind,
): readonly string[] {
	if (kind === 'servicePrincipal' || kind === 'group') return []
	if (personId === null) return ['NO_FACTS']
	const all = roles.map((role) => refusals(personId, role) ?? ['NO_FACTS'])
	return all.some((each) => each.length === 0) ? [] : [...new Set(all.flat())].sort()
}

/** The end that Entra states; where it states none, whether the list that was read tells of any. */
export const endOf = (holding: RoleHolding | GroupHolding): Pick<Difference, 'until' | 'isEndUnknown'> =>
	holding.until === null && !isPermanent(holding)
		? { until: null, isEndUnknown: true }
		: { until: holding.until }

/** What the tenant calls something that is nobody. */
export function nameOf(picture: TenantPicture, id: string, kind: PrincipalKind): string | null {
	const list =
		kind === 'group' ? picture.groups : kind === 'servicePrincipal' ? picture.servicePrincipals : []
	return list.find(({ objectId }) => objectId === id)?.displayName ?? null
}

/** Whether being in this group is itself what the charter gives. */
export const isGovernedGroup = (governed: Governed, groupId: string) =>
	governed.has(governedKey({ kind: 'group', groupId, relation: 'member' }))
