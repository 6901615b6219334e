import { listOrOne, type Answer, type Asked, type Context } from './surface.ts'

const PATH = /^\/organization(?:\/([^/]+))?$/

/** Which tenant it is. */
export const createOrganisation = ({ tenantId, context }: { tenantId: () => string; context: Context }) => ({
	answer(asked: Asked): Answer | null {
		const matched = PATH.exec(asked.path)
		if (!matched || asked.method !== 'GET') return null
		asked.demand('User.Read.All', 'Organization.Read.All', 'Directory.Read.All')
		const row = { id: tenantId(), displayName: 'Sandbox tenant', tenantType: 'AAD', verifiedDomains: [] }
		return listOrOne(asked, context, [row], matched[1])
	},
})
