import { ticks } from './pim-lists.ts'
import type { StoredPasskey, TenantState } from './state.ts'
import { GraphError, notFound } from './errors.ts'
import { page, refuseQuery } from './odata.ts'
import type { Answer, Asked, Context } from './surface.ts'

const PATH = /^\/users\/([^/]+)\/authentication\/fido2Methods$/
const MADE = Date.parse('2026-01-05T08:00:00Z')
const USUAL: StoredPasskey = {
	aaGuid: 'cb69481e-8ff7-4039-93ec-0a2729a154a8',
	passkeyType: 'deviceBound',
	attestationLevel: 'attested',
}

/** FIDO2 methods of users, with what is known of the authenticator. Users whose methods name none have none. */
export function createPasskeys({
	state,
	save,
	kindsOf,
	hasUser,
	context,
}: {
	state: TenantState
	save: () => void
	kindsOf: (userId: string) => readonly string[]
	hasUser: (id: string) => boolean
	context: Context
}) {
	/** As of the interface for authentication methods, of which this is a part. */
	let isOffered = true
	return {
		answer({ method, path, url, demand }: Asked): Answer | null {
			const userId = PATH.exec(path)?.[1]
			if (userId === undefined || method !== 'GET' || !isOffered) return null
			demand('UserAuthMethod-Passkey.Read.All', 'UserAuthenticationMethod.Read.All')
			if (!hasUser(userId)) throw notFound('Request_ResourceNotFound', `Resource '${userId}' does not exist.`)
			refuseQuery(url, 'select', 'filter', 'expand', 'orderby')
			const keys = kindsOf(userId).includes('fido2') ? (state.passkeys?.[userId] ?? [USUAL]) : []
			const rows = keys.map((key, index) => ({
				id: `${userId}-passkey-${index}`,
				displayName: `Key ${index + 1}`,
				createdDateTime: ticks(MADE),
				model: 'Security key',
				attestationCertificates: [],
				...key,
			}))
			return {
				status: 200,
				result: page(rows, url, `${context()}users('${userId}')/authentication/fido2Methods`),
			}
		},
		offer(offered: boolean): void {
			isOffered = offered
		},
		/** What somebody registers; for tests. */
		set(userId: string, keys: StoredPasskey[]): void {
			if (!hasUser(userId)) throw new GraphError(404, 'Request_ResourceNotFound', 'No such user.')
			state.passkeys = { ...state.passkeys, [userId]: keys }
			save()
		},
	}
}
