import { setImmediate as breathe } from 'node:timers/promises'
import type { Tx } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import {
	lockRunning,
	lockWaiting,
	type Locking,
	type OpenIds,
	type RunningRow,
	type WaitingRow,
} from '#db/queries/lapse-rows.ts'
import type { Permit } from '#workflows/charter/enforcement.ts'
import { remainingOf, strictestPermit } from '#workflows/charter/enforcement.ts'
import type { EndCause } from '#workflows/grants/grant-context.ts'
import { earliest, type Instant } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'
import { openPermitJudge, type AskedPermit } from './judge-permit.server.ts'
import { openStepBatch, type StepBatch } from './step-batch.server.ts'

/** What fell, with the first reason. `permitDue`: when its permit was to end, as far as was known before. */
export type Fallen = {
	workflow: 'request' | 'grant'
	id: string
	requesterId: string
	code: string
	permitDue: Date | null
}
export type Settled = {
	fallen: Fallen[]
	/** What was locked and judged, and stands or fell. */
	looked: { requestIds: string[]; grantIds: string[] }
}

export type SettleOptions = {
	cause: EndCause
	/** Who brought it about; null for time and for the rules themselves. */
	actorId?: string | null
	locking?: Locking
	/** These people's requests and accesses fall without being judged, for this reason. */
	stopped?: { personId: string; code: string }
}

/**
 * Judges these waiting requests and running accesses by the facts and charters as they are now. What no longer stands
 * is voided or begins to end, with its entry, its job and its notices; of what stands, the moment its permit ends is set
 * as a deadline. All in the transaction that is given, and with a few statements whatever the number.
 */
export async function settleMany(
	tx: Tx,
	deps: Deps,
	ids: OpenIds,
	options: SettleOptions,
	batch: StepBatch = openStepBatch(deps),
): Promise<Settled> {
	const { locking = 'wait' } = options
	const waiting = await lockWaiting(tx, ids.requestIds, locking)
	const running = await lockRunning(tx, ids.grantIds, locking)
	const looked = {
		requestIds: waiting.map(({ stored }) => stored.id),
		grantIds: running.map(({ stored }) => stored.id),
	}
	const fallen: Fallen[] = []
	if (waiting.length + running.length > 0) {
		const at = deps.now().toISOString()
		const permitOf = await openJudge(tx, deps, waiting, running, options)
		const breath = openBreath()
		for (const row of waiting) {
			await breath()
			const parts = [waitingPart(row), ...startPart(row, at)]
			const permit = strictestPermit(await Promise.all(parts.map((part) => permitOf(row, part, at))))
			const code = permit.reasons[0] ?? lateExtension(row, at)
			if (code !== null) fallen.push(voidRequest(batch, row, code, at, options))
			else arm(batch, 'request', row, earliest([permit.until, row.extended?.endsAt ?? null]))
		}
		for (const row of running) {
			await breath()
			const permit = await permitOf(row, runningPart(row, at), at)
			const code = permit.reasons[0] ?? null
			if (code !== null) fallen.push(endGrant(batch, row, code, at, options))
			else arm(batch, 'grant', row, permit.until)
		}
	}
	await batch.save(tx)
	return { fallen, looked }
}

/** Why a request for an extension falls that nobody can carry out any more. */
export const EXTENSION_LATE = 'EXTENSION_LATE'

/** So many are judged in a row before others get their turn. */
const IN_A_ROW = 25

/** Pages and deadlines of others wait for the same thread: now and then it is theirs. */
function openBreath(): () => Promise<void> {
	let judged = 0
	return async () => {
		if (++judged % IN_A_ROW === 0) await breathe()
	}
}

const approvalsOf = ({ stored }: WaitingRow) =>
	stored.snapshot.context.decisions.filter(({ verdict }) => verdict === 'approve')

const peopleBehind = (waiting: readonly WaitingRow[], running: readonly RunningRow[]) => [
	...waiting.flatMap((row) => [row.requesterId, ...approvalsOf(row).map(({ approverId }) => approverId)]),
	...running.map(({ requesterId }) => requesterId),
]

/** An access can be extended while it lasts, and until its end: afterwards the old end stands. */
const lateExtension = ({ extended }: WaitingRow, at: Instant) =>
	extended === null || (extended.state === 'active' && (extended.endsAt ?? '') > at) ? null : EXTENSION_LATE

