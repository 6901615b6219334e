import type { Tx } from '#db/client.ts'
import {
	forgetRemoved,
	lockTenantSync,
	markUnlisted,
	peopleByObjectId,
	readTenantSync,
	saveTenantSync,
	saveTenantUsers,
	tenantUsersOf,
	type TenantSyncRow,
} from '#db/queries/tenant-users.ts'
import { DirectoryUnavailable, type ChangesPage } from '#app/integrations/directory-port.ts'
import { accountState, applyPage, type AccountState } from '#workflows/people/tenant-users.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { endConnectionTrouble, noteConnectionTrouble } from './note-trouble.server.ts'
import { pauseAfter } from './pause-after.ts'

/** How long after a round the next one begins by itself. A delta token is good for seven days. */
export const ROUND_EVERY_MS = 5 * 60_000
/** Entra itself keeps what was deleted for thirty days. */
const REMOVED_KEPT_MS = 30 * 86_400_000
/** A tenant that has us begin anew again and again is waited for. */
const MOST_ANEW = 3
/** Whether there is a page to read now: a round under way, one that is asked for, or one whose time has come. */
export function isRoundDue(sync: TenantSyncRow | null, tenant: string, at: Date): boolean {
	if (sync === null || sync.tenant !== tenant) return true
	const { askedAt, startedAt, finishedAt, nextLink, notBefore } = sync
	const isAsked = askedAt !== null && (startedAt === null || askedAt > startedAt)
	if (notBefore !== null && notBefore > at) return false
	const isUnderWay =
		nextLink !== null || (startedAt !== null && (finishedAt === null || finishedAt < startedAt))
	return isUnderWay || isAsked || finishedAt === null || at.getTime() - finishedAt.getTime() >= ROUND_EVERY_MS
}

/**
 * Reads what has changed about the tenant's users, page by page. A page is stored together with the link that leads on, so
 * a crash goes on where it was and leaves nothing out. A link that is worth nothing any more begins a reading of everyone,
 * which also finds who is gone. Gives whether the round was finished; what stands in the way is stored, with how long to wait.
 */
export async function syncTenantUsers(
	deps: Deps,
	{ mayGoOn = () => true }: { mayGoOn?: () => boolean } = {},
): Promise<boolean> {
	const { database, directory } = deps
	const known = await readTenantSync(database.db)
	if (!isRoundDue(known, directory.tenant, deps.now())) return false
	let link = await database.withTx((tx) => beginRound(tx, deps))
	let anew = 0
	let isReached = false
	try {
		while (mayGoOn()) {
			const asked = link
			const page = await directory.changes(asked)
			if (page.kind === 'resync' && ++anew > MOST_ANEW)
				throw new DirectoryUnavailable('unavailable', 'Resync')
			const went = await database.withTx((tx) => takePage(tx, deps, asked, page))
			deps.wake()
			// Asked once a round: it has hundreds of pages.
			if (!isReached) await endConnectionTrouble(deps)
			isReached = true
			if (went.finished) return true
			link = went.link
		}
		return false
	} catch (error) {
		if (!(error instanceof DirectoryUnavailable)) throw error
		await noteTrouble(deps, error)
		return false
	}
}

/** Where the round goes on, or begins. Another tenant than last time is read from the beginning. */
async function beginRound(tx: Tx, { directory, now }: Deps): Promise<string | null> {
	const sync = await lockTenantSync(tx, directory.tenant)
	const isOther = sync.tenant !== directory.tenant
	const isUnderWay =
		!isOther && sync.startedAt !== null && (sync.finishedAt === null || sync.finishedAt < sync.startedAt)
	if (isUnderWay) return sync.nextLink
	const link = isOther ? null : sync.deltaLink
	await saveTenantSync(tx, {
		...(isOther ? { ...AT_PEACE, deltaLink: null, tenant: directory.tenant } : {}),
		round: sync.round + 1,
		reading: link === null ? 'everyone' : 'changes',
		nextLink: link,
		startedAt: now(),
	})
	return link
}

