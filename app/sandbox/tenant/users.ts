import type { createDirectory } from './directory.ts'
import { badRequest, notFound } from './errors.ts'
import type { TenantState } from './state.ts'
import { listOrOne, type Answer, type Asked, type Context } from './surface.ts'

export const METHODS_PERMISSION = 'UserAuthenticationMethod.Read.All'
/** Any of these lists users; all that changes about them is told to whoever may read them whole. */
const READING = ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All']

/** Users: their list, what changes about them, their authentication methods, and the end of their sessions. */
export function createUsers({
	directory,
	state,
	save,
	now,
	context,
}: {
	directory: ReturnType<typeof createDirectory>
	state: TenantState
	save: () => void
	now: () => number
	context: Context
}) {
	/** Whether this cloud has the interface for authentication methods: not all do. */
	let hasMethods = true
	return {
		answer(asked: Asked): Answer | null {
			const { method, path, url, need, demand } = asked
			const methodsPath = /^\/users\/([^/]+)\/authentication\/methods$/.exec(path)
			if (methodsPath && method === 'GET' && hasMethods) {
				demand(METHODS_PERMISSION)
				return { status: 200, result: directory.methods(methodsPath[1] ?? '') }
			}
			if (methodsPath) throw badRequest('BadRequest', "Resource not found for the segment 'authentication'.")
			if (path === '/users/delta' && method === 'GET') {
				demand('User.Read.All')
				return { status: 200, result: directory.delta(url) }
			}
			const userPath = /^\/users(?:\/([^/]+))?(?:\/(revokeSignInSessions))?$/.exec(path)
			if (!userPath) return null
			const [, id, action] = userPath
			if (method === 'POST' && action && id) {
				need('User.RevokeSessions.All')
				if (!directory.has(id)) throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
				state.sessionsRevoked[id] = now()
				save()
				return { status: 200, result: { '@odata.context': `${context()}Edm.Boolean`, value: true } }
			}
			if (method === 'GET') demand(...READING)
			return method === 'GET' && !action
				? listOrOne(asked, context, id === undefined ? directory.list() : directory.one(id), id)
				: null
		},
		/** Makes the cloud one without, or with, the interface for authentication methods; for tests. */
		offerMethods(offered: boolean): void {
			hasMethods = offered
		},
	}
}
