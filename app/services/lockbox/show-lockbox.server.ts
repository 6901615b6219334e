import { factsOf } from '#db/queries/facts.ts'
import { indexesOf } from '#db/queries/ledger.ts'
import {
	decisionsOfLockbox,
	findLockbox,
	loadLockbox,
	type LockboxDecisionRow,
	type LockboxWithNames,
} from '#db/queries/lockbox.ts'
import { appointedTo, namesOf } from '#db/queries/people.ts'
import { eventsOf, type WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import { answerCommand } from '#app/integrations/lockbox/m365-command.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { judgeLockboxApprover, lockboxRule } from '#workflows/lockbox/judge-lockbox.ts'
import { isAnswering, refusalToDecideLockbox } from '#workflows/lockbox/lockbox-context.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { drawingOf } from '#workflows/statecharts/lay-out.ts'
import { MACHINES } from '#workflows/statecharts/machines.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { answerText } from './answer-text.ts'
import { demandDecision } from './decide-lockbox.server.ts'
import { codesAgainst } from './rule-out.server.ts'
import { lookerOf, summariseLockbox } from './show-lockboxes.server.ts'
import type { ExchangeView, LockboxView } from './views.ts'

const DRAWING = drawingOf(MACHINES.lockbox)

/** Everything that is to be known of one request, for this reader; NOT_FOUND for whoever has nothing to do with it. */
export async function showLockbox(deps: Deps, actor: Actor, id: string): Promise<LockboxView> {
	const { database, charters } = deps
	const { db } = database
	const found = await findLockbox(db, id)
	const { request } = found
	const { context, asked, state } = request
	const isOwn = request.requesterId === actor.personId || request.beneficiaryId === actor.personId
	if (!isOwn && !actor.permissions.has('lockbox:read'))
		throw new DomainError('NOT_FOUND', 'No such request.', { id })
	const looker = await lookerOf(deps, actor)
	const { charter: pinned } = await charters.version(db, request.charterVersionId)
	const decisions = await decisionsOfLockbox(db, [id])
	const events = await eventsOf(db, [id])
	const indexes = await indexesOf(db, [
		...events.map(({ entryId }) => entryId),
		...decisions.map(({ entryId }) => entryId),
	])
	const people = [
		request.requesterId,
		request.beneficiaryId,
		request.broughtBy,
		...events.map((e) => e.actorId),
	]
	const names = await namesOf(
		db,
		people.filter((each) => each !== null),
	)
	const nameOf = (person: string | null) => (person === null ? null : (names.get(person) ?? null))
	const summary = summariseLockbox(found, looker)
	const text = context.answer === null ? null : answerText(request, context, decisions, found.charterVersion)
	const isByHand = context.channel === 'by_hand' && actor.permissions.has('lockbox:record')
	const { refusal, ruledOut } = await standing(deps, actor, found)
	const { doNotSend, maySend } = await sendingOf(deps, found, looker.at)
	const max = lockboxRule(pinned)?.maximumMs
	const { denials, answerCause, attempts, sentAt, failure, providerStatus, readAt, grantedAt } = context
	return {
		...summary,
		context: {
			denials,
			answerCause,
			attempts,
			sentAt,
			failure,
			providerStatus,
			readAt,
			grantedAt,
			accessEndsAt: context.accessEndsAt,
			endedBy: context.endedBy,
			deadline: context.deadline,
			decideBy: context.decideBy,
			...(context.requesterFell ? { requesterFell: context.requesterFell } : {}),
		},
		channel: context.channel,
		origin: request.origin,
		scope: request.scope,
		type: asked.type,
		reach: asked.reach,
		resources: asked.resources,
		supportRequest: asked.supportRequest,
		durationSeconds: asked.durationSeconds,
		durationText: asked.durationText,
		maximumSeconds: max === undefined ? null : max / 1000,
		disclosed: asked.disclosed,
		requester: nameOf(request.requesterId),
		beneficiary: nameOf(request.beneficiaryId),
		role: asked.role === null ? null : titleOf(pinned, asked.role),
		broughtBy: nameOf(request.broughtBy),
		charterVersion: found.charterVersion,
		charterTextSha256: found.charterTextSha256,
		requestSha256: request.requestSha256,
		stages: stagesOf(found, decisions, pinned, indexes),
		exchanges: events.flatMap((event) => exchangeOf(event, nameOf(event.actorId), indexes)),
		answerText: text,
		command:
			request.provider === 'm365' && maySend && text !== null && context.answer !== null
				? answerCommand({
						providerRequestId: request.providerRequestId,
						verdict: context.answer,
						reason: text,
						service: asked.type,
					})
				: null,
		timeline: events.map((event) => ({
			at: event.at.toISOString(),
			kind: kindOf(event),
			actor: nameOf(event.actorId),
			entryIndex: indexes.get(event.entryId) ?? null,
			values: {},
		})),
		charts: [{ machine: 'lockbox', state, drawing: DRAWING }],
		mayDecide: state === 'pending' && refusal === null,
		refusal,
		ruledOut,
		canDecide: state === 'pending' ? await whoCanDecide(deps, found, pinned, looker.inForce) : [],
		doNotSend,
		mayReportSent: isByHand && maySend,
		mayReportSeen: isByHand && state !== 'accessEnded',
		mayRetry: state === 'sendFailed' && actor.permissions.has('lockbox:record'),
		now: looker.at.toISOString(),
	}
}

/** Why this reader cannot decide on what waits, and by which rules it can only be denied. */
async function standing(
	deps: Deps,
	actor: Actor,
	{ request }: LockboxWithNames,
): Promise<{ refusal: string | null; ruledOut: string[] }> {
	if (request.state !== 'pending') return { refusal: null, ruledOut: [] }
	if (!actor.permissions.has('lockbox:read')) return { refusal: 'FORBIDDEN', ruledOut: [] }
	try {
		const stored = await loadLockbox(deps.database.db, request.id)
		const form = { verdict: 'approve' as const, reason: '' }
		await demandDecision(deps.database.db, deps, actor, stored, form, deps.now())
		return { refusal: null, ruledOut: [] }
	} catch (error) {
		if (!isDomainError(error)) throw error
		// It can still be denied.
		if (error.code === 'LOCKBOX_RULED_OUT')
			return { refusal: null, ruledOut: error.details.codes as string[] }
		return { refusal: error.code, ruledOut: [] }
	}
}

/** Whether an answer may be carried over now, and by which rules a yes must not be, judged at this moment. */
async function sendingOf(
	deps: Deps,
	{ request: { id, state } }: LockboxWithNames,
	at: Date,
): Promise<{ doNotSend: string[]; maySend: boolean }> {
	if (!isAnswering(state)) return { doNotSend: [], maySend: false }
	const { db } = deps.database
	const stored = await loadLockbox(db, id)
	const { channel, answer } = stored.snapshot.context
	const doNotSend =
		channel === 'by_hand' && answer === 'approve' ? await codesAgainst(db, deps, stored, at) : []
	const maySend = stored.snapshot.can({ type: 'SENDING', at: at.toISOString() })
	return { doNotSend, maySend: maySend && doNotSend.length === 0 }
}

function stagesOf(
	{ request: { context, state } }: LockboxWithNames,
	decisions: readonly LockboxDecisionRow[],
	pinned: Charter,
	indexes: ReadonlyMap<string, number>,
): LockboxView['stages'] {
	return context.stages.map(({ from, quorum, withinMs }, index) => ({
		title: titleOf(pinned, from),
		quorum,
		withinSeconds: withinMs / 1000,
		isOpen: state === 'pending' && index === context.stage,
		decisions: decisions
			.filter(({ stage }) => stage === index)
			.map(({ approverId, approverName, verdict, reason, at, entryId }) => ({
				name: approverName,
				verdict,
				reason,
				at: at.toISOString(),
				fellAt: context.decisions.find((each) => each.approverId === approverId)?.fell?.at ?? null,
				entryIndex: indexes.get(entryId) ?? null,
			})),
	}))
}

function exchangeOf(
	{ event, at, entryId }: WorkflowEventRow,
	by: string | null,
	indexes: ReadonlyMap<string, number>,
): ExchangeView[] {
	const line = (kind: ExchangeView['kind'], status: unknown): ExchangeView[] => [
		{
			at: at.toISOString(),
			kind,
			status: typeof status === 'string' ? status : '',
			by,
			entryIndex: indexes.get(entryId) ?? null,
		},
	]
	switch (event.type) {
		case 'IMPORT':
			return line('imported', event.status)
		case 'SENDING':
			return line('sent', '')
		case 'SEEN':
			return line('seen', event.status)
		case 'SEND_FAILED':
			return line('failed', event.code)
		default:
			return []
	}
}

async function whoCanDecide(
	{ database, now }: Deps,
	{ request: { context } }: LockboxWithNames,
	pinned: Charter,
	inForce: Charter,
): Promise<string[]> {
	const at = now()
	const from = context.stages[context.stage]?.from
	if (from === undefined) return []
	const candidates = await appointedTo(database.db, [from], at)
	const facts = await factsOf(database.db, candidates)
	const able = candidates.filter((id) => {
		const person = facts.get(id)
		return (
			person !== undefined &&
			refusalToDecideLockbox(context, id) === null &&
			judgeLockboxApprover([pinned, inForce], person, from, at.toISOString()).approver.permit
		)
	})
	return [...(await namesOf(database.db, able)).values()].sort((a, b) => a.localeCompare(b))
}

function kindOf({ event }: WorkflowEventRow): EntryKind {
	switch (event.type) {
		case 'IMPORT':
			return 'lockbox.imported'
		case 'DECIDE':
			return 'lockbox.decided'
		case 'SENDING':
			return 'lockbox.sending'
		case 'SEND_FAILED':
			return 'lockbox.send_failed'
		case 'APPROVAL_FELL':
			return 'lockbox.approval_fell'
		case 'REQUESTER_FELL':
			return 'lockbox.requester_fell'
		case 'RETRY':
			return 'lockbox.retried'
		case 'SEEN':
			return 'lockbox.seen'
		default:
			return /halfLeft|quarterLeft|eighthLeft/.test(event.type) ? 'lockbox.reminded' : 'lockbox.clock'
	}
}