const AT_PEACE = { trouble: null, troubleCode: null, troubleSince: null, failures: 0, notBefore: null }

async function takePage(
	tx: Tx,
	deps: Deps,
	asked: string | null,
	page: ChangesPage,
): Promise<{ finished: boolean; link: string | null }> {
	const sync = await lockTenantSync(tx, deps.directory.tenant)
	const at = deps.now()
	// Another process has gone on meanwhile: it has stored this page, and the round is its own.
	if (sync.nextLink !== asked || sync.tenant !== deps.directory.tenant) return { finished: true, link: null }
	if (page.kind === 'resync') {
		const next = { round: sync.round + 1, reading: 'everyone', nextLink: page.link, deltaLink: null } as const
		await saveTenantSync(tx, { ...next, ...AT_PEACE, startedAt: at })
		return { finished: false, link: page.link }
	}
	await storePage(tx, deps, sync, page.changes, at)
	if (page.then.kind === 'next') {
		await saveTenantSync(tx, { ...AT_PEACE, nextLink: page.then.link })
		return { finished: false, link: page.then.link }
	}
	if (sync.reading === 'everyone') {
		const gone = await markUnlisted(tx, sync.round, at)
		await recordStates(tx, deps, new Map(gone.map((objectId) => [objectId, 'removed'])), at)
	}
	await forgetRemoved(tx, new Date(at.getTime() - REMOVED_KEPT_MS))
	await saveTenantSync(tx, { ...AT_PEACE, nextLink: null, deltaLink: page.then.link, finishedAt: at })
	return { finished: true, link: null }
}

async function storePage(
	tx: Tx,
	deps: Deps,
	{ round, reading }: TenantSyncRow,
	changes: Extract<ChangesPage, { kind: 'page' }>['changes'],
	at: Date,
): Promise<void> {
	const before = await tenantUsersOf(
		tx,
		changes.map(({ objectId }) => objectId),
	)
	const after = [...applyPage(before, changes, reading).values()]
	const users = after.map(
		({ objectId, userPrincipalName, displayName, accountEnabled, userType, removed }) => ({
			objectId,
			userPrincipalName,
			displayName,
			accountEnabled,
			userType,
			removed,
			removedAt: removed === null ? null : (before.get(objectId)?.removedAt ?? at),
		}),
	)
	await saveTenantUsers(tx, users, { round, at })
	const states = new Map<string, AccountState>()
	for (const user of users) {
		const was = before.get(user.objectId)
		const state = accountState(user)
		// That an account works is worth an entry only where it did not before.
		if (state !== (was === undefined ? 'enabled' : accountState(was))) states.set(user.objectId, state)
	}
	await recordStates(tx, deps, states, at)
}

/** That the account of somebody works no longer, or works again, is recorded; by itself it ends and opens nothing. */
async function recordStates(
	tx: Tx,
	deps: Deps,
	states: ReadonlyMap<string, AccountState>,
	at: Date,
): Promise<void> {
	const persons = await peopleByObjectId(tx, [...states.keys()])
	for (const [objectId, account] of states) {
		const subject = persons.get(objectId)
		if (subject === undefined || account === 'unknown') continue
		const open = { account }
		await recordEntry(tx, deps, { kind: 'person.account_seen', subject, actor: null, open, sealed: {}, at })
	}
}

async function noteTrouble(deps: Deps, error: DirectoryUnavailable): Promise<void> {
	const at = deps.now()
	const { trouble, code } = error
	const isNew = await deps.database.withTx(async (tx) => {
		const sync = await lockTenantSync(tx, deps.directory.tenant)
		await saveTenantSync(tx, {
			trouble,
			troubleCode: code,
			troubleSince: sync.troubleSince ?? at,
			failures: sync.failures + 1,
			notBefore: new Date(at.getTime() + pauseAfter(error, sync.failures)),
		})
		return sync.troubleCode !== code
	})
	await noteConnectionTrouble(deps, code)
	if (isNew) deps.log.warn({ trouble, code }, 'the users of the tenant cannot be read')
}
