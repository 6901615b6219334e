import { setTimeout as pause } from 'node:timers/promises'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { findGrant, findRequest, grantsOnSameTarget, type GrantRow } from '#db/queries/requests.ts'
import { loadGrantState } from '#db/queries/workflow-rows.ts'
import { GrantPortUnavailable, type GrantTarget, type Sighting } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { openPermitJudge } from '#app/services/lapse/judge-permit.server.ts'
import { settleMany } from '#app/services/lapse/settle-many.server.ts'
import type { AssuranceCode } from '#workflows/grants/assurance-codes.ts'
import { isHeld, mayBeLive } from '#workflows/grants/grant-states.ts'
import { isTimedByTenant } from '#workflows/grants/place.ts'
import { fateOf } from '#workflows/grants/request-fate.ts'
import { isHeldByCharterkeep } from '#app/services/access/shared-target.server.ts'
import { applyGrantEvent, stepGrant } from '#app/services/access/step-grant.server.ts'
import { lookBeforeGranting } from './look-before-granting.server.ts'
import { TryAgain } from './try-again.ts'

/** Entra's own clock and ours differ, and it refuses active times under five minutes: the backstop leaves room. */
export const SHORTEST_AT_TENANT_MS = 6 * 60_000
export const END_TOLERANCE_MS = 120_000
export const POLL_MS = 400
export const POLLS = 12

export const targetOf = ({ id, context }: GrantRow): GrantTarget => ({
	grantId: id,
	principalId: context.principalId,
	place: context.place,
})

/**
 * Makes an approved grant real at the tenant. Idempotent: the intent is stored before the first call, and every later
 * run looks for our own request by the grant id before it sends again, so a crash at any point leaves one assignment.
 */
export async function provisionGrant(deps: Deps, grantId: string): Promise<void> {
	let grant = await findGrant(deps.database.db, grantId)
	const isFirst = grant.state === 'planned'
	if (isFirst) {
		if (await isTakenUnmarked(deps, grant)) return refuse(deps, grant, 'HELD_OTHERWISE')
		const { refused, warned } = await lookBeforeGranting(deps, grant)
		if (refused[0] !== undefined) return refuse(deps, grant, refused[0])
		await beginSending(deps, grantId, warned)
		grant = await findGrant(deps.database.db, grantId)
	}
	if (grant.state !== 'provisioning') return
	const target = targetOf(grant)
	// Nothing can have been sent in the run that stored the intent.
	const seen = isFirst ? null : await deps.grants.read(target)
	if ((seen === null || seen.assignRequest === null) && !(await send(deps, grant, target, isFirst))) return
	await confirm(deps, grant, target)
}

/** Stores that the tenant is about to be asked, unless the charter in force no longer allows it: then it ends here. */
async function beginSending(deps: Deps, grantId: string, warned: readonly AssuranceCode[]): Promise<void> {
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		const before = await loadGrantState(tx, grantId, true)
		const { requestId, personId, durationMs, startAt } = before.snapshot.context
		const at = deps.now().toISOString()
		const judge = await openPermitJudge(tx, deps)
		const { role, charterVersionId, filedBy } = await findRequest(tx, requestId)
		const { reasons } = await judge(
			{
				role,
				charterVersionId,
				phase: 'starting',
				remainingMs: durationMs,
				approvals: [],
				requesterId: personId,
				filedBy,
			},
			await factsOf(tx, [personId]),
			at,
		)
		if (reasons.length === 0) {
			await applyGrantEvent(tx, deps, before, { type: 'SEND', warned, at }, ({ endsAt }) => ({
				kind: 'grant.sending',
				open: {
					grantId,
					requestId,
					endsAt: endsAt ?? '',
					...(warned.length > 0 ? { warned: [...warned] } : {}),
				},
			}))
			// Until now its permit was judged for a time to come: where they are is asked from here on.
			if (startAt !== null)
				await settleMany(tx, deps, { requestIds: [], grantIds: [grantId] }, { cause: 'lapse' })
		} else {
			deps.log.warn({ grantId, reasons }, 'an approved access was not sent: the charter no longer allows it')
			const isPinned = (await deps.charters.inForce(tx)).id === charterVersionId
			const cause = isPinned ? 'lapse' : 'charter'
			await applyGrantEvent(
				tx,
				deps,
				before,
				{ type: 'END', cause, code: reasons[0], actorId: null, at },
				() => ({ kind: 'grant.ended', open: { grantId, requestId, how: 'never_active' } }),
			)
		}
	})
	deps.wake()
}

