import type { StoredRequest } from './state.ts'

/** The id of the plain assignment behind what PIM made, or of one that was made past it. */
export const assignmentIdOf = (r: Pick<StoredRequest, 'id' | 'isDirect'>) =>
	r.isDirect === true ? r.id : `${r.id}-assignment`
