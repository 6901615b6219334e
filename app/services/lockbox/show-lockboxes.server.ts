import { factsOfPerson } from '#db/queries/facts.ts'
import type { LockboxWithNames } from '#db/queries/lockbox.ts'
import { closedLockboxes, openLockboxes } from '#db/queries/lockbox-lists.ts'
import { openBoundaries, pollsOf, type BoundaryRow } from '#db/queries/lockbox-polls.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import {
	approversAt,
	hasAccess,
	isAnswering,
	isOpenLockbox,
	refusalToDecideLockbox,
} from '#workflows/lockbox/lockbox-context.ts'
import { titleOf } from '../access/summarise.server.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { RULED_OUT } from './stop-unsent.server.ts'
import type { BoundaryChoice, LockboxesView, LockboxSummary } from './views.ts'

const PAGE = 25

/** Who looks, with what they are by the charter in force. */
export type LockboxLooker = { actor: Actor; facts: PersonFacts; inForce: Charter; at: Date }

export async function lookerOf(deps: Deps, actor: Actor): Promise<LockboxLooker> {
	const { db } = deps.database
	const { charter: inForce } = await deps.charters.inForce(db)
	return { actor, facts: await factsOfPerson(db, actor.personId), inForce, at: deps.now() }
}

/** What waits by deadline, what is open now, and what ended. Whoever may not see all sees what they asked for. */
export async function showLockboxes(
	deps: Deps,
	actor: Actor,
	{ before }: { before?: number } = {},
): Promise<LockboxesView> {
	const { db } = deps.database
	const looker = await lookerOf(deps, actor)
	const { at } = looker
	const ownOnly = actor.permissions.has('lockbox:read') ? {} : { personId: actor.personId }
	const open = await openLockboxes(db, ownOnly.personId)
	const closed = await closedLockboxes(db, {
		...ownOnly,
		...(before === undefined ? {} : { before }),
		limit: PAGE + 1,
	})
	const summaries = open.map((row) => summariseLockbox(row, looker))
	const polls = new Map((await pollsOf(db)).map((poll) => [poll.boundaryId, poll]))
	const boundaries = ownOnly.personId === undefined ? await openBoundaries(db) : []
	return {
		waiting: summaries.filter(({ state }) => !hasAccess(state)).sort(byDeadline),
		access: summaries.filter(({ state }) => hasAccess(state)).sort(byDeadline),
		ended: closed.slice(0, PAGE).map((row) => summariseLockbox(row, looker)),
		next: closed.length > PAGE ? (closed[PAGE - 1]?.request.number ?? null) : null,
		boundaries: boundaries.map((row) => {
			const poll = polls.get(row.id)
			return {
				...choiceOf(deps, row),
				readAt: poll?.at.toISOString() ?? null,
				okAt: poll?.okAt?.toISOString() ?? null,
				trouble: poll?.trouble ?? null,
			}
		}),
		mayRecord: actor.permissions.has('lockbox:record'),
		mayAsk: mayAsk(actor),
		isOwnOnly: ownOnly.personId !== undefined,
		isOffered: looker.inForce.lockbox !== undefined,
		now: at.toISOString(),
	}
}

const choiceOf = (
	{ lockbox }: Pick<Deps, 'lockbox'>,
	{ id, provider, name, scope }: BoundaryRow,
): BoundaryChoice => ({ id, provider, name, scope, isRead: lockbox[provider] !== null })
const mayAsk = ({ permissions }: Actor) =>
	permissions.has('request:file') || permissions.has('lockbox:record')

/** What the forms choose from that bring a request in. */
export async function lockboxChoices(
	deps: Deps,
	actor: Actor,
): Promise<{
	boundaries: BoundaryChoice[]
	roles: { key: string; title: string }[]
	mayRecord: boolean
	mayAsk: boolean
	formId: string
}> {
	if (!mayAsk(actor)) demand(actor, 'lockbox:record')
	const { db } = deps.database
	const { inForce, facts } = await lookerOf(deps, actor)
	const held = new Set(facts.appointments.map(({ role }) => role))
	return {
		boundaries: (await openBoundaries(db)).map((row) => choiceOf(deps, row)),
		roles: Object.entries(inForce.roles).flatMap(([key, { title }]) =>
			held.has(key) || actor.permissions.has('lockbox:record') ? [{ key, title }] : [],
		),
		mayRecord: actor.permissions.has('lockbox:record'),
		mayAsk: mayAsk(actor),
		formId: deps.newId(),
	}
}

