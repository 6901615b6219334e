import type { LeafOf } from '../ledger/entry.schema.ts'
import { problem, type StoryProblem } from './problem.ts'

/** Whether what is told of the tenant's not being reached begins and ends in turn, one after the other. */
export function createTenantStory() {
	let standing: string | null = null
	return {
		tell({ kind, open }: LeafOf<'tenant.trouble' | 'tenant.trouble_over'>): StoryProblem[] {
			const before = standing
			standing = kind === 'tenant.trouble' ? open.code : null
			const isInTurn = kind === 'tenant.trouble' ? before === null : before === open.code
			return isInTurn
				? []
				: [problem('TENANT_TROUBLE', 'a trouble of the tenant begins twice, or ends that had not begun')]
		},
	}
}
