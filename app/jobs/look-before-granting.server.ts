import { findRequest, type GrantRow } from '#db/queries/requests.ts'
import { troubleOf } from '#db/queries/tenant-troubles.ts'
import type { Assurance as Read } from '#app/integrations/tenant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { beforeGrantingOf } from '#workflows/charter/entra.schema.ts'
import type { AssuranceCode } from '#workflows/grants/assurance-codes.ts'
import { judgeAssurance, type Assurance, type SeenBeforeGranting } from '#workflows/grants/assurance.ts'
import { isConnectionTrouble, NOT_READ_YET } from '#workflows/tenant/tenant-troubles.ts'
import type { PartState } from '#workflows/tenant/tenant-picture.ts'
import { TryAgain } from './try-again.ts'

/**
 * What cannot be read for a moment is waited for so long from the first look at which it could not; then it counts as not known.
 * The account is waited for beyond that where no charter refuses for it: one that is disabled is refused whatever a charter says.
 */
const WAIT_MS = 2 * 60_000
const PASSING = new Set(['throttled', 'unavailable', 'unreadable'])

/**
 * What Entra ID lacks of somebody who is about to be given access, judged by the charter that was pinned and the one in
 * force. Throws TryAgain where something that an access may be refused for cannot be read just now; where nobody is patient any
 * more, that counts as not known, and the access is refused.
 */
export async function lookBeforeGranting(
	deps: Deps,
	grant: GrantRow,
	{ isPatient }: { isPatient: boolean },
): Promise<Assurance> {
	const { db } = deps.database
	const { charterVersionId } = await findRequest(db, grant.requestId)
	const charters = [await deps.charters.version(db, charterVersionId), await deps.charters.inForce(db)]
	const { principalId, place } = grant.context
	const [account, rules] = await Promise.all([deps.reader.assurance(principalId), deps.reader.signInRules()])
	const policies = rules.conditionalAccess.read ? rules.conditionalAccess.rows : null
	// Which other roles somebody holds matters only where a policy leaves one out.
	const turnsOnMembership = (policies ?? []).some(
		({ includeGroups, excludeGroups, excludeRoles }) =>
			includeGroups.length + excludeGroups.length + excludeRoles.length > 0,
	)
	const memberOf = turnsOnMembership
		? await deps.reader.memberOf(principalId)
		: { read: true as const, groups: [], roles: [] }
	const parts = [
		account.user,
		account.methods,
		rules.conditionalAccess,
		rules.authenticationStrengths,
		memberOf,
	]
	const unread = parts.flatMap((part) => (typeof part === 'object' && 'why' in part ? [part] : []))
	const code = unread.map((part) => ('code' in part ? part.code : null)).find(isUnreached) ?? null
	if (code !== null)
		throw new TryAgain('The tenant is not reached, so nothing is asked of it yet.', null, { code })
	const judged = judgeAssurance(
		charters.map(({ charter }) => beforeGrantingOf(charter)),
		{
			account: accountOf(account.user),
			methods: account.methods,
			conditionalAccess: policies,
			strengths: rules.authenticationStrengths.read ? rules.authenticationStrengths.rows : null,
			memberOf: memberOf.read ? new Set(memberOf.groups) : null,
			activeRoles: memberOf.read && memberOf.roles !== null ? new Set(memberOf.roles) : null,
		},
		{ principalId, place },
	)
	const isPassing = unread.some(({ why }) => PASSING.has(why))
	const isUnknown = judged.refused.some((code) => code.endsWith('_UNKNOWN'))
	if (isPatient && isPassing && isUnknown && (await unreadForMs(deps, grant)) < WAIT_MS)
		throw new TryAgain('What Entra ID must show before access is given cannot be read just now.', null, {
			code: NOT_READ_YET,
		})
	if (judged.refused.length > 0 || !isPassingBy(account.user)) return judged
	if (!isPatient) return { refused: [ACCOUNT_UNKNOWN], warned: [] }
	throw new TryAgain('Whether the account is enabled cannot be read just now.', null, {
		code: ACCOUNT_UNKNOWN,
	})
}

const ACCOUNT_UNKNOWN = 'ACCOUNT_UNKNOWN' satisfies AssuranceCode

/** Whether the account could not be read for a reason that passes: it may be disabled. */
const isPassingBy = (user: Read['user']) => user !== 'absent' && isUnread(user) && PASSING.has(user.why)

/** Since the first look at which something could not be read: it is noted when this job does not come to its end, and outlives a restart. */
async function unreadForMs({ database, now }: Deps, { id }: GrantRow): Promise<number> {
	const trouble = await troubleOf(database.db, id)
	return trouble?.code === NOT_READ_YET ? now().getTime() - trouble.since.getTime() : 0
}

/** Whoever answers is not the tenant, or we are nobody to it: then nothing is known of anybody, and nothing is to be sent. */
const isUnreached = (code: string | null): code is string => code !== null && isConnectionTrouble(code)

export const waitedMs = ({ context, createdAt }: GrantRow, now: Date) =>
	now.getTime() - Date.parse(context.startAt ?? createdAt.toISOString())

type Unread = Extract<PartState, { read: false }>

function accountOf(user: Read['user']): SeenBeforeGranting['account'] {
	if (user === 'absent') return { exists: false, accountEnabled: null, isGuest: false }
	if (isUnread(user)) return null
	const { accountEnabled, userType } = user
	// Who is not told to be a member may be a guest.
	return { exists: true, accountEnabled, isGuest: userType !== 'member' }
}

const isUnread = (user: Exclude<Read['user'], 'absent'>): user is Unread => 'why' in user
