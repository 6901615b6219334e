import type { ShownDifference } from '../ledger/finding-parts.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { Difference, GroupMembers } from './differences.ts'

/** What of a difference is recorded, shown and signed. */
export const shownOf = (findingId: string, difference: Difference): ShownDifference => {
	const { family, key, kinds, principalId, principalKind, place } = difference
	const { standing, from, through, until, reasons, members, rule } = difference
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
		...(members === undefined ? {} : { members: shownMembers(members) }),
		...(rule === undefined ? {} : { rule }),
		until,
		reasons: [...reasons],
	}
}

/** Who is in a group is named by a digest: whoever signs answers for exactly these, and nobody's account stands in the record for it. */
const shownMembers = ({ accounts, isWhole }: GroupMembers): ShownDifference['members'] =>
	isWhole ? { count: accounts.length, sha256: digestOf([...accounts]) } : null

/** Whether an officer who signs for the one would sign for the other: the same is shown of both. */
export const isShownAlike = (a: Difference, b: Difference): boolean =>
	shownDigest('', a) === shownDigest('', b)

/** SHA-256, in hex, of what is shown: an officer's signature names it. */
export const shownDigest = (findingId: string, difference: Difference): string =>
	digestOf(shownOf(findingId, difference))
