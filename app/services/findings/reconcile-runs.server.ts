import type { Tx } from '#db/client.ts'
import { insertRun, lastRun, purgeRuns } from '#db/queries/reconcile-runs.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { breakGlassAccountsOf } from '#workflows/charter/entra.schema.ts'
import type { Governed } from '#workflows/grants/governed.ts'
import { watchedBy, type ReconcilePlan } from '#workflows/grants/reconcile.ts'
import type { PartState, TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { watchedHoldings, type HoldingsChange } from '#workflows/tenant/watched-holdings.ts'
import type { Deps } from '../deps.ts'
import { recordEntries } from '../record-entry.server.ts'
import { tellWatched } from './tell-finding.server.ts'
import { ROLES_UNREAD, tellPartsUnread, tellRolesUnread, unreadOf } from './tell-unread.server.ts'

/** `everything` reads the rules of the tenant as well: who signs in how, and what may be assigned for how long. */
export type ReconcileWhat = 'privileges' | 'everything'

const KEPT_MS = 7 * 86_400_000
/** An entry takes no more places of one account. */
const MOST_RECORDED = 400

const isPassing = (part: PartState) => !part.read && (part.why === 'throttled' || part.why === 'unavailable')

/**
 * Notes what a look saw; records and tells the officers when an account that is only watched got or lost something, and tells them
 * what of the tenant nobody sees.
 */
export async function noteRun(
	tx: Tx,
	deps: Deps,
	{
		what,
		startedAt,
		at,
		picture,
		lists,
		plan,
		charter,
		governed,
	}: {
		what: ReconcileWhat
		startedAt: Date
		at: Date
		picture: TenantPicture
		lists: TenantPicture
		plan: ReconcilePlan
		charter: Charter
		governed: Governed
	},
): Promise<void> {
	const tenantId = deps.tenant.id
	const last = await lastRun(tx, { well: true, tenantId })
	const { roleInstances, roleAssignments } = picture.parts
	const isKnown = roleInstances.read || roleAssignments.read
	const unread = await unreadOf(tx, deps, picture, governed, at)
	// A group that is read at one look and not at the next would be got and lost each time.
	const watched = watchedHoldings([...watchedBy(charter)], lists, last?.watched ?? [])
	if (isKnown) await noteHoldings(tx, deps, charter, watched.changes, at)
	else await tellRolesUnread(tx, deps, last, at)
	// Where the tenant answers nothing for a while, that is said once.
	if (isKnown || !isPassing(roleAssignments)) await tellPartsUnread(tx, deps, unread, at)
	await insertRun(tx, {
		id: deps.newId(),
		tenantId,
		what,
		startedAt,
		finishedAt: at,
		trouble: isKnown ? null : ROLES_UNREAD,
		unread,
		holdings: picture.roleHoldings.length + picture.groupHoldings.length,
		opened: plan.open.length,
		sighted: plan.sighted.length,
		missed: plan.missed.length,
		watched: isKnown ? watched.holdings : (last?.watched ?? []),
	})
	await purgeRuns(tx, new Date(at.getTime() - KEPT_MS))
}

/** What a watched account got or lost stands in the record for good, as what becomes of its methods does, and is told. */
async function noteHoldings(
	tx: Tx,
	deps: Deps,
	charter: Charter,
	changes: readonly HoldingsChange[],
	at: Date,
): Promise<void> {
	if (changes.length === 0) return
	const titles = new Map(breakGlassAccountsOf(charter).map(({ objectId, title }) => [objectId, title]))
	await recordEntries(
		tx,
		deps,
		changes.map(({ objectId, before, after }) => ({
			kind: 'watched.changed',
			subject: null,
			actor: null,
			open: { what: 'holdings' },
			sealed: {
				change: {
					objectId,
					title: titles.get(objectId) ?? objectId,
					before: before.slice(0, MOST_RECORDED),
					after: after.slice(0, MOST_RECORDED),
				},
			},
			at,
		})),
	)
	await tellWatched(tx, deps, at)
}

/** Notes that a look could not be done at all. */
export async function noteFailedRun(
	deps: Deps,
	what: ReconcileWhat,
	startedAt: Date,
	trouble: string,
): Promise<void> {
	await deps.database.withTx(async (tx) => {
		const tenantId = deps.tenant.id
		const last = await lastRun(tx, { well: true, tenantId })
		await insertRun(tx, {
			id: deps.newId(),
			tenantId,
			what,
			startedAt,
			finishedAt: deps.now(),
			trouble: trouble.slice(0, 64),
			unread: [],
			holdings: 0,
			opened: 0,
			sighted: 0,
			missed: 0,
			watched: last?.watched ?? [],
		})
	})
}
