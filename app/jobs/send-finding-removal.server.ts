import { loadFinding, noteAskingTenant, noteTenantRefused } from '#db/queries/findings.ts'
import {
	GrantPortUnavailable,
	type GrantTarget,
	type Schedule,
	type WriteOutcome,
} from '#app/integrations/grant-port.ts'
import { menderOf } from '#app/integrations/graph/tenant-answers.ts'
import type { Deps } from '#app/services/deps.ts'
import { stepFinding } from '#app/services/findings/step-finding.server.ts'
import type { Removal } from '#workflows/grants/differences.ts'
import { REMOVAL_RETRY_MS } from '#workflows/grants/grant.machine.ts'
import { msBetween } from '#workflows/shared/instants.ts'
import { BARRED, reasonOf, THROTTLED } from './send-removal.server.ts'
import { TryAgain } from './try-again.ts'

/** What a finding takes away in the tenant itself; one of our own accesses is ended by its own statechart. */
export type Standing = Exclude<Removal, { what: 'grant' }>

/** What the tenant lists of it: active now, and by schedules, of which one may be still to begin. */
type Listed = {
	isHeld: boolean
	isActive: boolean
	startsAt: string | null
	schedules: readonly Schedule[]
}

/**
 * What the tenant holds of what is to be removed. Where the first application may not read it, the kill switch sends the removal
 * unseen, if it can hit nothing else; the reading is tried again in any case, since nothing is said to be removed before.
 */
export async function lookOrKill(
	deps: Deps,
	findingId: string,
	removal: Standing,
	target: GrantTarget,
): Promise<Listed> {
	try {
		return await look(deps, removal, target)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		const { code } = error
		if (code !== null && BARRED.has(code) && (await isSurelyMeant(deps, findingId, removal)))
			await sendUnread(deps, findingId, orderOf(findingId, target), code)
		if (code !== null) await noteHeldUp(deps, findingId, code)
		throw new TryAgain(error.message, error.retryAfterMs, { cause: error, code })
	}
}

/**
 * What is seen now: by the lists of PIM, and of a role also by the assignments themselves, which one list may be behind.
 */
export async function look({ grants }: Deps, { what }: Standing, target: GrantTarget): Promise<Listed> {
	if (what === 'eligibility') {
		const isHeld = await grants.eligibilities.isHeld(target)
		return { isHeld, isActive: isHeld, startsAt: null, schedules: [] }
	}
	// Whoever asked for it: only what stands there counts.
	const { active } = await grants.read(target, { isRequestKnown: true })
	const schedules = await grants.schedules.read(target)
	return {
		isHeld: active !== null || schedules.length > 0 || (await grants.assignments.isListed(target)),
		isActive: active !== null,
		startsAt: active?.startsAt?.toISOString() ?? null,
		schedules,
	}
}

/**
 * Whether removing unseen can hit nothing but what was found: an assignment that is active, of somebody in their own name. Nobody
 * knows who came into a group since it was seen.
 */
async function isSurelyMeant({ database }: Deps, findingId: string, { what }: Standing): Promise<boolean> {
	const { difference } = (await loadFinding(database.db, findingId)).row.context
	return (
		what === 'assignment' &&
		difference.standing === 'active' &&
		difference.through === null &&
		(difference.principalKind === 'user' || difference.principalKind === 'servicePrincipal')
	)
}

/**
 * Notes what keeps a removal from its end, so that the page says it and whoever can mend it is told: at once where it does not pass
 * by itself, otherwise once the removal is an alarm already.
 */
export async function noteHeldUp(deps: Deps, findingId: string, said: string): Promise<void> {
	const code = said.slice(0, 64)
	const { state, context } = (await loadFinding(deps.database.db, findingId)).row
	const isPassing = menderOf(code) === 'nobody' || !BARRED.has(code)
	if (state !== 'notConfirmed' && (state !== 'removing' || isPassing)) return
	if (state === 'notConfirmed' && context.failure === code) return
	await stepFinding(deps, findingId, { type: 'FAILED', code, at: deps.now().toISOString() })
}

