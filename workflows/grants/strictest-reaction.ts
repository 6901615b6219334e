import { reactionTo, type FindingKind, type Reaction } from '../charter/entra.schema.ts'

/**
 * The strictest reaction to any of what is wrong: removal before a decision before an alert; of several deadlines the
 * shortest. What cannot be taken away is told, whatever the charter says of it.
 */
export function strictestReaction(
	charter: Parameters<typeof reactionTo>[0],
	kinds: readonly FindingKind[],
	isRemovable: boolean,
): Reaction {
	const all = kinds.map((kind) => reactionTo(charter, kind))
	if (isRemovable && all.some((reaction) => reaction.do === 'remove')) return { do: 'remove' }
	const decisions = all.filter((reaction) => reaction.do === 'decide')
	if (decisions.length === 0) return { do: 'alert' }
	return {
		do: 'decide',
		withinMs: Math.min(...decisions.map(({ withinMs }) => withinMs)),
		otherwise: isRemovable && decisions.some(({ otherwise }) => otherwise === 'remove') ? 'remove' : 'alert',
	}
}
