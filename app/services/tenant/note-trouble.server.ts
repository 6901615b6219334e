import type { Tx } from '#db/client.ts'
import {
	endTrouble,
	lockTrouble,
	markTold,
	noteTrouble,
	troubleOf,
	type TroubleRow,
} from '#db/queries/tenant-troubles.ts'
import { findGrant } from '#db/queries/requests.ts'
import { isConnectionTrouble, patienceWith, SESSIONS_NOT_ENDED } from '#workflows/tenant/tenant-troubles.ts'
import type { Deps } from '../deps.ts'
import { notify } from '../notify/notify.server.ts'
import { menders } from './menders.ts'
import { recordEntry } from '../record-entry.server.ts'

const slugOf = (code: string) => code.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 64) || 'unknown'

/**
 * Notes what kept a job on an access from its end. Once it has stood long enough, the requester and whoever can mend it are
 * told, once, and the record has it; what keeps Charterkeep from the tenant as a whole is told to officers once for all accesses.
 * Nothing of the access changes: the job runs again by itself.
 */
export async function noteGrantTrouble(deps: Deps, grantId: string, said: string): Promise<void> {
	const code = slugOf(said)
	const told = await deps.database.withTx(async (tx) => {
		const at = deps.now()
		const isConnectionTold = isConnectionTrouble(code) && (await noteConnection(tx, deps, code, at))
		const row = await noteTrouble(tx, { grantId, code, at })
		if (row.toldAt !== null || at.getTime() - row.since.getTime() < patienceWith(code))
			return { isConnectionTold, isTold: false }
		const { requestId, personId, state } = await findGrant(tx, grantId)
		const isRemoval = state === 'removing' || state === 'notConfirmed'
		await recordEntry(tx, deps, {
			kind: 'grant.held_up',
			subject: personId,
			actor: null,
			open: { grantId, requestId, code },
			sealed: {},
			at,
		})
		await notify(tx, deps, {
			kind: 'access_held_up',
			to: [personId, ...(isConnectionTrouble(code) ? [] : menders(code, isRemoval))],
			about: { type: 'request', id: requestId },
			code,
			at,
		})
		await markTold(tx, row.key, at)
		return { isConnectionTold, isTold: true }
	})
	if (told.isConnectionTold) logConnection(deps, code)
	if (told.isTold)
		deps.log.warn({ grantId, code }, 'something keeps an access from being given or taken away')
	deps.wake()
}

/** The same of what keeps Charterkeep from the tenant, where it is found by something else than a job on an access. */
export async function noteConnectionTrouble(deps: Deps, said: string): Promise<void> {
	const code = slugOf(said)
	if (!isConnectionTrouble(code)) return
	if (await deps.database.withTx((tx) => noteConnection(tx, deps, code, deps.now())))
		logConnection(deps, code)
	deps.wake()
}

const logConnection = ({ log }: Deps, code: string) => log.error({ code }, 'the tenant is not reached')

/** Gives whether people were told of it just now. */
async function noteConnection(tx: Tx, deps: Deps, code: string, at: Date): Promise<boolean> {
	const before = await lockTrouble(tx, null)
	// Another takes its place: in the record each ends before the next begins.
	if (before !== null && before.code !== code) await recordOver(tx, deps, before)
	const row = await noteTrouble(tx, { grantId: null, code, at })
	if (row.toldAt !== null || at.getTime() - row.since.getTime() < patienceWith(code)) return false
	await recordEntry(tx, deps, {
		kind: 'tenant.trouble',
		subject: null,
		actor: null,
		open: { code },
		sealed: {},
		at,
	})
	await notify(tx, deps, {
		kind: 'tenant_trouble',
		to: [{ duty: 'security_officer' }],
		about: { type: 'tenant', id: null },
		code,
		at,
	})
	await markTold(tx, row.key, at)
	return true
}

/** The job on an access came to its end: nothing stands in its way. `isReached`: and the tenant was asked for that. */
export async function endGrantTrouble(deps: Deps, grantId: string, isReached: boolean): Promise<void> {
	const { db } = deps.database
	const own = await troubleOf(db, grantId)
	const connection = isReached ? await troubleOf(db, null) : null
	if (own === null && connection === null) return
	await deps.database.withTx(async (tx) => {
		// Sessions that go on are no matter of the access itself, which may be over: who ends them says when they have.
		if (own?.code !== SESSIONS_NOT_ENDED) await endTrouble(tx, grantId)
		if (connection !== null) await endConnection(tx, deps, own?.code === 'OtherTenant')
	})
	deps.wake()
}

/** The tenant is reached. */
export async function endConnectionTrouble(deps: Deps): Promise<void> {
	if ((await troubleOf(deps.database.db, null)) === null) return
	await deps.database.withTx((tx) => endConnection(tx, deps, false))
	deps.wake()
}

/** Nothing that is known is of another tenant any more. */
export async function endElsewhereTrouble(deps: Deps): Promise<void> {
	if ((await troubleOf(deps.database.db, null))?.code !== 'OtherTenant') return
	await deps.database.withTx((tx) => endConnection(tx, deps, true))
	deps.wake()
}

/** That accesses are held in another tenant ends with those accesses alone: this tenant's being reached says nothing of it. */
async function endConnection(tx: Tx, deps: Deps, wasElsewhere: boolean): Promise<void> {
	const standing = await lockTrouble(tx, null)
	if (standing === null || (standing.code === 'OtherTenant' && !wasElsewhere)) return
	await endTrouble(tx, null)
	await recordOver(tx, deps, standing)
}

/** Only what people were told of has begun in the record. */
async function recordOver(tx: Tx, deps: Deps, { code, toldAt }: TroubleRow): Promise<void> {
	if (toldAt === null) return
	await recordEntry(tx, deps, {
		kind: 'tenant.trouble_over',
		subject: null,
		actor: null,
		open: { code },
		sealed: {},
		at: deps.now(),
	})
}
