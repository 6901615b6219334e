import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '#db/client.ts'
import { askForLook } from '#db/queries/look-asks.ts'
import { lockGroupSync, readGroupSyncs, saveGroupSync, type GroupSyncRow } from '#db/queries/tenant-groups.ts'
import { DirectoryUnavailable, GROUPS_A_DELTA, type DeltaPage } from '#app/integrations/directory-port.ts'
import { governedBy, governedParts } from '#workflows/grants/governed.ts'
import type { Deps } from '../deps.ts'
import { pauseAfter } from './pause-after.ts'

/** A tenant that has us begin anew again and again is waited for. */
const MOST_ANEW = 3

/** Up to fifty governed groups that are asked about together. */
type Part = { part: number; groupIds: readonly string[] }

/**
 * Asks the tenant what has changed in the groups that the charter governs, and asks for a look where something has: who came and
 * who left is judged by the look, which reads it. Where nothing has changed a round is one call for each fifty groups. All are read
 * anew where a link is worth nothing any more, which asks for a look as well, since nobody knows what was missed. A page and the
 * link behind it are stored together with what they ask for. What stands in the way is stored, with how long to wait.
 */
export async function syncTenantGroups(
	deps: Deps,
	{ everyMs, mayGoOn = () => true }: { everyMs: number; mayGoOn?: () => boolean },
): Promise<void> {
	const { database, directory } = deps
	const { charter } = await deps.charters.inForce(database.db)
	const { groups } = governedParts(governedBy(charter, deps.tenant.groups))
	const known = await readGroupSyncs(database.db)
	for (const each of partsOf(groups)) {
		if (!mayGoOn()) return
		const sync = known.get(each.part)
		if (sync !== undefined && !isDue(sync, each, directory.tenant, { at: deps.now(), everyMs })) continue
		try {
			await readPart(deps, each, mayGoOn)
		} catch (error) {
			if (!(error instanceof DirectoryUnavailable)) throw error
			await noteTrouble(deps, each, error)
		}
	}
}

/** Governed groups by fifties, in the order of their ids. */
export function partsOf(groupIds: readonly string[]): Part[] {
	const parts: Part[] = []
	for (let from = 0; from < groupIds.length; from += GROUPS_A_DELTA)
		parts.push({ part: parts.length, groupIds: groupIds.slice(from, from + GROUPS_A_DELTA) })
	return parts
}

const isOf = (sync: GroupSyncRow, { groupIds }: Part, tenant: string) =>
	sync.tenant === tenant && isDeepStrictEqual(sync.groupIds, [...groupIds])

const isUnderWay = ({ startedAt, finishedAt }: GroupSyncRow) =>
	startedAt !== null && (finishedAt === null || finishedAt < startedAt)

function isDue(
	sync: GroupSyncRow,
	each: Part,
	tenant: string,
	{ at, everyMs }: { at: Date; everyMs: number },
): boolean {
	if (sync.tenant === tenant && sync.notBefore !== null && sync.notBefore > at) return false
	return (
		!isOf(sync, each, tenant) ||
		isUnderWay(sync) ||
		sync.finishedAt === null ||
		at.getTime() - sync.finishedAt.getTime() >= everyMs
	)
}

async function readPart(deps: Deps, each: Part, mayGoOn: () => boolean): Promise<void> {
	let link = await deps.database.withTx((tx) => beginRound(tx, deps, each))
	let anew = 0
	while (mayGoOn()) {
		const asked = link
		const page = await deps.directory.groupChanges(asked, each.groupIds)
		if (page.kind === 'resync' && ++anew > MOST_ANEW) throw new DirectoryUnavailable('unavailable', 'Resync')
		const went = await deps.database.withTx((tx) => takePage(tx, deps, each, asked, page))
		if (went.isFinished) return
		link = went.link
	}
}

/** Where the round goes on, or begins. Other groups than last time, or of another tenant, are read from the beginning. */
async function beginRound(tx: Tx, { directory, now }: Deps, each: Part): Promise<string | null> {
	const { tenant } = directory
	const sync = await lockGroupSync(tx, { ...each, tenant })
	const isOther = !isOf(sync, each, tenant)
	if (!isOther && isUnderWay(sync)) return sync.nextLink
	const link = isOther ? null : sync.deltaLink
	await saveGroupSync(tx, each.part, {
		...(isOther ? { ...AT_PEACE, deltaLink: null, tenant, groupIds: [...each.groupIds] } : {}),
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
	each: Part,
	asked: string | null,
	page: DeltaPage<string>,
): Promise<{ isFinished: boolean; link: string | null }> {
	const { tenant } = deps.directory
	const sync = await lockGroupSync(tx, { ...each, tenant })
	const at = deps.now()
	// Another process has gone on meanwhile, or with other groups: the round is its own.
	if (sync.nextLink !== asked || !isOf(sync, each, tenant)) return { isFinished: true, link: null }
	if (page.kind === 'resync') {
		const next = { reading: 'everyone', nextLink: page.link, deltaLink: null } as const
		await saveGroupSync(tx, each.part, { ...next, ...AT_PEACE, startedAt: at })
		return { isFinished: false, link: page.link }
	}
	const isDone = page.then.kind === 'done'
	const { link } = page.then
	// What was before a reading of all is unknown: a look at its end compares all of it.
	const asksForLook = sync.reading === 'changes' ? page.changes.length > 0 : isDone
	if (asksForLook) await askForLook(tx, at)
	await saveGroupSync(tx, each.part, {
		...AT_PEACE,
		...(isDone ? { nextLink: null, deltaLink: link, finishedAt: at } : { nextLink: link }),
	})
	return isDone ? { isFinished: true, link: null } : { isFinished: false, link }
}

async function noteTrouble(deps: Deps, each: Part, error: DirectoryUnavailable): Promise<void> {
	const at = deps.now()
	const { trouble, code } = error
	const isNew = await deps.database.withTx(async (tx) => {
		const sync = await lockGroupSync(tx, { ...each, tenant: deps.directory.tenant })
		await saveGroupSync(tx, each.part, {
			trouble,
			troubleCode: code,
			troubleSince: sync.troubleSince ?? at,
			failures: sync.failures + 1,
			notBefore: new Date(at.getTime() + pauseAfter(error, sync.failures)),
		})
		return sync.troubleCode !== code
	})
	if (isNew) deps.log.warn({ trouble, code }, 'what changes in groups of the tenant cannot be read')
}
