import type { LeafOf } from '../ledger/entry.schema.ts'
import { problem, type StoryProblem } from './problem.ts'

type Holding = { from: string; until: string | null }

/**
 * Boundaries of providers, who holds their roles, and who is on duty, as the entries of a log say it: nothing is changed
 * that was not recorded before, nothing twice, and nobody is recorded for a boundary that is closed.
 */
export function createRosterStory() {
	const open = new Set<string>()
	/** Entries that recorded a boundary, each with the provider. */
	const entries = new Map<string, string>()
	const closed = new Set<string>()
	const holders = new Map<string, Holding>()
	const shifts = new Set<string>()

	const ofOpen = (boundaryId: string): StoryProblem[] =>
		open.has(boundaryId)
			? []
			: closed.has(boundaryId)
				? [problem('BOUNDARY_CLOSED', 'something is recorded of a boundary that was closed before')]
				: [problem('BOUNDARY_UNKNOWN', 'something is recorded of a boundary that was not recorded before')]
	const ofPerson = (subject: string | null, actor: string | null): StoryProblem[] =>
		subject === null || subject === actor
			? [problem('ROSTER_OWN', 'somebody recorded about themselves that they could answer a provider')]
			: []

	return {
		/** Which provider's boundary this entry recorded; undefined where it recorded none. */
		providerOf: (entryId: string) => entries.get(entryId),
		tellBoundary(
			leaf: LeafOf<'provider_boundary.recorded' | 'provider_boundary.changed' | 'provider_boundary.closed'>,
		): StoryProblem[] {
			const { kind } = leaf
			const { boundaryId } = leaf.open
			if (leaf.kind === 'provider_boundary.recorded') {
				entries.set(leaf.id, (leaf as LeafOf<'provider_boundary.recorded'>).open.provider)
				if (open.has(boundaryId) || closed.has(boundaryId))
					return [problem('BOUNDARY_TWICE', 'a boundary is recorded twice')]
				open.add(boundaryId)
				return []
			}
			const problems = ofOpen(boundaryId)
			if (kind === 'provider_boundary.closed' && open.delete(boundaryId)) closed.add(boundaryId)
			return problems
		},
		tellHolder({ subject, actor, open: said }: LeafOf<'provider_holder.recorded'>): StoryProblem[] {
			holders.set(said.holderId, { from: said.from, until: said.until })
			return [...ofOpen(said.boundaryId), ...ofPerson(subject, actor)]
		},
		tellHolderEnded({ open: { holderId, until } }: LeafOf<'provider_holder.ended'>): StoryProblem[] {
			const holding = holders.get(holderId)
			if (!holding) return [problem('HOLDER_UNKNOWN', 'a holding ends that was not recorded before')]
			if (until < holding.from || (holding.until !== null && until >= holding.until))
				return [problem('HOLDER_ENDED', 'a holding is ended later than it ends already, or before it began')]
			holding.until = until
			return []
		},
		tellShift({ subject, open: { shiftId, boundaryId } }: LeafOf<'provider_shift.recorded'>): StoryProblem[] {
			shifts.add(shiftId)
			return subject === null
				? [problem('SHIFT_OF_NOBODY', 'a shift is recorded of nobody')]
				: ofOpen(boundaryId)
		},
		tellShiftRemoved({ open: { shiftId } }: LeafOf<'provider_shift.removed'>): StoryProblem[] {
			return shifts.delete(shiftId)
				? []
				: [problem('SHIFT_UNKNOWN', 'a shift is taken out of the plan that is not in it')]
		},
	}
}
