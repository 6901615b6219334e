import { holdCharter } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { findGrant, findRequest, type GrantRow } from '#db/queries/requests.ts'
import { setTenantOfGrant } from '#db/queries/tenant-troubles.ts'
import { loadGrantState } from '#db/queries/workflow-rows.ts'
import type { GrantTarget } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { elsewhereOf } from '#app/services/findings/one-tenant.server.ts'
import { openPermitJudge } from '#app/services/lapse/judge-permit.server.ts'
import { settleMany } from '#app/services/lapse/settle-many.server.ts'
import { isUnsentCode, type AssuranceCode } from '#workflows/grants/assurance-codes.ts'
import { fateOf } from '#workflows/grants/request-fate.ts'
import { applyGrantEvent } from '#app/services/access/step-grant.server.ts'
import { impatiently } from '#app/integrations/graph/urgency.server.ts'
import { recordConfirmed } from './confirm-grant.server.ts'
import {
	canBeOurs,
	END_TOLERANCE_MS,
	LONGEST_LOCKED_MS,
	mayBeUnlisted,
	POLL_MS,
	POLLS,
	readOrWait,
	refuse,
	stands,
	targetOf,
} from './grant-job.server.ts'
import { lookBeforeGranting, waitedMs } from './look-before-granting.server.ts'
import { notingHeldUp } from './note-held-up.server.ts'
import { isTakenUnmarked, isThereAllTheSame, sendAssignment } from './send-assignment.server.ts'
import { demandTenant } from './other-tenant.ts'
import { TryAgain } from './try-again.ts'

/**
 * Makes an approved grant real at the tenant. Idempotent: the intent is stored before the first call, and every later
 * run looks for our own request by the grant id before it sends again, so a crash at any point leaves one assignment.
 */
export const provisionGrant = (deps: Deps, grantId: string): Promise<void> =>
	notingHeldUp(deps, grantId, () => provision(deps, grantId))

async function provision(deps: Deps, grantId: string): Promise<void> {
	let grant = await findGrant(deps.database.db, grantId)
	const isFirst = grant.state === 'planned'
	if (isFirst) {
		// Of which nothing was sent yet is of no tenant: nothing is begun in one while what is known is of another.
		demandTenant(deps, await elsewhereOf(deps))
		const { refused, warned } = await look(deps, grant)
		if (refused[0] !== undefined) return refuse(deps, grant, refused[0])
		await beginSending(deps, grantId, warned)
		grant = await findGrant(deps.database.db, grantId)
	}
	if (grant.state !== 'provisioning') return
	// Whoever ends it waits for the lock on the place: what is not sent soon lets go of it, and is begun anew.
	await impatiently(LONGEST_LOCKED_MS, () => give(deps, grant, isFirst))
}

async function give(deps: Deps, grant: GrantRow, isFirst: boolean): Promise<void> {
	const target = targetOf(grant)
	// Nothing can have been sent in the run that stored the intent.
	const seen = isFirst ? null : await readOrWait(deps, target)
	const isListed = seen !== null && canBeOurs(grant) && (seen.assignRequest?.makes === true || stands(seen))
	if (!isListed && !(await send(deps, grant, target))) return
	await confirm(deps, grant, target, isFirst)
}

/** For so long a look at who is to be given access counts; what is sent later than that is looked at anew. */
const LOOK_COUNTS_MS = 3 * 60_000

/** Sends it, unless something has come to speak against it since it was looked at; false where nothing of it is there. */
async function send(deps: Deps, grant: GrantRow, target: GrantTarget): Promise<boolean> {
	const lookedAt = Date.parse(grant.context.endsAt ?? '') - grant.context.durationMs
	const isPatient = isRecent(grant, deps.now())
	if (deps.now().getTime() - lookedAt > LOOK_COUNTS_MS) {
		const [code] = (await lookBeforeGranting(deps, grant, { isPatient })).refused
		if (code !== undefined) return isThereAllTheSame(deps, grant, target, { code })
	}
	return sendAssignment(deps, grant, target)
}

/** An access that begins later than this after it was approved, whatever it has waited for, has outlived its reason. */
const UNREACHED_MS = 8 * 3_600_000
const isRecent = (grant: GrantRow, now: Date) => waitedMs(grant, now) < UNREACHED_MS

/** What speaks against sending anything; throws TryAgain where that cannot be found out now. */
async function look(
	deps: Deps,
	grant: GrantRow,
): Promise<{ refused: readonly string[]; warned: readonly AssuranceCode[] }> {
	const isPatient = isRecent(grant, deps.now())
	try {
		if (await isTakenUnmarked(deps, grant)) return { refused: ['HELD_OTHERWISE'], warned: [] }
		return await lookBeforeGranting(deps, grant, { isPatient })
	} catch (error) {
		if (!(error instanceof TryAgain) || isPatient) throw error
		return { refused: [outlivedFor(error.code)], warned: [] }
	}
}

/** What it waited for to the last; of an answer that passes, and where none was given, that the tenant was not reached. */
const outlivedFor = (code: string | null) =>
	code !== null && (isUnsentCode(code) || FORBIDDEN.has(code)) ? code : 'TENANT_UNREACHABLE'
/** Somebody answered all the time, and says what somebody has to mend. */
const FORBIDDEN: ReadonlySet<string> = new Set(['Authorization_RequestDenied', 'PermissionScopeNotGranted'])

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
			await setTenantOfGrant(tx, grantId, deps.tenant.id)
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

/** Waits until the tenant itself lists the access; "active" is said only then. */
async function confirm(deps: Deps, grant: GrantRow, target: GrantTarget, isFirst: boolean): Promise<void> {
	for (let poll = 0; poll < POLLS; poll++) {
		const sighting = await readOrWait(deps, target)
		const { assignRequest, active, activeIsOurs } = sighting
		if (assignRequest && active && activeIsOurs && lastsFor(grant, active.endsAt))
			return recordConfirmed(deps, grant, { assignRequest, active })
		if (assignRequest && fateOf(assignRequest.status) === 'over') {
			// It was to share what is gone by now: that says nothing against an assignment of its own.
			if (!assignRequest.makes && !activeIsOurs)
				throw new TryAgain('The assignment that was to be shared is gone; one is sent anew.', 1000)
			// What was sent before it may have had its effect, and be listed later.
			const { sentAt } = await findGrant(deps.database.db, grant.id)
			if (!isFirst && mayBeUnlisted(sentAt, deps.now()))
				throw new TryAgain('A request came to nothing; an earlier one may not be listed yet.', 5000)
			return refuse(deps, grant, `STATUS_${assignRequest.status.toUpperCase()}`)
		}
		await deps.pause(POLL_MS)
	}
	throw new TryAgain('The tenant has not listed the access yet.', null)
}

/** Clocks differ a little; an assignment that is shared must last as long as this grant needs it. */
function lastsFor({ context }: GrantRow, endsAt: Date | null): boolean {
	return endsAt === null || endsAt.getTime() >= Date.parse(context.endsAt ?? '') - END_TOLERANCE_MS
}