/** Sends the assignment once; false when the tenant has definitely refused. */
async function send(deps: Deps, grant: GrantRow, target: GrantTarget, isFirst: boolean): Promise<boolean> {
	const { database, grants, now } = deps
	const { ticket } = await findRequest(database.db, grant.requestId)
	const soonest = now().getTime() + SHORTEST_AT_TENANT_MS
	const endsAt = new Date(Math.max(Date.parse(grant.context.endsAt ?? ''), soonest))
	const outcome = await grants.assign({
		...target,
		endsAt,
		justification: `${ticket} (Charterkeep grant ${grant.id})`,
	})
	switch (outcome.kind) {
		case 'accepted':
			return true
		case 'later':
			if (isGoneForGood(grant, outcome.code, now())) {
				await refuse(deps, grant, outcome.code)
				return false
			}
			throw new TryAgain(`The tenant answered ${outcome.code}.`, outcome.retryAfterMs)
		case 'refused':
			await refuse(deps, grant, outcome.code)
			return false
		case 'exists':
			// Nothing of ours can be there before the first call: somebody else was faster, and there is no mark to tell by.
			if (isFirst && (await isTakenUnmarked(deps, grant))) {
				await refuse(deps, grant, 'HELD_OTHERWISE')
				return false
			}
			return isOursAfterAll(deps, grant, target)
		case 'absent':
		case 'unknown':
			throw new TryAgain('The tenant gave no clear answer; reading back before anything is sent again.', 0)
	}
}

/**
 * Whether the person is already where a grant is to put them, by somebody else's doing, and the tenant keeps no mark by
 * which the two could be told apart: then ending ours would end theirs.
 */
async function isTakenUnmarked(deps: Deps, grant: GrantRow): Promise<boolean> {
	const target = targetOf(grant)
	if (isTimedByTenant(target.place)) return false
	if ((await readOrWait(deps, target)).active === null) return false
	const others = await grantsOnSameTarget(deps.database.db, grant)
	if (others.some(({ state }) => isHeld(state))) return false
	// What is there is ours, and about to go: then it is given anew.
	if (others.some(({ state }) => mayBeLive(state)))
		throw new TryAgain('Another access to the same place has not ended yet.', 2000)
	return true
}

/** A new principal is known to PIM within a minute or two; one that is not known after this time is not there. */
const REPLICATED_WITHIN_MS = 10 * 60_000
const NOT_KNOWN_YET = new Set(['SubjectNotFound', 'Request_ResourceNotFound'])
const isGoneForGood = ({ context, createdAt }: GrantRow, code: string, now: Date) =>
	NOT_KNOWN_YET.has(code) &&
	now.getTime() - Date.parse(context.startAt ?? createdAt.toISOString()) > REPLICATED_WITHIN_MS

/** Something holds this role already: ours from a call whose answer was lost, another grant's, or somebody else's. */
async function isOursAfterAll(deps: Deps, grant: GrantRow, target: GrantTarget): Promise<boolean> {
	for (let poll = 0; poll < POLLS; poll++) {
		const { assignRequest, active, activeIsOurs } = await deps.grants.read(target)
		if (assignRequest && fateOf(assignRequest.status) !== 'over') return true
		if (active && !activeIsOurs && (await isHeldByCharterkeep(deps, grant, active.grantIds)))
			return share(deps, grant, target)
		if (active && !activeIsOurs) {
			await refuse(deps, grant, 'HELD_OTHERWISE')
			return false
		}
		await pause(POLL_MS)
	}
	throw new TryAgain('The tenant says that the assignment exists, but does not list it yet.', null)
}

