import type { Tx } from '#db/client.ts'
import { insertRun, lastRun, purgeRuns, type RunRow } from '#db/queries/reconcile-runs.ts'
import type { UnreadPart, WatchedHolding } from '#db/schema/findings.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { placeKey } from '#workflows/grants/place.ts'
import { watchedBy, type ReconcilePlan } from '#workflows/grants/reconcile.ts'
import { PICTURE_PARTS, type TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import type { Deps } from '../deps.ts'
import { notify } from '../notify/notify.server.ts'
import { menders } from '../tenant/menders.ts'
import { tellWatched } from './tell-finding.server.ts'

/** `everything` reads the rules of the tenant as well: who signs in how, and what may be assigned for how long. */
export type ReconcileWhat = 'privileges' | 'everything'

const ROLES_UNREAD = 'ROLES_UNREAD'
/** What may be over in a moment is given so long before people are told. */
const UNREAD_MS = 120_000
const KEPT_MS = 7 * 86_400_000

/** Notes what a look saw, and tells the officers when an account holds something else that is only watched. */
export async function noteRun(
	tx: Tx,
	deps: Deps,
	{
		what,
		startedAt,
		at,
		picture,
		plan,
		charter,
	}: {
		what: ReconcileWhat
		startedAt: Date
		at: Date
		picture: TenantPicture
		plan: ReconcilePlan
		charter: Charter
	},
): Promise<void> {
	const watched = watchedNow(charter, picture)
	const tenantId = deps.tenant.id
	const last = await lastRun(tx, { well: true, tenantId })
	const isSame =
		last === null ||
		watched.every(({ objectId, places }) => {
			const then = last.watched.find((each) => each.objectId === objectId)
			// One that was not watched before is told on the page.
			return then === undefined || then.places.join('\n') === places.join('\n')
		})
	const isKnown = picture.parts.roleInstances.read || picture.parts.roleAssignments.read
	if (isKnown && !isSame) await tellWatched(tx, deps, at)
	if (!isKnown) await tellUnread(tx, deps, last, at)
	await insertRun(tx, {
		id: deps.newId(),
		tenantId,
		what,
		startedAt,
		finishedAt: at,
		trouble: isKnown ? null : ROLES_UNREAD,
		unread: unreadOf(picture),
		holdings: picture.roleHoldings.length + picture.groupHoldings.length,
		opened: plan.open.length,
		sighted: plan.sighted.length,
		missed: plan.missed.length,
		watched: isKnown ? watched : (last?.watched ?? []),
	})
	await purgeRuns(tx, new Date(at.getTime() - KEPT_MS))
}

/** Officers learn once that nobody sees who holds what, when that has lasted; a first look that fails has no other to count from. */
async function tellUnread(tx: Tx, deps: Deps, lastWell: RunRow | null, at: Date): Promise<void> {
	const isFirst = lastWell === null && (await lastRun(tx, { tenantId: deps.tenant.id })) === null
	if (isFirst || (lastWell !== null && at.getTime() - lastWell.finishedAt.getTime() < UNREAD_MS)) return
	await notify(tx, deps, {
		kind: 'tenant_trouble',
		to: menders(ROLES_UNREAD),
		about: { type: 'tenant', id: null },
		code: ROLES_UNREAD,
		once: `roles unread since ${lastWell?.id ?? 'the first look'}`,
		at,
	})
}

/** What each of the accounts holds that are only watched: how, and where. */
function watchedNow(charter: Charter, { roleHoldings, groupHoldings }: TenantPicture): WatchedHolding[] {
	return [...watchedBy(charter)].sort().map((objectId) => ({
		objectId,
		places: [
			...roleHoldings
				.filter(({ principalId }) => principalId === objectId)
				.map(({ how, ...place }) => `${how} ${placeKey({ ...place, kind: 'role' })}`),
			...groupHoldings
				.filter(({ principalId }) => principalId === objectId)
				.map(({ how, ...place }) => `${how} ${placeKey({ ...place, kind: 'group', by: 'pim' })}`),
		].sort(),
	}))
}

/** Parts that nobody asked for are no trouble. */
function unreadOf(picture: TenantPicture): UnreadPart[] {
	const parts = PICTURE_PARTS.flatMap((part): UnreadPart[] => {
		const state = picture.parts[part]
		return state.read || state.why === 'notAsked' ? [] : [{ part, why: state.why, code: state.code }]
	})
	const groups = picture.groups.flatMap(({ objectId, unread }): UnreadPart[] =>
		unread.length === 0 ? [] : [{ part: `group ${objectId}`, why: 'unreadable', code: unread.join(' ') }],
	)
	return [...parts, ...groups]
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
