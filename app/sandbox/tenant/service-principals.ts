import { listOrOne, type Answer, type Asked, type Context } from './surface.ts'

export type SandboxServicePrincipal = {
	id: string
	appId: string
	displayName: string
	kind?: 'Application' | 'ManagedIdentity'
	accountEnabled?: boolean
}

const PERMISSIONS = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All']
const PATH = /^\/servicePrincipals(?:\/([^/]+))?$/

/** Applications and managed identities of the tenant: they can hold roles as people can. */
export function createServicePrincipals({
	initial,
	context,
}: {
	initial: readonly SandboxServicePrincipal[]
	context: Context
}) {
	const all = new Map(initial.map((one) => [one.id, one]))
	return {
		answer(asked: Asked): Answer | null {
			const matched = PATH.exec(asked.path)
			if (!matched || asked.method !== 'GET') return null
			asked.demand(...PERMISSIONS)
			const rows = [...all.values()].map(({ id, appId, displayName, kind, accountEnabled }) => ({
				id,
				appId,
				displayName,
				servicePrincipalType: kind ?? 'Application',
				accountEnabled: accountEnabled ?? true,
			}))
			return listOrOne(asked, context, rows, matched[1])
		},
		has: (id: string) => all.has(id),
		/** What an administrator registers; for tests. */
		put: (one: SandboxServicePrincipal): void => {
			all.set(one.id, one)
		},
	}
}
