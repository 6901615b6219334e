import {
	countTenantLines,
	listTenantUsers,
	peopleWithoutAccount,
	tenantLinesOf,
	type TenantFilter,
	type TenantLine,
} from '#db/queries/tenant-lists.ts'
import { findPerson } from '#db/queries/people.ts'
import {
	lockTenantSync,
	readTenantSync,
	saveTenantSync,
	type TenantSyncRow,
} from '#db/queries/tenant-users.ts'
import { judgeMethods, READING_HOLDS_MS, type MethodKind } from '#workflows/people/authentication-methods.ts'
import { accountState } from '#workflows/people/tenant-users.ts'
import { demand, type Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import type { AccountsView, AccountView, SyncView } from './views.ts'

const PAGE = 50

export type AccountsQuery = {
	filter: TenantFilter
	search: string
	after: { name: string; id: string } | null
}

/**
 * A page of the tenant's users and who they are here, with how the reading stands. Who has no phishing-resistant method
 * is what an attacker would like to know, so that it was read is recorded.
 */
export async function showAccounts(
	deps: Deps,
	actor: Actor,
	{ filter, search, after }: AccountsQuery,
): Promise<AccountsView> {
	demand(actor, 'people:record')
	const { db } = deps.database
	const at = deps.now()
	const heldSince = new Date(at.getTime() - READING_HOLDS_MS)
	const sync = await readTenantSync(db)
	const page = { search, after, limit: PAGE + 1, at }
	const lines =
		filter === 'without_account'
			? // Before everyone was read once, nobody can be said to have no account.
				sync?.finishedAt
				? await peopleWithoutAccount(db, page)
				: []
			: await listTenantUsers(db, { ...page, filter, heldSince })
	const counts = await countTenantLines(db, { at, heldSince })
	if (!sync?.finishedAt) counts.without_account = 0
	const shown = lines.slice(0, PAGE)
	const last = lines.length > PAGE ? shown.at(-1) : undefined
	await recordRead(deps, actor, {
		view: 'accounts',
		rows: shown.length,
		filter: { filter, search, after: after?.id ?? null },
	})
	return {
		accounts: shown.map((line) => viewOf(line, sync, at)),
		next: last
			? { name: last.displayName ?? last.person?.name ?? '', id: last.objectId ?? last.person?.id ?? '' }
			: null,
		counts,
		sync: { ...syncView(sync, deps.directory.tenant, at), lacks: deps.tenant.lacks },
	}
}

/** The account of one person, as far as it is known; null before the tenant was read for the first time. */
export async function accountOf(deps: Deps, actor: Actor, personId: string): Promise<AccountView | null> {
	demand(actor, 'people:record')
	const { db } = deps.database
	const at = deps.now()
	const sync = await readTenantSync(db)
	if (sync === null || sync.finishedAt === null) return null
	const { entraObjectId, displayName, userPrincipalName } = await findPerson(db, personId)
	if (userPrincipalName.endsWith('@erased.invalid')) return null
	const [line] = await tenantLinesOf(db, [entraObjectId], at)
	if (line) return viewOf(line, sync, at)
	return {
		objectId: null,
		name: displayName,
		userPrincipalName,
		isGuest: false,
		account: 'none',
		removal: null,
		removedAt: null,
		person: null,
		methods: null,
		isNotice: false,
	}
}

/** Asks for the users to be read now, also where a failure would have been waited for. Throttling is always waited for. */
export async function askForRound(deps: Deps, actor: Actor): Promise<void> {
	demand(actor, 'people:record')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const sync = await lockTenantSync(tx, deps.directory.tenant)
		await saveTenantSync(tx, {
			askedAt: at,
			...(sync.trouble === 'throttled' ? {} : { notBefore: null }),
			...(sync.methodsTrouble === 'throttled' ? {} : { methodsNotBefore: null }),
		})
	})
	deps.wake()
}

function viewOf(line: TenantLine, sync: TenantSyncRow | null, at: Date): AccountView {
	const { objectId, userPrincipalName, displayName, userType, removed, removedAt, person, methods } = line
	const account = objectId === null ? 'none' : accountState(line)
	const isLinked = person?.link === 'linked' && objectId !== null
	const verdict = judgeMethods(
		{
			kinds: methods.methodKinds as MethodKind[] | null,
			readAt: methods.methodsReadAt,
			trouble: sync?.methodsTrouble ?? methods.methodsTrouble,
		},
		at,
	)
	return {
		objectId,
		name: displayName ?? person?.name ?? userPrincipalName ?? objectId ?? '',
		userPrincipalName,
		isGuest: userType === 'Guest',
		account,
		removal: removed,
		removedAt: removedAt?.toISOString() ?? null,
		person,
		methods:
			isLinked && removed === null ? { ...verdict, readAt: verdict.readAt?.toISOString() ?? null } : null,
		isNotice: isLinked && person.active && (account === 'removed' || account === 'disabled'),
	}
}

function syncView(sync: TenantSyncRow | null, tenant: string, at: Date): Omit<SyncView, 'lacks'> {
	const text = (date: Date | null | undefined) => date?.toISOString() ?? null
	const isOurs = sync?.tenant === tenant
	const isRunning = !!sync?.startedAt && (sync.finishedAt === null || sync.finishedAt < sync.startedAt)
	const isAsked = !!sync?.askedAt && (sync.startedAt === null || sync.askedAt > sync.startedAt)
	const state =
		!sync || !isOurs
			? 'never'
			: sync.trouble !== null
				? 'failed'
				: isRunning
					? 'running'
					: isAsked
						? 'waiting'
						: sync.finishedAt === null
							? 'never'
							: 'done'
	return {
		state,
		finishedAt: text(sync?.finishedAt),
		startedAt: text(sync?.startedAt),
		trouble: sync?.trouble ?? null,
		code: sync?.troubleCode ?? null,
		since: text(sync?.troubleSince),
		againAt: sync?.notBefore && sync.notBefore > at ? text(sync.notBefore) : null,
		methods:
			sync?.methodsTrouble && sync.methodsTroubleSince
				? {
						trouble: sync.methodsTrouble,
						code: sync.methodsTroubleCode,
						since: sync.methodsTroubleSince.toISOString(),
					}
				: null,
	}
}
