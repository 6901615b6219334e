import { fileRequests, type FilingForm } from '#app/services/access/file-request.server.ts'
import type { Actor } from '#app/services/actor.ts'
import type { Deps } from '#app/services/deps.ts'

export type RequestForm = Omit<FilingForm, 'roles' | 'allOrNone'> & { role: string }

/** A form with one role, as somebody sends it; gives the id of the request. */
export async function fileRequest(deps: Deps, actor: Actor, { role, ...form }: RequestForm): Promise<string> {
	const { requests } = await fileRequests(deps, actor, { ...form, roles: [role] })
	return requests[0]?.id ?? ''
}
