import type { ShownDifference } from '../ledger/finding-parts.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { Difference } from './differences.ts'

/** What of a difference is recorded, shown and signed. */
export const shownOf = (findingId: string, difference: Difference): ShownDifference => {
	const { family, key, kinds, principalId, principalKind, place, standing, from, through, until, reasons } =
		difference
	return {
		findingId,
		kinds: [...kinds],
		principalId,
		principalKind,
		place,
		policy: family === 'policy' ? key.slice('policy '.length) : null,
		standing,
		...(standing === 'scheduled' ? { from } : {}),
		through,
		until,
		reasons: [...reasons],
	}
}

/** SHA-256, in hex, of what is shown: an officer's signature names it. */
export const shownDigest = (findingId: string, difference: Difference): string =>
	digestOf(shownOf(findingId, difference))