const orderOf = (findingId: string, target: GrantTarget) => ({
	...target,
	justification: `Charterkeep finding ${findingId}: not approved`,
})

/** Sends the removal by the first application, and where that one is kept from it by the kill switch. */
export async function sendFindingRemoval(
	deps: Deps,
	findingId: string,
	{ what }: Standing,
	target: GrantTarget,
	{ isActive, schedules }: Listed,
): Promise<WriteOutcome> {
	const order = orderOf(findingId, target)
	if (what === 'eligibility') return asking(deps, findingId, () => deps.grants.eligibilities.remove(order))
	const cancelled = isActive ? null : await cancelGranted(deps, findingId, target, schedules)
	if (cancelled !== null) return cancelled
	return sendByEither(deps, findingId, order)
}

/** Refused at the door, or by what it says: nothing was done. */
const isRefused = ({ kind }: WriteOutcome): boolean => kind === 'refused' || kind === 'later'

/**
 * Asks the tenant, and notes before that it does: whatever comes between, what it may have taken away is never told as gone by itself,
 * nor as removed what it refused each time.
 */
async function asking(
	deps: Deps,
	findingId: string,
	send: () => Promise<WriteOutcome>,
): Promise<WriteOutcome> {
	const { database, now } = deps
	const { context } = (await loadFinding(database.db, findingId)).snapshot
	const wasAsked = context.tenantAskedAt !== null
	if (!(await database.withTx((tx) => noteAskingTenant(tx, findingId, now()))))
		throw new TryAgain('Its removal is under way no more.', 0)
	const outcome = await send()
	if (!wasAsked && isRefused(outcome)) await database.withTx((tx) => noteTenantRefused(tx, findingId))
	return outcome
}

type Order = GrantTarget & { justification: string }

async function sendByEither(deps: Deps, findingId: string, order: Order): Promise<WriteOutcome> {
	const first = await asking(deps, findingId, () => deps.grants.remove(order))
	const code = 'code' in first ? first.code : first.kind
	if (!BARRED.has(code)) return first
	return (await sendByKillSwitch(deps, findingId, order, code)) ?? first
}

/** As of an access of ours: a list that is asked for too often is no reason to use the kill switch before the removal is barred. */
async function sendUnread(deps: Deps, findingId: string, order: Order, code: string): Promise<void> {
	if (code === THROTTLED) await sendByEither(deps, findingId, order)
	else await sendByKillSwitch(deps, findingId, order, code)
}

/** Null where there is none, or where it was sent a moment ago and has not had its time. The intent is stored first. */
async function sendByKillSwitch(
	deps: Deps,
	findingId: string,
	order: Order,
	code: string,
): Promise<WriteOutcome | null> {
	const { killSwitch } = deps.grants
	if (killSwitch === null) return null
	const { killSwitchAt } = (await loadFinding(deps.database.db, findingId)).row.context
	const at = deps.now().toISOString()
	if (killSwitchAt !== null && msBetween(killSwitchAt, at) < REMOVAL_RETRY_MS) return null
	const why = reasonOf(code)
	if ((await stepFinding(deps, findingId, { type: 'KILL_SWITCH', code: why, at })) === null) return null
	return asking(deps, findingId, () => killSwitch.remove(order))
}

/** Takes back what the tenant has only granted. Null: something is left that is removed as what is active is. */
async function cancelGranted(
	deps: Deps,
	findingId: string,
	target: GrantTarget,
	schedules: readonly Schedule[],
): Promise<WriteOutcome | null> {
	let last: WriteOutcome | null = null
	for (const { cancel } of schedules) {
		if (cancel === null) continue
		last = await asking(deps, findingId, () => deps.grants.cancel(target, cancel))
		// It may have begun since it was read: then it is removed.
		if (last.kind === 'refused' || last.kind === 'absent') return null
		if (last.kind !== 'accepted') return last
	}
	return schedules.some(({ cancel }) => cancel === null) ? null : last
}
