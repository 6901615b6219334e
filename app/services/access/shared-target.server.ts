import { grantsOnSameTarget, type GrantRow } from '#db/queries/requests.ts'
import { isHeld } from '#workflows/grants/grant-states.ts'
import { placeKey } from '#workflows/grants/place.ts'
import type { Deps } from '../deps.ts'

/*
 * The tenant knows one assignment for a person, role and scope, whatever number of grants rests on it. Whoever adds to
 * it or takes from it does so under a lock on the target (see the queue), so that nobody counts while another changes.
 */

/** Whether one of these marks is that of a grant of the same person, role and scope. */
export async function isHeldByCharterkeep(
	{ database }: Pick<Deps, 'database'>,
	grant: GrantRow,
	grantIds: readonly string[],
): Promise<boolean> {
	const others = await grantsOnSameTarget(database.db, grant)
	return others.some(({ id }) => grantIds.includes(id))
}

/**
 * Of the other grants that rest on the assignment, the one that ends last; null when none does. One that is still being
 * made counts once the tenant has marked the assignment as its own; until then it makes itself another.
 */
export async function lastHolder(
	{ database }: Pick<Deps, 'database'>,
	grant: GrantRow,
	grantIds: readonly string[],
): Promise<GrantRow | null> {
	const others = await grantsOnSameTarget(database.db, grant)
	const holders = others.filter(
		({ id, state }) => isHeld(state) || (state === 'provisioning' && grantIds.includes(id)),
	)
	const endOf = ({ context }: GrantRow) => context.endsAt ?? ''
	return holders.sort((a, b) => (endOf(a) < endOf(b) ? 1 : -1))[0] ?? null
}

/** The name of the lock on what a grant assigns. */
export const targetLock = ({ context }: GrantRow) => `${context.principalId} ${placeKey(context.place)}`