const byDeadline = (a: LockboxSummary, b: LockboxSummary) =>
	(a.deadline ?? '9') < (b.deadline ?? '9') ? -1 : (a.deadline ?? '9') > (b.deadline ?? '9') ? 1 : 0

/** How many requests wait for this person's decision. */
export async function countLockboxesFor(deps: Deps, actor: Actor): Promise<number> {
	if (!actor.permissions.has('lockbox:read')) return 0
	const looker = await lookerOf(deps, actor)
	const open = await openLockboxes(deps.database.db)
	return open.filter((row) => summariseLockbox(row, looker).needsYou !== null).length
}

/** How near to harm: what is open and nobody of ours decided, then what must be ended, then what waits; null: nothing of these. */
function dangerOf({ state, hasFallen, needsYou }: LockboxSummary): number | null {
	if (state === 'overtaken') return 0
	if (hasFallen) return 1
	if (state === 'sendFailed') return 2
	if (state === 'accessEnding') return 3
	if (needsYou === 'decide') return 4
	if (needsYou === 'carry') return 5
	return state === 'approvedAtProvider' ? 6 : null
}

/** What waits for this person at the lockbox, and what is open there, the most dangerous first, then by deadline. */
export async function lockboxWork(deps: Deps, actor: Actor): Promise<LockboxSummary[]> {
	const mayRead = actor.permissions.has('lockbox:read')
	const looker = await lookerOf(deps, actor)
	const open = await openLockboxes(deps.database.db, mayRead ? undefined : actor.personId)
	return open
		.map((row) => summariseLockbox(row, looker))
		.flatMap((summary) => {
			const danger = dangerOf(summary)
			return danger === null ? [] : [{ danger, summary }]
		})
		.sort((a, b) => a.danger - b.danger || byDeadline(a.summary, b.summary))
		.map(({ summary }) => summary)
}

export function summariseLockbox(row: LockboxWithNames, looker: LockboxLooker): LockboxSummary {
	const { request, boundaryName } = row
	const { context, state, asked } = request
	const rule = context.stages[context.stage]
	return {
		id: request.id,
		number: request.number,
		provider: request.provider,
		providerRequestId: request.origin === 'inside' ? null : request.providerRequestId,
		boundary: boundaryName,
		state,
		answer: context.answer,
		cause: asked.cause,
		isInside: request.origin === 'inside',
		isOutOfBand: context.isOutOfBand,
		askedAt: context.askedAt,
		deadline: deadlineOf(row),
		closedAt: context.closedAt,
		stage:
			state === 'pending' && rule !== undefined
				? {
						given: approversAt(context, context.stage).length,
						needed: rule.quorum,
						title: titleOf(looker.inForce, rule.from),
					}
				: null,
		needsYou: needsYou(row, looker),
		hasFallen: context.requesterFell !== undefined && state !== 'denying' && isOpenLockbox(state),
	}
}

function deadlineOf({ request: { state, context } }: LockboxWithNames): string | null {
	if (state === 'pending') return context.decideBy
	if (isAnswering(state)) return context.deadline
	return hasAccess(state) ? context.accessEndsAt : null
}

function needsYou(
	{ request: { state, context } }: LockboxWithNames,
	{ actor, facts, inForce, at }: LockboxLooker,
): LockboxSummary['needsYou'] {
	const isStopped = state === 'sendFailed' && context.failure === RULED_OUT
	if (
		isAnswering(state) &&
		!isStopped &&
		context.channel === 'by_hand' &&
		actor.permissions.has('lockbox:record')
	)
		return 'carry'
	const from = context.stages[context.stage]?.from
	if (
		state !== 'pending' ||
		from === undefined ||
		!actor.permissions.has('lockbox:read') ||
		refusalToDecideLockbox(context, actor.personId) !== null ||
		at.toISOString() >= context.decideBy
	)
		return null
	const question = { role: from, part: 'holder' as const, at: at.toISOString(), durationMs: 0 }
	return judge(inForce, facts, question).permit ? 'decide' : null
}
