import type { Client } from '@microsoft/microsoft-graph-client'
import type { Raw, RawMethods } from '#workflows/tenant/raw-tenant.ts'
import { NOT_ASKED } from '#workflows/tenant/raw-tenant.ts'
import { listReader } from './read-list.server.ts'

/** So many calls are under way at once: each is one of a budget that revocations share. */
const AT_ONCE = 4
const FIDO2 = '#microsoft.graph.fido2AuthenticationMethod'
const ABSENT = new Set(['Request_ResourceNotFound', 'ResourceNotFound', 'userNotFound', 'itemNotFound'])

/**
 * Authentication methods of these users, and what is known of the passkeys of whoever has one. What the tenant refuses for good is
 * not asked for each of them: the answer is the same. A user that is not there is `absent`.
 */
export async function readMethods(
	client: Client,
	graphBaseUrl: string,
	userIds: readonly string[],
): Promise<Map<string, RawMethods | 'absent'>> {
	const read = listReader(client, graphBaseUrl)
	const found = new Map<string, RawMethods | 'absent'>()
	const list = givesUp((id) => read('methods', `${pathOf(id)}/methods`))
	const passkeys = givesUp((id) => read('methods', `${pathOf(id)}/fido2Methods`))
	const waiting = [...userIds]
	const work = async () => {
		for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
			const methods = await list(id)
			const hasPasskey = methods.read && methods.rows.some((row) => row['@odata.type'] === FIDO2)
			found.set(
				id,
				isAbsent(methods) ? 'absent' : { methods, passkeys: hasPasskey ? await passkeys(id) : NOT_ASKED },
			)
		}
	}
	await Promise.all(Array.from({ length: AT_ONCE }, work))
	return found
}

const pathOf = (userId: string) => `/users/${encodeURIComponent(userId)}/authentication`
const isAbsent = (list: Raw<'methods'>) => !list.read && list.code !== null && ABSENT.has(list.code)

/** Asks until it is refused for everybody; from then on that is the answer. */
function givesUp(ask: (id: string) => Promise<Raw<'methods'>>): (id: string) => Promise<Raw<'methods'>> {
	let refused: Raw<'methods'> | null = null
	return async (id) => {
		if (refused !== null) return refused
		const list = await ask(id)
		if (!list.read && !isAbsent(list) && (list.why === 'forbidden' || list.why === 'unsupported'))
			refused = list
		return list
	}
}
