import type { Charter } from '../../charter/charter.schema.ts'
import { breakGlassAccountsOf } from '../../charter/entra.schema.ts'
import { activeRolesIn } from '../active-roles.ts'
import { groupsNamedBy, membershipsIn } from '../policy-memberships.ts'
import { listOf, type TenantPicture } from '../tenant-picture.ts'
import {
	accountOf,
	holdOf,
	methodsOf,
	policiesOver,
	WATCHED_PARTS,
	weaknessesOf,
	type Weakness,
	type WatchedHolder,
	type WatchedState,
} from '../watched-account.ts'
import type { Problem, ProblemKind } from './report.schema.ts'

/** Groups that an account is in, through others as well, by object ids in lower case; null where they could not be read. */
export type Memberships = ReadonlyMap<string, ReadonlySet<string> | null>

type Found = Pick<Problem, 'kind' | 'about' | 'detail' | 'lines'>

/** How a problem names an account that it is about. */
export const aboutAccount = (objectId: string) => `account ${objectId}`

const KIND_OF: Readonly<Record<Weakness['is'], ProblemKind>> = {
	absent: 'breakGlassUnusable',
	disabled: 'breakGlassUnusable',
	noKey: 'breakGlassNoKey',
	held: 'breakGlassHeld',
}

/**
 * Whether the accounts that the charter keeps for emergencies would work on that day: by the rule by which they are watched. What of
 * them is not known is a problem of its own, and no weakness.
 */
export function judgeBreakGlass(
	charter: Pick<Charter, 'entra'>,
	picture: TenantPicture,
	memberships: Memberships,
): Found[] {
	const accounts = breakGlassAccountsOf(charter)
	if (accounts.length === 0) return []
	const rolesOf = activeRolesIn(picture)
	const groupsOf = membershipsIn(picture, groupsNamedBy(picture.conditionalAccess))
	return accounts.flatMap(({ objectId, title }): Found[] => {
		const memberOf = memberships.get(objectId) ?? groupsOf(objectId)
		const seen = stateOf(picture, { objectId, memberOf, roles: rolesOf(objectId) })
		const problem = (kind: ProblemKind, detail: Problem['detail']): Found => ({
			kind,
			about: aboutAccount(objectId),
			detail: { account: title, ...detail },
			lines: [],
		})
		const unknown = seen.account === 'absent' ? [] : WATCHED_PARTS.filter((part) => seen[part] === null)
		return [
			...weaknessesOf(seen).map((weakness) =>
				problem(
					KIND_OF[weakness.is],
					weakness.is === 'held'
						? { policies: weakness.policies.map(({ name }) => name).join(', ') }
						: { why: weakness.is },
				),
			),
			...(unknown.length > 0 ? [problem('breakGlassUnknown', { why: unknown.join(' ') })] : []),
		]
	})
}

function stateOf(picture: TenantPicture, holder: WatchedHolder): WatchedState {
	const { objectId } = holder
	const users = listOf(picture, 'users')
	const methods = picture.methods.find((one) => one.objectId === objectId)
	const policies = listOf(picture, 'conditionalAccess')
	const over = policies === null ? [] : policiesOver(holder, policies)
	const isWhole = policies?.every((policy) => holdOf(policy, holder) !== 'unknown') ?? false
	const read = methods === undefined ? { methods: null, hasDeviceBound: null } : methodsOf(methods)
	return {
		account: users === null ? null : accountOf(users.find((one) => one.objectId === objectId) ?? 'absent'),
		// Whether a passkey is bound to its device is the question: that there is one is no answer to it.
		methods: read.hasDeviceBound === null ? null : read.methods,
		hasDeviceBound: read.hasDeviceBound,
		// One that surely holds is told, whatever is not known of others.
		policies: over.length > 0 || isWhole ? over : null,
	}
}
