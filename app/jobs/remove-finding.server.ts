import { loadFinding } from '#db/queries/findings.ts'
import { grantsSince } from '#db/queries/reconcile-runs.ts'
import { findGrant } from '#db/queries/requests.ts'
import { loadGrantState } from '#db/queries/workflow-rows.ts'
import { GrantPortUnavailable, type GrantTarget } from '#app/integrations/grant-port.ts'
import { targetLock } from '#app/services/access/shared-target.server.ts'
import { applyGrantEvent } from '#app/services/access/step-grant.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { countAgain } from '#app/services/findings/dispatch-removals.server.ts'
import { isUngoverned } from '#app/services/findings/finding-steps.server.ts'
import { stepFinding } from '#app/services/findings/step-finding.server.ts'
import { endsSessions } from '#workflows/charter/entra.schema.ts'
import { explanationsOf } from '#workflows/grants/approved-grants.ts'
import type { FindingContext } from '#workflows/grants/finding-context.ts'
import { governedBy } from '#workflows/grants/governed.ts'
import { isClosed, isHeld } from '#workflows/grants/grant-states.ts'
import { hasOutgrown } from '#workflows/grants/mass-guard.ts'
import { placeKey } from '#workflows/grants/place.ts'
import { watchedBy } from '#workflows/grants/reconcile.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { POLL_MS } from './grant-job.server.ts'
import { demandTenant } from './other-tenant.ts'
import { readBackGrant } from './read-back.server.ts'
import {
	look,
	lookOrKill,
	noteHeldUp,
	sendFindingRemoval,
	type Standing,
} from './send-finding-removal.server.ts'
import { TOO_EARLY } from './send-removal.server.ts'
import { MEMBERS_UNREAD, readGroupNow } from './spare-group.server.ts'
import { answeredLater, TryAgain } from './try-again.ts'

/** Entra refuses to remove an assignment in its first five minutes. */
const MINIMUM_ACTIVE_MS = 5 * 60_000
const POLLS = 12
/** Lists lag: only an absence that lasts is an absence. */
const SIGHTINGS_OF_ABSENCE = 2

const REMOVABLE = new Set(['removing', 'notConfirmed'])

/** The name of the lock on what a finding takes away: the one under which grants of the same place are made and removed. */
export async function findingLock({ database }: Pick<Deps, 'database'>, findingId: string): Promise<string> {
	const { removal } = (await loadFinding(database.db, findingId)).row.context.difference
	if (removal === null) return findingId
	if (removal.what === 'grant') return targetLock(await findGrant(database.db, removal.grantId))
	return `${removal.principalId} ${placeKey(removal.place)}`
}

/**
 * Takes away what a finding says, and says "removed" only when the tenant no longer lists it. What a grant of ours approves by
 * now, what the charter does not govern any more, and accounts that are only watched, are left alone, also where they have it
 * through the group that it is taken from; nothing is taken from more people than the guard let pass.
 * Idempotent; runs again until the tenant confirms.
 */
export async function removeFinding(deps: Deps, findingId: string): Promise<void> {
	const { row, snapshot } = await loadFinding(deps.database.db, findingId)
	if (!REMOVABLE.has(row.state)) return
	demandTenant(deps, row.tenantId)
	const { removal } = row.context.difference
	if (removal === null) return explain(deps, findingId, 'fixed')
	if (removal.what === 'grant') return endGrantOf(deps, findingId, removal.grantId)
	const { charter } = await deps.charters.inForce(deps.database.db)
	if (watchedBy(charter).has(removal.principalId)) return explain(deps, findingId, 'watched')
	if (await isApproved(deps, removal)) return explain(deps, findingId, 'explained')
	const target: GrantTarget = { grantId: findingId, principalId: removal.principalId, place: removal.place }
	if (isUngoverned(governedBy(charter, deps.tenant.groups), { row }))
		return giveUpUngoverned(deps, findingId, removal, target)
	const held = await lookOrKill(deps, findingId, removal, target)
	if (held.isHeld) {
		const { spared, counted } = await readGroupNow(deps, row.context.difference, removal)
		if (spared === 'unread') {
			await noteHeldUp(deps, findingId, MEMBERS_UNREAD)
			throw new TryAgain('Who has it through the group could not be read.', 30_000, { code: MEMBERS_UNREAD })
		}
		if (spared !== null)
			return explain(deps, findingId, spared === 'watched' ? 'watchedThrough' : 'oursThrough')
		// More people would lose it than the guard let pass: it judges again, and what it lets pass is a job anew.
		if (counted !== null && hasOutgrown(snapshot.context, counted))
			return countAgain(deps, findingId, counted)
		const outcome = await sendFindingRemoval(deps, findingId, removal, target, held)
		if (outcome.kind === 'later' && outcome.code === TOO_EARLY)
			return postpone(deps, findingId, row.state, held.startsAt ?? row.context.difference.from)
		if (outcome.kind === 'later') {
			await noteHeldUp(deps, findingId, outcome.code)
			throw answeredLater(outcome)
		}
		if (outcome.kind === 'refused') {
			const at = deps.now().toISOString()
			if (row.context.failure !== outcome.code || row.state !== 'notConfirmed')
				await stepFinding(deps, findingId, { type: 'FAILED', code: outcome.code.slice(0, 64), at })
			throw new TryAgain(`The tenant refused the removal: ${outcome.code}.`, 30_000)
		}
		if (outcome.kind === 'unknown' || outcome.kind === 'exists')
			throw new TryAgain('The tenant gave no clear answer to the removal.', 0)
	}
	await confirmAbsence(deps, findingId, removal, target)
}

