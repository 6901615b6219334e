import { clearanceModelOf } from '../clearance-models.ts'
import type { FactValues, FieldProblem } from './fact-kinds.ts'

/**
 * What a clearance lacks of the things that clearances of its scheme hang on; null where it lacks nothing. A post is part
 * of what the clearance is, whatever became of it; somebody must vouch for one that is granted, and that is neither the
 * person nor whoever records it.
 */
export function clearanceProblem(
	{ scheme, state, post, sponsorId }: FactValues['clearance'],
	{ personId, recorderId }: { personId: string | null; recorderId: string },
): FieldProblem | null {
	const model = clearanceModelOf(scheme)
	if (model.post && post === null) return { field: 'post', problem: 'POST_NEEDED' }
	if (sponsorId === null)
		return model.sponsor && state === 'granted' ? { field: 'sponsor', problem: 'SPONSOR_NEEDED' } : null
	if (sponsorId === personId) return { field: 'sponsor', problem: 'OWN_SPONSOR' }
	return sponsorId === recorderId ? { field: 'sponsor', problem: 'SPONSOR_RECORDS' } : null
}
