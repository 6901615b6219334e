import { insertBoundary, lockBoundary, updateBoundary, type BoundaryRow } from '#db/queries/boundaries.ts'
import type { Tx } from '#db/client.ts'
import { boundaryProblem } from '#workflows/lockbox/approver-roles.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

export type BoundaryForm = {
	provider: Provider
	name: string
	/** As the provider writes it; kept in lower case. */
	scope: string
	approverRole: string
	holdersNeeded: number
}

/**
 * Records what a provider's requests are matched to, and how many people must be able to answer them at every hour. A
 * scope or role that the provider would match nothing to is refused: such a boundary would look covered and never be asked.
 */
export async function recordBoundary(deps: Deps, actor: Actor, form: BoundaryForm): Promise<string> {
	demand(actor, 'roster:manage')
	const { provider, name, approverRole, holdersNeeded } = form
	const scope = form.scope.toLowerCase()
	const problem = boundaryProblem(provider, scope, approverRole)
	if (problem !== null)
		throw new DomainError('INVALID_INPUT', 'The provider knows no such boundary.', {
			field: problem === 'ROLE_NOT_OFFERED' ? 'approverRole' : 'scope',
			problem,
		})
	demandCount(holdersNeeded)
	const at = deps.now()
	const boundaryId = deps.newId()
	await deps.database.withTx(async (tx) => {
		const entryId = await recordEntry(tx, deps, {
			kind: 'provider_boundary.recorded',
			subject: null,
			actor: actor.personId,
			open: { boundaryId, provider, holdersNeeded },
			sealed: { boundary: { name, scope, approverRole } },
			at,
		})
		await insertBoundary(tx, {
			id: boundaryId,
			provider,
			name,
			scope,
			approverRole,
			holdersNeeded,
			recordedBy: actor.personId,
			recordedAt: at,
			entryId,
		})
	})
	deps.wake()
	return boundaryId
}

/** Says anew how many people must be able to answer at every hour. */
export async function changeBoundary(
	deps: Deps,
	actor: Actor,
	boundaryId: string,
	holdersNeeded: number,
): Promise<void> {
	demandCount(holdersNeeded)
	await changing(deps, actor, boundaryId, async (tx, at, before) => {
		if (before.holdersNeeded === holdersNeeded)
			throw new DomainError('NOTHING_CHANGED', 'So many are needed already.')
		await updateBoundary(tx, boundaryId, { holdersNeeded })
		await recordEntry(tx, deps, {
			kind: 'provider_boundary.changed',
			subject: null,
			actor: actor.personId,
			open: { boundaryId, holdersNeeded },
			sealed: {},
			at,
		})
	})
}

/** Closes a boundary: it takes no more requests, and nobody needs to cover it. */
export async function closeBoundary(deps: Deps, actor: Actor, boundaryId: string): Promise<void> {
	await changing(deps, actor, boundaryId, async (tx, at) => {
		await updateBoundary(tx, boundaryId, { closedAt: at })
		await recordEntry(tx, deps, {
			kind: 'provider_boundary.closed',
			subject: null,
			actor: actor.personId,
			open: { boundaryId },
			sealed: {},
			at,
		})
	})
}

async function changing(
	deps: Deps,
	actor: Actor,
	boundaryId: string,
	work: (tx: Tx, at: Date, before: BoundaryRow) => Promise<void>,
): Promise<void> {
	demand(actor, 'roster:manage')
	const at = deps.now()
	await deps.database.withTx(async (tx) => work(tx, at, await lockOpenBoundary(tx, boundaryId)))
	deps.wake()
}

/** A boundary that takes requests, locked; BOUNDARY_CLOSED where it takes none any more. */
export async function lockOpenBoundary(tx: Tx, boundaryId: string): Promise<BoundaryRow> {
	const boundary = await lockBoundary(tx, boundaryId)
	if (boundary.closedAt !== null)
		throw new DomainError('BOUNDARY_CLOSED', 'This boundary has been closed.', { boundaryId })
	return boundary
}

function demandCount(holdersNeeded: number): void {
	if (!Number.isInteger(holdersNeeded) || holdersNeeded < 1 || holdersNeeded > 99)
		throw new DomainError('INVALID_INPUT', 'Between 1 and 99 people are needed.', {
			field: 'holdersNeeded',
			problem: 'HOLDERS_NEEDED',
		})
}