const waitingPart = (row: WaitingRow) => ({
	phase: 'waiting' as const,
	remainingMs: row.durationSeconds * 1000,
	approvals: approvalsOf(row),
})

/**
 * What is asked for from a later start on must stand then as well, as it must to be filed: what lapses in between is known
 * now. Where somebody will be then nobody knows.
 */
function startPart({ stored, durationSeconds }: WaitingRow, at: Instant): Part[] {
	const { startAt } = stored.snapshot.context
	return startAt === null || startAt <= at
		? []
		: [{ phase: 'scheduled', remainingMs: durationSeconds * 1000, approvals: [], beginsAt: startAt }]
}

/** What begins later is judged for when it begins; what has begun, at each of its moments. */
function runningPart({ stored }: RunningRow, at: Instant): Part {
	const { value, context } = stored.snapshot
	const { endsAt, durationMs, startAt } = context
	if (value === 'scheduled' && startAt !== null && startAt > at)
		return { phase: 'scheduled', remainingMs: durationMs, approvals: [], beginsAt: startAt }
	return { phase: 'running', remainingMs: remainingOf(endsAt, durationMs / 1000, at), approvals: [] }
}

type Part = Pick<AskedPermit, 'phase' | 'remainingMs' | 'approvals' | 'beginsAt'>

/**
 * Facts and charter are read after the rows are locked: whoever changes them later settles these rows after us. Where
 * everything falls unjudged, nothing is read.
 */
async function openJudge(
	tx: Tx,
	deps: Deps,
	waiting: readonly WaitingRow[],
	running: readonly RunningRow[],
	{ stopped }: SettleOptions,
) {
	const isStopped = ({ requesterId }: { requesterId: string }) => stopped?.personId === requesterId
	const judged = {
		waiting: waiting.filter((row) => !isStopped(row)),
		running: running.filter((row) => !isStopped(row)),
	}
	const stop: Permit = { reasons: stopped ? [stopped.code] : [], until: null }
	if (judged.waiting.length + judged.running.length === 0) return () => Promise.resolve(stop)
	const judge = await openPermitJudge(tx, deps)
	const facts = await factsOf(tx, peopleBehind(judged.waiting, judged.running))
	return (row: WaitingRow | RunningRow, part: Part, at: Instant): Promise<Permit> =>
		isStopped(row) ? Promise.resolve(stop) : judge({ ...row, ...part }, facts, at)
}

/** A deadline is written only where it moves. */
function arm(
	batch: StepBatch,
	workflow: 'request' | 'grant',
	{ stored, permitDue }: WaitingRow | RunningRow,
	until: Instant | null,
): void {
	if ((permitDue?.toISOString() ?? null) !== until) batch.setPermit(workflow, stored.id, until)
}

function voidRequest(
	batch: StepBatch,
	row: WaitingRow,
	code: string,
	at: Instant,
	{ actorId = null }: SettleOptions,
): Fallen {
	const { stored, requestId, requesterId, permitDue } = row
	batch.stepRequest(
		stored,
		{ type: 'VOID', code, at },
		() => ({ kind: 'request.voided', open: { requestId, code } }),
		actorId,
	)
	tell(batch, requestId, code, at, 'request_voided', [
		requesterId,
		...approvalsOf(row).map(({ approverId }) => approverId),
	])
	return { workflow: 'request', id: requestId, requesterId, code, permitDue }
}

function endGrant(
	batch: StepBatch,
	{ stored, requestId, requesterId, permitDue, approverIds }: RunningRow,
	code: string,
	at: Instant,
	{ cause, actorId = null }: SettleOptions,
): Fallen {
	const grantId = stored.id
	batch.stepGrant(
		stored,
		{ type: 'END', cause, code, actorId, at },
		(_, state) =>
			state === 'voided'
				? { kind: 'grant.ended', open: { grantId, requestId, how: 'never_active' } }
				: { kind: 'grant.ending', open: { grantId, requestId, cause, code } },
		actorId,
	)
	tell(batch, requestId, code, at, 'grant_ending', [requesterId, ...approverIds])
	return { workflow: 'grant', id: grantId, requesterId, code, permitDue }
}

function tell(
	batch: StepBatch,
	requestId: string,
	code: string,
	at: Instant,
	kind: 'request_voided' | 'grant_ending',
	to: readonly string[],
): void {
	batch.tell({ kind, to, about: { type: 'request', id: requestId }, code, at: new Date(at) })
}
