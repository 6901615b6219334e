import { canonicalJson, type Json } from '../shared/canonical-json.ts'
import type { FindingContext } from './finding-context.ts'
import { shownOf } from './shown-difference.ts'

type Seen = Pick<FindingContext, 'difference' | 'reaction'>

/**
 * Whether a look tells anything that people would see, or would sign: what was known before it against what is known after it.
 * Everything that is signed is part of it, so that the record always tells of it before an officer can sign it.
 */
export const isNews = (before: Seen, after: Seen): boolean =>
	canonicalJson(plain(before)) !== canonicalJson(plain(after))

const plain = ({ difference, reaction }: Seen): Json => ({
	reaction,
	shown: shownOf('', difference),
	people: difference.people > 0,
	removal: difference.removal as Json,
	personId: difference.personId,
})
