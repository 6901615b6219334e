import { durationMs } from '../../shared/instants.ts'
import type { Charter } from '../charter.schema.ts'
import { FINDING_KINDS, NOTHING_TO_REMOVE } from '../entra.schema.ts'
import type { Problem } from './problem.ts'

/** What is said of Entra ID and could never work: removing what is not there, deciding in no time, an account named twice. */
export function entraProblems({ entra }: Charter): Problem[] {
	if (!entra) return []
	return [...reactionProblems(entra), ...accountProblems(entra), ...massProblems(entra)]
}

type EntraRules = NonNullable<Charter['entra']>

function reactionProblems({ findings = {} }: EntraRules): Problem[] {
	return FINDING_KINDS.flatMap((kind): Problem[] => {
		const reaction = findings[kind]
		const path = ['entra', 'findings', kind]
		if (reaction === undefined) return []
		const removes = reaction === 'remove' || (typeof reaction === 'object' && reaction.otherwise === 'remove')
		if (removes && NOTHING_TO_REMOVE.includes(kind))
			return [{ path, message: `There is nothing to remove of ${kind}: say alert, or let its owner decide.` }]
		if (typeof reaction === 'object' && (durationMs(reaction.decideWithin) ?? 0) <= 0)
			return [
				{ path: [...path, 'decideWithin'], message: 'Give the owner some time to decide, such as PT4H.' },
			]
		return []
	})
}

function accountProblems({ breakGlassAccounts = [] }: EntraRules): Problem[] {
	const ids = breakGlassAccounts.map(({ objectId }) => objectId.toLowerCase())
	return ids.flatMap((id, i): Problem[] =>
		ids.indexOf(id) === i
			? []
			: [
					{
						path: ['entra', 'breakGlassAccounts', i, 'objectId'],
						message: 'This account is named already: take one of the two out.',
					},
				],
	)
}

function massProblems({ massRemoval }: EntraRules): Problem[] {
	if (!massRemoval || (durationMs(massRemoval.within) ?? 0) > 0) return []
	return [
		{
			path: ['entra', 'massRemoval', 'within'],
			message: 'Say over which time removals are counted, such as PT1H.',
		},
	]
}
