import { readBaselines } from '#db/queries/reconcile-runs.ts'
import { findPerson } from '#db/queries/people.ts'
import { readTenantSync, tenantUsersOf, type TenantUserRow } from '#db/queries/tenant-users.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { beforeGrantingOf } from '#workflows/charter/entra.schema.ts'
import { judgeAssurance, type SeenBeforeGranting } from '#workflows/grants/assurance.ts'
import { placeOf } from '#workflows/grants/place.ts'
import { judgeMethods, type MethodKind } from '#workflows/people/authentication-methods.ts'
import { accountState } from '#workflows/people/tenant-users.ts'
import type { Deps } from '../deps.ts'
import type { LackView } from '../views.ts'
import { titleOf } from './summarise.server.ts'

/** What was read of users longer ago than this says nothing of whose account works. */
const MIRROR_HOLDS_MS = 24 * 3_600_000

/**
 * What Entra ID lacked of a person, when it was last read, of all that the charter asks for before these roles are given. It is a
 * hint for whoever files or decides, from the database alone, and refuses nothing: Entra ID is looked at again before anything is
 * given. What is not known is no lack.
 */
export async function findLacking(
	deps: Deps,
	charter: Charter,
	personId: string,
	roles: readonly string[],
): Promise<LackView[]> {
	const { db } = deps.database
	const { entraObjectId } = await findPerson(db, personId)
	const principalId = entraObjectId.toLowerCase()
	const seen = await seenInMirror(deps, principalId, deps.now())
	const found = new Map<LackView['code'], LackView>()
	for (const role of roles) {
		const access = charter.roles[role]?.access
		if (access === undefined) continue
		const place = placeOf(access, deps.tenant.groups)
		const { refused, warned } = judgeAssurance([beforeGrantingOf(charter)], seen, { principalId, place })
		for (const code of [...refused, ...warned]) {
			if (code.endsWith('_UNKNOWN')) continue
			const lack = found.get(code) ?? { code, isRefused: refused.includes(code), roles: [] }
			lack.roles.push(titleOf(charter, role))
			found.set(code, lack)
		}
	}
	return [...found.values()]
}

async function seenInMirror(
	{ database: { db }, tenant }: Deps,
	principalId: string,
	at: Date,
): Promise<SeenBeforeGranting> {
	const sync = await readTenantSync(db)
	const user = (await tenantUsersOf(db, [principalId])).get(principalId)
	const finishedAt = sync?.finishedAt ?? null
	const isFresh = finishedAt !== null && at.getTime() - finishedAt.getTime() <= MIRROR_HOLDS_MS
	const policies = [...(await readBaselines(db, tenant.id)).values()].flatMap((baseline) =>
		baseline.kind === 'conditionalAccess' ? [baseline] : [],
	)
	return {
		account: isFresh ? accountOf(user) : null,
		methods: user === undefined ? null : methodsOf(principalId, user, at),
		// Where no policy was ever seen, nobody may have looked yet.
		conditionalAccess: policies.length === 0 ? null : policies.map(({ policy }) => policy),
		strengths: policies.flatMap(({ policy: { authenticationStrengthId: id }, combinations }) =>
			id === null || combinations === null
				? []
				: [{ id, displayName: null, allowedCombinations: [...combinations] }],
		),
		memberOf: null,
		activeRoles: null,
	}
}

function accountOf(user: TenantUserRow | undefined): SeenBeforeGranting['account'] {
	if (user === undefined || user.removed !== null)
		return { exists: false, accountEnabled: null, isGuest: false }
	return {
		exists: true,
		accountEnabled: accountState(user) === 'disabled' ? false : user.accountEnabled,
		isGuest: user.userType === 'Guest',
	}
}

function methodsOf(
	objectId: string,
	{ methodKinds, methodsReadAt, methodsTrouble }: TenantUserRow,
	at: Date,
): SeenBeforeGranting['methods'] {
	const kinds = methodKinds as MethodKind[] | null
	const { answer, readAt } = judgeMethods({ kinds, readAt: methodsReadAt, trouble: methodsTrouble }, at)
	// Of a passkey the mirror does not know whether it is bound to its device: then it is not known to lack anything.
	return answer === 'unknown' || kinds === null || readAt === null
		? null
		: { read: true, objectId, kinds, passkeys: null, readAt: readAt.toISOString() }
}
