import { dueForMethods } from '#db/queries/tenant-lists.ts'
import {
	forgetOldMethods,
	lockTenantSync,
	readTenantSync,
	saveMethods,
	saveTenantSync,
} from '#db/queries/tenant-users.ts'
import { DirectoryUnavailable } from '#app/integrations/directory-port.ts'
import { READING_HOLDS_MS } from '#workflows/people/authentication-methods.ts'
import type { Deps } from '../deps.ts'

/** How long a reading of somebody's methods is left as it is. */
export const METHODS_EVERY_MS = 86_400_000
/** How many people are read in one pass, in one batch. With a pass every ten seconds: two readings a second at most. */
export const METHODS_BATCH = 20
const PAUSE_MS = 60_000
const FORBIDDEN_PAUSE_MS = 15 * 60_000
/** What was read so long ago is not kept: it only says what somebody once had. */
const KEPT_MS = 4 * READING_HOLDS_MS

/**
 * Reads the authentication methods of the next few people who hold or may ask for access, kinds only. What stands in the
 * way of all of them is stored with how long to wait, and never taken for "none". Gives how many were read.
 */
export async function readMethods(
	deps: Deps,
	{ mayGoOn = () => true }: { mayGoOn?: () => boolean } = {},
): Promise<number> {
	const { database, directory } = deps
	const at = deps.now()
	const sync = await readTenantSync(database.db)
	if (sync === null || sync.tenant !== directory.tenant) return 0
	if (sync.methodsNotBefore !== null && sync.methodsNotBefore > at) return 0
	const before = new Date(at.getTime() - METHODS_EVERY_MS)
	const due = await dueForMethods(database.db, { at, before, limit: METHODS_BATCH })
	let read = 0
	if (due.length === 0 || !mayGoOn()) return 0
	let answers: Awaited<ReturnType<typeof directory.methodsOf>>
	try {
		answers = await directory.methodsOf(due)
	} catch (error) {
		if (!(error instanceof DirectoryUnavailable)) throw error
		await noteTrouble(deps, due[0] ?? '', error)
		return 0
	}
	for (const [index, objectId] of due.entries()) {
		const answer = answers[index]
		// One that was refused says what stands in the way; those that were answered beside it stand.
		if (answer === undefined || answer instanceof DirectoryUnavailable) continue
		await database.withTx(async (tx) => {
			await saveMethods(tx, objectId, answer === null ? { trouble: 'absent' } : { kinds: answer }, deps.now())
			if (sync.methodsTrouble !== null) await saveTenantSync(tx, AT_PEACE)
		})
		read += 1
	}
	for (const [index, objectId] of due.entries()) {
		const answer = answers[index]
		if (answer instanceof DirectoryUnavailable) await noteTrouble(deps, objectId, answer)
	}
	await database.withTx((tx) => forgetOldMethods(tx, new Date(at.getTime() - KEPT_MS)))
	return read
}

const AT_PEACE = {
	methodsTrouble: null,
	methodsTroubleCode: null,
	methodsTroubleSince: null,
	methodsNotBefore: null,
}

async function noteTrouble(
	deps: Deps,
	objectId: string,
	{ trouble, code, retryAfterMs }: DirectoryUnavailable,
): Promise<void> {
	const at = deps.now()
	const isNew = await deps.database.withTx(async (tx) => {
		const sync = await lockTenantSync(tx, deps.directory.tenant)
		const isSame = sync.methodsTrouble === trouble && sync.methodsTroubleCode === code
		// One whose answer is unreadable must not hold up everybody else: it goes to the end of the line.
		if (trouble === 'unavailable') await saveMethods(tx, objectId, { trouble }, at)
		const pause = trouble === 'forbidden' || trouble === 'unsupported' ? FORBIDDEN_PAUSE_MS : PAUSE_MS
		await saveTenantSync(tx, {
			methodsTrouble: trouble,
			methodsTroubleCode: code,
			methodsTroubleSince: isSame ? sync.methodsTroubleSince : at,
			methodsNotBefore: new Date(at.getTime() + (retryAfterMs ?? pause)),
		})
		return !isSame
	})
	if (isNew) deps.log.warn({ trouble, code }, 'authentication methods cannot be read from the tenant')
}
