import type { Tx } from '#db/client.ts'
import { lastRun, type RunRow } from '#db/queries/reconcile-runs.ts'
import type { UnreadPart } from '#db/schema/findings.ts'
import { governedParts, type Governed } from '#workflows/grants/governed.ts'
import { msBetween, type Instant } from '#workflows/shared/instants.ts'
import { PICTURE_PARTS, type TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { unseenIn, UNSEEN, type Unseen, type UnseenSince } from '#workflows/tenant/unseen-parts.ts'
import type { Deps } from '../deps.ts'
import { notify } from '../notify/notify.server.ts'
import { menders } from '../tenant/menders.ts'

export const ROLES_UNREAD = 'ROLES_UNREAD'
/** What may be over in a moment is given so long before people are told. */
const UNREAD_MS = 120_000

/** Parts that could not be read, each with since when that hides what the charter governs. Parts that nobody asked for are no trouble. */
export async function unreadOf(
	tx: Tx,
	{ tenant }: Pick<Deps, 'tenant'>,
	picture: TenantPicture,
	governed: Governed,
	at: Date,
): Promise<UnreadPart[]> {
	const parts = PICTURE_PARTS.flatMap((part): UnreadPart[] => {
		const state = picture.parts[part]
		return state.read || state.why === 'notAsked' ? [] : [{ part, why: state.why, code: state.code }]
	})
	const groups = picture.groups.flatMap(({ objectId, unread }): UnreadPart[] =>
		unread.length === 0 ? [] : [{ part: `group ${objectId}`, why: 'unreadable', code: unread.join(' ') }],
	)
	const all = [...parts, ...groups]
	if (all.length === 0 || governed.size === 0) return all
	const asked = { tenantId: tenant.id, looked: true }
	const last = await lastRun(tx, asked)
	// Rules are read by some looks alone.
	const lastRules = await lastRun(tx, { ...asked, what: 'everything' })
	const sinceOf = (part: string, code: Unseen): Instant =>
		(code === 'POLICIES_UNREAD' ? lastRules : last)?.unread.find((each) => each.part === part)?.since?.[
			code
		] ?? at.toISOString()
	const hasRoles = governedParts(governed).roles.length > 0
	return all.map((each) => {
		const isOfRoles = each.part === 'roleEligibilities' || each.part === 'roleSchedules'
		const hidden = isOfRoles && !hasRoles ? [] : unseenIn(picture, each.part)
		const since: UnseenSince = Object.fromEntries(hidden.map((code) => [code, sinceOf(each.part, code)]))
		return hidden.length === 0 ? each : { ...each, since }
	})
}

/** Officers learn once that nobody sees who holds which role, when that has lasted; a first look that fails has no other to count from. */
export async function tellRolesUnread(tx: Tx, deps: Deps, lastWell: RunRow | null, at: Date): Promise<void> {
	const isFirst = lastWell === null && (await lastRun(tx, { tenantId: deps.tenant.id })) === null
	if (isFirst || (lastWell !== null && at.getTime() - lastWell.finishedAt.getTime() < UNREAD_MS)) return
	await tell(tx, deps, ROLES_UNREAD, `roles unread since ${lastWell?.id ?? 'the first look'}`, at)
}

/**
 * The same of everything else that the charter governs: taking the permission to read it is the first step of whoever wants something
 * unseen. Told once for each until it is read again.
 */
export async function tellPartsUnread(
	tx: Tx,
	deps: Deps,
	unread: readonly UnreadPart[],
	at: Date,
): Promise<void> {
	for (const code of UNSEEN) {
		const [since] = unread.flatMap((part) => part.since?.[code] ?? []).sort()
		if (since === undefined || msBetween(since, at.toISOString()) < UNREAD_MS) continue
		await tell(tx, deps, code, `${code} since ${since}`, at)
	}
}

async function tell(tx: Tx, deps: Deps, code: string, once: string, at: Date): Promise<void> {
	await notify(tx, deps, {
		kind: 'tenant_trouble',
		to: menders(code),
		about: { type: 'tenant', id: null },
		code,
		once,
		at,
	})
}
