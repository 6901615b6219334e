import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { loadLockbox, type StoredLockbox } from '#db/queries/lockbox.ts'
import { lockboxesRestingOn, restingLockboxes } from '#db/queries/lockbox-lists.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { approvalStands, insiderFell } from '#workflows/lockbox/judge-lockbox.ts'
import { hasAccess, mayHaveBeenSent } from '#workflows/lockbox/lockbox-context.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'
import { applyLockboxEvent } from './step-lockbox.server.ts'
import { stopUnsent } from './stop-unsent.server.ts'

/** What fell of a request: all of it, since whom it is for may not have it any more, or somebody's approval. */
export type FallenLockbox = { id: string; what: 'request' | 'approval' }

/** Who is being stopped, for which reason and by whom: what is theirs falls without being judged. */
export type Stopped = { personId: string; code: string; actorId: string }

/**
 * Judges anew what rests on these people at the lockbox, in the transaction that changed their facts, after the change. An
 * approval whose giver may not decide any more counts no longer, and others can fill its stage; what waits for somebody of
 * ours who is not allowed it any more is denied; a yes that nobody has carried over yet is stopped; and what they have at a
 * provider, where nothing here can end it, is told as an alarm. The caller has locked the people. Gives what fell.
 */
export async function settleLockboxesOf(
	tx: Tx,
	deps: Deps,
	personIds: readonly string[],
	stopped: Stopped | null = null,
): Promise<FallenLockbox[]> {
	const fallen: FallenLockbox[] = []
	for (const id of await lockboxesRestingOn(tx, personIds)) {
		const what = await settleLockbox(tx, deps, id, stopped)
		if (what !== null) fallen.push({ id, what })
	}
	return fallen
}

/** The same of everything that is open, as time and charters go on: one transaction each. */
export async function settleLockboxes(deps: Deps): Promise<void> {
	for (const id of await restingLockboxes(deps.database.db))
		await deps.database.withTx(async (tx) => {
			await holdCharter(tx, 'judge')
			await settleLockbox(tx, deps, id)
		})
}

/** The same of one request; null where nothing fell. Facts are read once it is locked: whoever changes them later settles it after us. */
export async function settleLockbox(
	tx: Tx,
	deps: Deps,
	requestId: string,
	stopped: Stopped | null = null,
): Promise<FallenLockbox['what'] | null> {
	const stored = await loadLockbox(tx, requestId, true)
	const { row } = stored
	const inForce = await deps.charters.inForce(tx)
	const pinned = await deps.charters.version(tx, row.charterVersionId)
	const charters = (pinned.id === inForce.id ? [pinned] : [pinned, inForce]).map(({ charter }) => charter)
	const at = deps.now().toISOString()
	const givers = stored.snapshot.context.decisions.map(({ approverId }) => approverId)
	const facts = await factsOf(tx, row.beneficiaryId === null ? givers : [...givers, row.beneficiaryId])
	const judged: Judged = { charters, facts, at, stopped }
	if (await fellRequester(tx, deps, stored, judged)) return 'request'
	let hasFallen = false
	for (const approverId of givers)
		hasFallen = (await fellApproval(tx, deps, requestId, approverId, judged)) || hasFallen
	const codes = await stopUnsent(tx, deps, requestId, stopped?.actorId ?? null)
	return hasFallen || codes.length > 0 ? 'approval' : null
}

type Judged = {
	charters: readonly Charter[]
	facts: ReadonlyMap<string, PersonFacts>
	at: Instant
	stopped: Stopped | null
}

async function fellRequester(
	tx: Tx,
	deps: Deps,
	stored: StoredLockbox,
	{ charters, facts, at, stopped }: Judged,
): Promise<boolean> {
	const { row, snapshot } = stored
	const { requesterId, beneficiaryId, asked } = row
	if (beneficiaryId === null) return false
	const isStopped = stopped !== null && [requesterId, beneficiaryId].includes(stopped.personId)
	const code = isStopped ? stopped.code : judgeInside()
	if (code === null) return false
	const event = { type: 'REQUESTER_FELL' as const, code, at }
	if (!snapshot.can(event)) return false
	const { context } = snapshot
	await applyLockboxEvent(
		tx,
		deps,
		stored,
		event,
		(outcome) => ({
			kind: 'lockbox.requester_fell',
			open: { requestId: context.requestId, code, outcome },
			sealed: {},
		}),
		isStopped ? stopped.actorId : null,
	)
	return true

	function judgeInside(): string | null {
		const person = beneficiaryId === null ? undefined : facts.get(beneficiaryId)
		if (person === undefined) return 'UNKNOWN_PERSON'
		const { context: now } = snapshot
		const isRunning = hasAccess(row.state) || (now.answer === 'approve' && mayHaveBeenSent(now))
		const phase = isRunning ? ('running' as const) : ('waiting' as const)
		return insiderFell(charters, person, asked.role ?? '', { phase, durationMs: now.durationMs ?? 0 }, at)
	}
}

async function fellApproval(
	tx: Tx,
	deps: Deps,
	requestId: string,
	approverId: string,
	{ charters, facts, at, stopped }: Judged,
): Promise<boolean> {
	// Each falls by a step of its own, on what the one before left.
	const stored = await loadLockbox(tx, requestId, true)
	const { context } = stored.snapshot
	const given = context.decisions.find((decision) => decision.approverId === approverId)
	const person = facts.get(approverId)
	const isStopped = stopped?.personId === approverId
	const role = context.stages[given?.stage ?? -1]?.from ?? ''
	if (!isStopped && person !== undefined && approvalStands(charters, person, role, at)) return false
	const code = isStopped ? stopped.code : 'APPROVER_LAPSED'
	const event = { type: 'APPROVAL_FELL' as const, approverId, code, at }
	if (!stored.snapshot.can(event)) return false
	await applyLockboxEvent(
		tx,
		deps,
		stored,
		event,
		(outcome, { stage }) => ({
			kind: 'lockbox.approval_fell',
			open: { requestId, approverId, code, stage, outcome },
			sealed: {},
		}),
		isStopped ? stopped.actorId : null,
	)
	return true
}
