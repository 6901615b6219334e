import type { StoredFinding } from '#db/queries/findings.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { DECIDABLE_STATES, type FindingState } from '#workflows/grants/finding-context.ts'
import { isGroupUnread, isHeldBy } from '#workflows/grants/differences.ts'
import type { Governed } from '#workflows/grants/governed.ts'
import { isGoverned, watchedBy } from '#workflows/grants/reconcile.ts'
import type { FindingStep } from '#workflows/ledger/finding-envelope.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'

/** Which steps this officer could sign now. */
export function stepsFor(actor: Actor, finding: Pick<StoredFinding, 'row'>): FindingStep[] {
	if (!actor.permissions.has('finding:decide')) return []
	return (['remove', 'accept', 'ask_release', 'release'] as const).filter((step) => {
		try {
			demandStep(actor, finding, step)
			return true
		} catch {
			return false
		}
	})
}

/** Throws why this officer may not take the step now. */
export function demandStep(
	actor: Actor,
	{ row: { state, context } }: Pick<StoredFinding, 'row'>,
	step: FindingStep,
): void {
	const { difference, askedBy } = context
	if (isHeldBy(difference, actor.personId))
		throw new DomainError('FINDING_OWN', 'Nobody decides on what they hold themselves.')
	const isAmong = (states: readonly FindingState[]) => states.includes(state)
	switch (step) {
		case 'remove':
			if (!isAmong(['alerted', 'awaiting', 'referred', 'accepted'])) throw closed()
			if (difference.removal === null)
				throw new DomainError('FINDING_FIXED', 'There is nothing here that Charterkeep could take away.')
			return
		case 'accept':
			// Its own page takes the answer about one of our accesses.
			if (difference.grantId !== null) throw closed()
			if (!isAmong([...DECIDABLE_STATES.filter((each) => each !== 'referred'), 'accepted'])) throw closed()
			if (isGroupUnread(difference))
				throw new DomainError('FINDING_UNREAD', 'Not everybody who has this through the group could be read.')
			return
		case 'ask_release':
			if (!isAmong(['held']) || askedBy !== null) throw closed()
			return
		case 'release':
			if (!isAmong(['held'])) throw closed()
			if (askedBy === null)
				throw new DomainError('FINDING_NOT_ASKED', 'Another officer must ask for the release first.')
			if (askedBy === actor.personId)
				throw new DomainError('SAME_OFFICER', 'Another officer must confirm what this one proposed.')
	}
}

/**
 * Why nothing is taken away by this charter: it names the account as one that is only watched, or one that has it through the group,
 * as far as the last look knows. Null: it names neither.
 */
export function watchedIn(
	watched: ReadonlySet<string>,
	{ row: { family, context } }: Pick<StoredFinding, 'row'>,
): 'watched' | 'watchedThrough' | null {
	if (family !== 'holding') return null
	const { principalId, members } = context.difference
	if (watched.has(principalId ?? '')) return 'watched'
	return members?.accounts.some((id) => watched.has(id)) === true ? 'watchedThrough' : null
}

/** Whether this charter says nothing any more of the place that somebody holds. */
export const isUngoverned = (
	governed: Governed,
	{ row: { family, context } }: Pick<StoredFinding, 'row'>,
): boolean => {
	const { place } = context.difference
	return family === 'holding' && place !== null && !isGoverned(governed, place)
}

/** Accounts for emergencies are watched: an order from before the charter named one is carried out no more. */
export function demandUnwatched(
	charter: Charter,
	finding: Pick<StoredFinding, 'row'>,
	step: FindingStep,
): void {
	if (step !== 'remove' && step !== 'release') return
	if (watchedIn(watchedBy(charter), finding) !== null)
		throw new DomainError('FINDING_WATCHED', 'The charter names this account as one that is only watched.')
}

/** It is over, or somebody else was faster. */
export const closed = () => new DomainError('FINDING_CLOSED', 'This no longer waits for a decision.')