/**
 * Another grant of this person holds the same role and scope: the tenant knows one assignment for both, so that one is
 * made to last as long as the longer of them and is marked as this grant's as well. False when the tenant refuses.
 */
async function share(deps: Deps, grant: GrantRow, target: GrantTarget): Promise<boolean> {
	const others = await grantsOnSameTarget(deps.database.db, grant)
	const ends = [grant, ...others.filter(({ state }) => isHeld(state))].map(({ context }) =>
		Date.parse(context.endsAt ?? ''),
	)
	const soonest = deps.now().getTime() + SHORTEST_AT_TENANT_MS
	const { ticket } = await findRequest(deps.database.db, grant.requestId)
	const outcome = await deps.grants.update({
		...target,
		endsAt: new Date(Math.max(soonest, ...ends.filter(Number.isFinite))),
		justification: `${ticket} (Charterkeep grant ${grant.id}, beside another)`,
	})
	switch (outcome.kind) {
		case 'accepted':
			return true
		case 'later':
			throw new TryAgain(`The tenant answered ${outcome.code}.`, outcome.retryAfterMs)
		case 'refused':
			await refuse(deps, grant, outcome.code)
			return false
		case 'exists':
		case 'absent':
		case 'unknown':
			throw new TryAgain('The assignment to be shared is not as it was: reading back before going on.', 500)
	}
}

/** Waits until the tenant itself lists the access; "active" is said only then. */
async function confirm(deps: Deps, grant: GrantRow, target: GrantTarget): Promise<void> {
	for (let poll = 0; poll < POLLS; poll++) {
		const sighting = await readOrWait(deps, target)
		const { assignRequest, active, activeIsOurs } = sighting
		if (assignRequest && active && activeIsOurs && lastsFor(grant, active.endsAt)) {
			const at = deps.now().toISOString()
			const startsAt = (active.startsAt ?? deps.now()).toISOString()
			await stepGrant(
				deps,
				grant.id,
				{
					type: 'CONFIRMED',
					startsAt,
					tenantRequestId: assignRequest.requestId,
					tenantInstanceId: active.instanceId,
					at,
				},
				({ grantId, requestId, endsAt }) => ({
					kind: 'grant.confirmed',
					open: {
						grantId,
						requestId,
						role: grant.role,
						startsAt,
						endsAt: endsAt ?? '',
						tenantRequestId: assignRequest.requestId,
						tenantInstanceId: active.instanceId,
					},
				}),
			)
			return
		}
		if (assignRequest && fateOf(assignRequest.status) === 'over')
			return refuse(deps, grant, `STATUS_${assignRequest.status.toUpperCase()}`)
		await pause(POLL_MS)
	}
	throw new TryAgain('The tenant has not listed the access yet.', null)
}

/** Clocks differ a little; an assignment that is shared must last as long as this grant needs it. */
function lastsFor({ context }: GrantRow, endsAt: Date | null): boolean {
	return endsAt === null || endsAt.getTime() >= Date.parse(context.endsAt ?? '') - END_TOLERANCE_MS
}

/** What the tenant holds; TryAgain where it cannot be read now. */
export async function readOrWait({ grants }: Deps, target: GrantTarget): Promise<Sighting> {
	try {
		return await grants.read(target)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		throw new TryAgain(error.message, error.retryAfterMs)
	}
}

async function refuse(deps: Deps, { id }: GrantRow, code: string): Promise<void> {
	await stepGrant(
		deps,
		id,
		{ type: 'REFUSED', code, at: deps.now().toISOString() },
		({ grantId, requestId }) => ({
			kind: 'grant.failed',
			open: { grantId, requestId, code: code.slice(0, 64) },
		}),
	)
}
