import {
	insertSignIn,
	knownSignIns,
	lockWatched,
	saveWatched,
	watchedRows,
	type WatchedRow,
} from '#db/queries/watched-accounts.ts'
import type { Tx } from '#db/client.ts'
import type { WatchTrouble } from '#db/schema/watched-accounts.ts'
import type { SignInRules } from '#app/integrations/tenant-port.ts'
import { breakGlassAccountsOf } from '#workflows/charter/entra.schema.ts'
import type { PartState } from '#workflows/tenant/tenant-picture.ts'
import {
	accountOf,
	changesOf,
	knownAfter,
	methodsOf,
	policiesOver,
	type SignIn,
	type WatchedChange,
	type WatchedState,
} from '#workflows/tenant/watched-account.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { tellSignIn, tellWatchedChange } from './tell-finding.server.ts'

/** Account, methods and policies are asked for so often; sign-ins each time. */
const LOOK_MS = 15 * 60_000
/** Sign-ins reach the log late: so far back it is read again, and what was told is not told again. */
const LATE_MS = 24 * 3_600_000

type Account = { objectId: string; title: string }
type Unread = Extract<PartState, { read: false }>
type Looked = { state: WatchedState; trouble: WatchTrouble[] }

/**
 * One look at the accounts that the charter says are only watched: every sign-in is told to the officers and recorded, once, and so
 * is what became otherwise of the account, its methods, and the policies that hold for it. What cannot be read is noted, and the
 * rest goes on.
 */
export async function watchAccounts(deps: Deps): Promise<void> {
	const { db } = deps.database
	const { charter } = await deps.charters.inForce(db)
	const accounts = breakGlassAccountsOf(charter)
	if (accounts.length === 0) return
	const stored = await watchedRows(db)
	const at = deps.now()
	const isDue = ({ objectId }: Account) => {
		const lookedAt = stored.get(objectId)?.lookedAt ?? null
		return lookedAt === null || at.getTime() - lookedAt.getTime() >= LOOK_MS
	}
	const rules = accounts.some(isDue) ? await deps.reader.signInRules() : null
	for (const account of accounts) {
		const { objectId } = account
		const readTo = stored.get(objectId)?.signInsReadTo ?? at
		const since = new Date(readTo.getTime() - LATE_MS).toISOString()
		const askedAt = deps.now()
		const signIns = await deps.watch.signIns(objectId, since)
		const looked = rules !== null && isDue(account) ? await lookAt(deps, objectId, rules) : null
		await deps.database.withTx((tx) => note(tx, deps, account, { signIns, looked, askedAt }))
	}
	deps.wake()
}

async function lookAt(
	{ reader }: Deps,
	objectId: string,
	{ conditionalAccess }: SignInRules,
): Promise<Looked> {
	const { user, methods } = await reader.assurance(objectId)
	const trouble: WatchTrouble[] = []
	const unread = (part: WatchTrouble['part'], { why, code }: Unread) => trouble.push({ part, why, code })
	if (user !== 'absent' && 'read' in user) unread('account', user)
	const ofPolicies = conditionalAccess.read ? await reader.memberOf(objectId) : conditionalAccess
	if (!conditionalAccess.read) unread('policies', conditionalAccess)
	else if (!ofPolicies.read && user !== 'absent') unread('policies', ofPolicies)
	if (!methods.read && user !== 'absent')
		unread('methods', {
			read: false,
			why: methods.why === 'forbidden' ? 'forbidden' : 'unavailable',
			code: null,
		})
	const groups = ofPolicies.read && 'groups' in ofPolicies ? new Set(ofPolicies.groups) : null
	return {
		trouble,
		state: {
			account: accountOf(user),
			...methodsOf(methods),
			policies:
				conditionalAccess.read && groups !== null
					? // Which roles it holds is for reconciliation to know: policies that turn on a role are judged without.
						policiesOver({ objectId, memberOf: groups, roles: new Set() }, conditionalAccess.rows)
					: null,
		},
	}
}

async function note(
	tx: Tx,
	deps: Deps,
	account: Account,
	{
		signIns,
		looked,
		askedAt,
	}: { signIns: Awaited<ReturnType<Deps['watch']['signIns']>>; looked: Looked | null; askedAt: Date },
): Promise<void> {
	const at = deps.now()
	const row = await lockWatched(tx, account.objectId)
	if (signIns.read) await noteSignIns(tx, deps, account, signIns.rows, at)
	const changes = looked === null ? [] : changesOf(row.state, looked.state)
	for (const change of changes) await noteChange(tx, deps, account, change, at)
	const troubled: WatchTrouble[] = signIns.read
		? []
		: [{ part: 'signIns', why: signIns.why, code: signIns.code }]
	const others = looked?.trouble ?? row.trouble.filter(({ part }) => part !== 'signIns')
	const after: WatchedRow = {
		objectId: account.objectId,
		state: looked === null ? row.state : knownAfter(row.state, looked.state),
		lookedAt: looked === null ? row.lookedAt : at,
		signInsReadTo: signIns.read ? askedAt : row.signInsReadTo,
		trouble: [...troubled, ...others],
	}
	await saveWatched(tx, after)
}

async function noteSignIns(
	tx: Tx,
	deps: Deps,
	{ objectId, title }: Account,
	rows: readonly SignIn[],
	at: Date,
): Promise<void> {
	const known = await knownSignIns(
		tx,
		rows.map(({ id }) => id),
	)
	const fresh = rows.filter(({ id }) => !known.has(id)).sort((a, b) => a.at.localeCompare(b.at))
	for (const { id, errorCode, application, ipAddress, at: when } of fresh) {
		const succeeded = errorCode === 0
		const entryId = await recordEntry(tx, deps, {
			kind: 'watched.signed_in',
			subject: null,
			actor: null,
			open: { signInId: id, at: when, succeeded },
			sealed: { signIn: { objectId, title, errorCode, application, ipAddress } },
			at,
		})
		await insertSignIn(tx, {
			id,
			objectId,
			at: new Date(when),
			succeeded,
			errorCode,
			application,
			ipAddress,
			toldAt: at,
			entryId,
		})
		await tellSignIn(tx, deps, { signInId: id, succeeded }, at)
	}
}

async function noteChange(
	tx: Tx,
	deps: Deps,
	{ objectId, title }: Account,
	{ what, before, after }: WatchedChange,
	at: Date,
): Promise<void> {
	await recordEntry(tx, deps, {
		kind: 'watched.changed',
		subject: null,
		actor: null,
		open: { what },
		sealed: { change: { objectId, title, before, after } },
		at,
	})
	await tellWatchedChange(tx, deps, what, at)
}
