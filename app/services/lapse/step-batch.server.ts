import type { EventFromLogic } from 'xstate'
import type { Tx } from '#db/client.ts'
import {
	appendPendingMany,
	deleteTimers,
	saveSteps,
	setTimers,
	type GrantStep,
	type NewEntry,
	type RequestStep,
	type TimerKey,
} from '#db/queries/workflow-batch.ts'
import {
	PERMIT_EVENT,
	PERMIT_TIMER,
	type StoredGrant,
	type StoredRequest,
} from '#db/queries/workflow-rows.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import { grantMachine } from '#workflows/grants/grant.machine.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import { sealEntry } from '#workflows/ledger/leaf.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'
import { isOutward, type OutwardCommand } from '#workflows/shared/commands.ts'
import { decide, type TimerEvent } from '#workflows/shared/decide.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { GrantEntry, TellStep } from '../access/step-grant.server.ts'
import type { Deps } from '../deps.ts'
import { notify, type Telling } from '../notify/notify.server.ts'
import { tellingsOfGrant } from '../notify/tell-grant.ts'

type GrantEvent = EventFromLogic<typeof grantMachine> | TimerEvent
type RequestEvent = EventFromLogic<typeof privilegedMachine> | TimerEvent
type RequestKind = Extract<EntryKind, `request.${string}`>
export type RequestEntry = { [K in RequestKind]: { kind: K; open: LeafOf<K>['open'] } }[RequestKind]

export type StepBatch = ReturnType<typeof openStepBatch>

/**
 * Gathers steps of many requests and grants, each with its entry, its deadlines and its jobs, and stores all of them
 * with one statement a table. Nothing has happened before `save`. One workflow takes one step in a batch.
 */
export function openStepBatch(deps: Pick<Deps, 'newId' | 'randomBytes' | 'enqueue' | 'charters'>) {
	const requests: RequestStep[] = []
	const grants: GrantStep[] = []
	const entries: NewEntry[] = []
	const commands: OutwardCommand[] = []
	const tellings: Telling[] = []
	const fired: TimerKey[] = []
	const permits: (TimerKey & { until: Instant | null })[] = []

	function addEntry<K extends EntryKind>(entry: {
		kind: K
		subject: string | null
		actor: string | null
		open: LeafOf<K>['open']
		sealed: SealedOf<K>
		at: Date
		id?: string
	}): string {
		const { kind, subject, actor, open, sealed, at, id = deps.newId() } = entry
		const { bytes, openings } = sealEntry(
			{ id, time: at.toISOString(), kind, subject, actor, open, sealed },
			deps.randomBytes,
		)
		entries.push({ id, kind, subject, time: at, leaf: bytes, openings })
		return id
	}

	return {
		addEntry,
		/** Throws ILLEGAL_TRANSITION, and then nothing of it is in the batch. */
		stepGrant(before: StoredGrant, event: GrantEvent, tell: TellStep, actorId: string | null = null): void {
			const decided = decide(grantMachine, before.snapshot, event)
			const { context, value } = decided.next
			const { kind, open } = tell(context, value)
			const at = new Date(event.at)
			const entryId = addEntry({
				kind: kind as 'grant.ended',
				open: open as LeafOf<'grant.ended'>['open'],
				sealed: {},
				subject: context.personId,
				actor: actorId,
				at,
			})
			grants.push({ before, decided, step: { event, actorId, entryId, at } })
			tellings.push(...tellingsOfGrant({ kind, open } as GrantEntry, context, at))
			commands.push(...decided.commands.filter(isOutward))
		},
		/** As `stepGrant`, for a request; not for decisions, which open grants. */
		stepRequest(
			before: StoredRequest,
			event: RequestEvent,
			tell: (context: (typeof before.snapshot)['context']) => RequestEntry,
			actorId: string | null = null,
		): void {
			const decided = decide(privilegedMachine, before.snapshot, event)
			const { context } = decided.next
			const { kind, open } = tell(context)
			const at = new Date(event.at)
			const entryId = addEntry({
				kind: kind as 'request.voided',
				open: open as LeafOf<'request.voided'>['open'],
				sealed: {},
				subject: context.requesterId,
				actor: actorId,
				at,
			})
			requests.push({ before, decided, step: { event, actorId, entryId, at } })
		},
		/** When the permit ends that something rests on, as far as is known now; null takes the deadline away. */
		setPermit(workflow: 'request' | 'grant', workflowId: string, until: Instant | null): void {
			permits.push({ workflow, workflowId, name: PERMIT_TIMER, until })
		},
		/** A deadline that has taken effect. */
		setFired(timer: TimerKey): void {
			fired.push(timer)
		},
		addCommand: (command: OutwardCommand) => void commands.push(command),
		/** What people are to be told with these steps. */
		tell: (...more: readonly Telling[]) => void tellings.push(...more),
		async save(tx: Tx): Promise<void> {
			await appendPendingMany(tx, entries)
			// What fired goes first: the step may set a deadline of the same name.
			await deleteTimers(tx, [...fired, ...permits.filter(({ until }) => until === null)])
			await saveSteps(tx, { requests, grants })
			await setTimers(
				tx,
				permits.flatMap(({ until, ...key }) =>
					until === null ? [] : [{ ...key, event: PERMIT_EVENT, dueAt: until }],
				),
			)
			await notify(tx, deps, ...tellings)
			if (commands.length > 0) await deps.enqueue(tx, commands)
		},
	}
}