async function isApproved(
	{ database, now, tenant }: Deps,
	{ principalId, place, what }: Standing,
): Promise<boolean> {
	if (what === 'eligibility') return false
	const at = now()
	return explanationsOf(await grantsSince(database.db, at, tenant.id), at.toISOString())(principalId, place)
}

async function confirmAbsence(
	deps: Deps,
	findingId: string,
	removal: Standing,
	target: GrantTarget,
): Promise<void> {
	if (!(await isAbsent(deps, () => lookOrKill(deps, findingId, removal, target))))
		throw new TryAgain('The tenant still lists it.', 2000)
	await closeRemoved(deps, findingId)
}

async function closeRemoved(deps: Deps, findingId: string): Promise<void> {
	const endSessions = endsSessions((await deps.charters.inForce(deps.database.db)).charter)
	await stepFinding(deps, findingId, { type: 'REMOVED', endSessions, at: deps.now().toISOString() })
}

async function isAbsent(deps: Deps, see: () => Promise<{ isHeld: boolean }>): Promise<boolean> {
	let absences = 0
	for (let poll = 0; poll < POLLS; poll++) {
		absences = (await see()).isHeld ? 0 : absences + 1
		if (absences >= SIGHTINGS_OF_ABSENCE) return true
		await deps.pause(POLL_MS)
	}
	return false
}

/**
 * The charter does not govern it any more, so nothing is sent. What was sent before may have been carried out, and lists lag: where it
 * is gone within the time that a removal has, that is the last word.
 */
async function giveUpUngoverned(
	deps: Deps,
	findingId: string,
	removal: Standing,
	target: GrantTarget,
): Promise<void> {
	try {
		if (!(await isAbsent(deps, () => look(deps, removal, target))))
			return await explain(deps, findingId, 'ungoverned')
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		const { code } = error
		if (code !== null) await noteHeldUp(deps, findingId, code)
		throw new TryAgain(error.message, error.retryAfterMs, { cause: error, code })
	}
	await closeRemoved(deps, findingId)
}

async function postpone(
	deps: Deps,
	findingId: string,
	state: string,
	startsAt: string | null,
): Promise<void> {
	// An alarm goes on by its own deadline; only a first attempt is put off.
	if (state !== 'removing')
		throw new TryAgain('The tenant refuses a removal in the first five minutes.', 30_000)
	const at = deps.now().toISOString()
	// No clock of the tenant's, and nothing that is still to begin there, puts it off for longer than its five minutes.
	const begun = startsAt !== null && startsAt < at ? startsAt : at
	const earliest = plusMs(begun, MINIMUM_ACTIVE_MS + 1000)
	const until = earliest > at ? earliest : plusMs(at, 15_000)
	await stepFinding(deps, findingId, { type: 'POSTPONED', until, code: TOO_EARLY, at })
}

/** One of our own accesses that deviates: it is read back once more, and ended by its own statechart where it still does. */
async function endGrantOf(deps: Deps, findingId: string, grantId: string): Promise<void> {
	const { state } = await findGrant(deps.database.db, grantId)
	const at = deps.now().toISOString()
	if (isClosed(state)) return void (await stepFinding(deps, findingId, { type: 'REMOVED', at }))
	if (isHeld(state)) {
		await readBackGrant(deps, grantId)
		if ((await findGrant(deps.database.db, grantId)).state === 'active')
			return explain(deps, findingId, 'gone')
		await deps.database.withTx(async (tx) => {
			const before = await loadGrantState(tx, grantId, true)
			if (before.snapshot.value !== 'drifted') return
			const { requestId } = before.snapshot.context
			const event = { type: 'END', cause: 'drift', actorId: null, at } as const
			await applyGrantEvent(tx, deps, before, event, () => ({
				kind: 'grant.ending',
				open: { grantId, requestId, cause: 'drift' },
			}))
		})
		deps.wake()
	}
	throw new TryAgain('The access is being ended.', 1000)
}

async function explain(
	deps: Deps,
	findingId: string,
	why: NonNullable<FindingContext['missed']>,
): Promise<void> {
	await stepFinding(deps, findingId, { type: 'EXPLAINED', why, at: deps.now().toISOString() })
}
