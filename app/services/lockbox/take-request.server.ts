import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { findByProvider, insertLockbox, loadLockbox, lockProviderRequest } from '#db/queries/lockbox.ts'
import { openBoundaries, type BoundaryRow } from '#db/queries/lockbox-polls.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import { lockboxRequestSchema, type LockboxRequest } from '#workflows/ledger/lockbox-envelope.schema.ts'
import type { LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import { judgeInsider, judgeLockbox, lockboxRule, matchBoundary } from '#workflows/lockbox/judge-lockbox.ts'
import { lockboxMachine, stateOfLockbox } from '#workflows/lockbox/lockbox.machine.ts'
import { isDisclosed, type ProviderRequest } from '#workflows/lockbox/provider-request.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import { isOutward } from '#workflows/shared/commands.ts'
import { begin } from '#workflows/shared/decide.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { takeSight } from './step-lockbox.server.ts'
import { tellLockbox } from './tell-lockbox.server.ts'

export type BroughtIn = {
	provider: Provider
	/** Where it is answered; lower case. */
	scope: string
	request: ProviderRequest
	origin: 'poll' | 'import' | 'hand' | 'inside'
	/** Who brought it in; null where the provider's interface was read. */
	broughtBy: string | null
	/** Of a request from inside. */
	inside?: { requesterId: string; beneficiaryId: string; role: string }
}
export type Taken = { id: string; isNew: boolean; state: LockboxState }

/**
 * Takes in what a provider says of one request: the first time it is judged and stored, with everything that follows
 * from that; afterwards it is one more sight of the same request, however often and in whatever order it comes.
 */
export async function takeRequest(tx: Tx, deps: Deps, brought: BroughtIn, at: Date): Promise<Taken> {
	const { provider, scope, request, origin, broughtBy } = brought
	await holdCharter(tx, 'judge')
	const key = { provider, scope, providerRequestId: request.providerRequestId }
	await lockProviderRequest(tx, key)
	const known = await findByProvider(tx, key)
	if (known === null) return store(tx, deps, brought, at)
	const before = await loadLockbox(tx, known, true)
	const { seen, status } = request
	const by = origin === 'poll' ? ('provider' as const) : ('import' as const)
	const state = await takeSight(tx, deps, before, { seen, status, by, note: '' }, broughtBy, at)
	return { id: known, isNew: false, state }
}

/** Who carries answers to this provider: the worker where an interface is set up, else a person. */
export const channelTo = ({ lockbox }: Pick<Deps, 'lockbox'>, provider: Provider) =>
	lockbox[provider] === null ? ('by_hand' as const) : ('api' as const)

async function store(
	tx: Tx,
	deps: Deps,
	{ provider, scope, request, origin, broughtBy, inside }: BroughtIn,
	at: Date,
): Promise<Taken> {
	const version = await deps.charters.inForce(tx)
	const boundary: BoundaryRow | null = matchBoundary(await openBoundaries(tx), {
		provider,
		scope,
		resources: request.resources,
	})
	const requestId = deps.newId()
	const { seen, status, ...told } = request
	const asked: LockboxRequest = lockboxRequestSchema.parse({
		requestId,
		provider,
		scope,
		boundaryId: boundary?.id ?? null,
		...told,
		requesterId: inside?.requesterId ?? null,
		beneficiaryId: inside?.beneficiaryId ?? null,
		role: inside?.role ?? null,
		charterTextSha256: version.textSha256,
	})
	const durationMs = asked.durationSeconds === null ? null : asked.durationSeconds * 1000
	const facts = inside ? await factsOfPerson(tx, inside.beneficiaryId) : null
	const requester =
		inside && facts
			? judgeInsider(version.charter, facts, inside.role, durationMs ?? 0, at.toISOString())
			: null
	const denials = judgeLockbox(version.charter, {
		durationMs,
		// Who of ours asks is known, and judged by the charter like everybody.
		isDisclosed: inside !== undefined || isDisclosed(asked.disclosed),
		hasBoundary: boundary !== null,
		requester,
	})
	const barred = [
		...new Set(
			[broughtBy, inside?.requesterId, inside?.beneficiaryId].filter((id) => typeof id === 'string'),
		),
	]
	const stages = lockboxRule(version.charter)?.stages ?? []
	const decided = begin(
		lockboxMachine,
		{
			requestId,
			channel: channelTo(deps, provider),
			barred,
			stages,
			denials,
			durationMs,
			askedAt: asked.askedAt,
			deadline: asked.deadline,
			seen,
			providerStatus: status,
			at: at.toISOString(),
		},
		at.toISOString(),
	)
	const { context } = decided.next
	const state = stateOfLockbox(decided.next)
	const entryId = await recordEntry(tx, deps, {
		kind: 'lockbox.imported',
		subject: inside?.beneficiaryId ?? null,
		actor: broughtBy,
		open: {
			requestId,
			provider,
			by: origin,
			boundaryEntry: boundary?.entryId ?? null,
			charterEntry: version.entryId,
			askedAt: asked.askedAt,
			deadline: asked.deadline,
			durationSeconds: asked.durationSeconds,
			isDisclosed: inside !== undefined || isDisclosed(asked.disclosed),
			barred,
			stages: stages.map(({ from, quorum, withinMs }) => ({ from, quorum, within: withinMs / 1000 })),
			denials,
			status: status.slice(0, 64),
			outcome: state,
		},
		sealed: {
			request: asked,
			eligibility: {
				verdictSha256: requester === null ? null : digestOf({ requester }),
				facts: facts as unknown as Json as never,
			},
		},
		at,
	})
	await insertLockbox(
		tx,
		{
			provider,
			scope,
			providerRequestId: request.providerRequestId,
			boundaryId: boundary?.id ?? null,
			origin,
			asked,
			requestSha256: digestOf(asked),
			requesterId: inside?.requesterId ?? null,
			beneficiaryId: inside?.beneficiaryId ?? null,
			broughtBy,
			charterVersionId: version.id,
			createdAt: at,
		},
		decided,
		{ event: { type: 'IMPORT', seen, status }, actorId: broughtBy, entryId, at },
	)
	if (context.channel === 'api') await deps.enqueue(tx, decided.commands.filter(isOutward))
	await tellLockbox(
		tx,
		deps,
		{ id: requestId, requesterId: asked.requesterId, beneficiaryId: asked.beneficiaryId },
		null,
		{ state, context },
		at,
	)
	return { id: requestId, isNew: true, state }
}
