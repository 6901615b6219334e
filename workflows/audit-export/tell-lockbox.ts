import type { Leaf } from '../ledger/entry.schema.ts'
import type { createLockboxStory } from './lockbox-story.ts'
import type { Openings, StoryProblem } from './problem.ts'

type LockboxStory = ReturnType<typeof createLockboxStory>
type LockboxLeaf = Extract<Leaf, { kind: `lockbox.${string}` }>

/** Tells the story what an entry about a request for customer content says. */
export function tellLockbox(story: LockboxStory, leaf: LockboxLeaf, openings: Openings): StoryProblem[] {
	switch (leaf.kind) {
		case 'lockbox.imported':
			return story.tellImported(leaf, openings)
		case 'lockbox.decided':
			return story.tellDecided(leaf, openings)
		case 'lockbox.approval_fell':
			return story.tellApprovalFell(leaf)
		case 'lockbox.requester_fell':
			return story.tellRequesterFell(leaf)
		case 'lockbox.clock':
			return story.tellClock(leaf)
		case 'lockbox.sending':
			return story.tellSending(leaf)
		case 'lockbox.seen':
			return story.tellSeen(leaf)
		default:
			return []
	}
}
