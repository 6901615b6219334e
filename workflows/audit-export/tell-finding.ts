import type { Leaf } from '../ledger/entry.schema.ts'
import type { createFindingStory } from './finding-story.ts'
import type { Openings, StoryProblem } from './problem.ts'

type FindingStory = ReturnType<typeof createFindingStory>
type FindingLeaf = Extract<Leaf, { kind: `finding.${string}` }>

/** Tells the story what an entry about a finding says. */
export function tellFinding(story: FindingStory, leaf: FindingLeaf, openings: Openings): StoryProblem[] {
	switch (leaf.kind) {
		case 'finding.opened':
			return story.tellOpened(leaf, openings)
		case 'finding.confirmed':
			return story.tellConfirmed(leaf, openings)
		case 'finding.changed':
			return story.tellChanged(leaf, openings)
		case 'finding.taken':
			return story.tellTaken(leaf)
		case 'finding.silent':
			return story.tellSilent(leaf)
		case 'finding.acceptance_over':
			return story.tellAcceptanceOver(leaf)
		case 'finding.decided':
			return story.tellDecided(leaf, openings)
		case 'finding.held':
			return story.tellHeld(leaf)
		case 'finding.removing':
			return story.tellRemoving(leaf)
		case 'finding.removal_postponed':
		case 'finding.removal_retried':
		case 'finding.removal_not_confirmed':
		case 'finding.removal_failed':
		case 'finding.kill_switch_used':
			return story.tellRemoval(leaf)
		case 'finding.sessions_ended':
			return story.tellSessionsEnded(leaf)
		case 'finding.closed':
			return story.tellClosed(leaf)
		case 'finding.attempt_refused':
			return []
	}
}
