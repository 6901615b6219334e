import { GraphError, missingPermission } from './errors.ts'
import type { Asked } from './surface.ts'

/** What each application of the tenant may do. */
export function createPermissions(initial: Readonly<Record<string, readonly string[]>>) {
	const granted = { ...initial }
	const of = (clientId: string) => granted[clientId] ?? []
	return {
		of,
		/** Which permissions an application has from now on. */
		grantOnly(left: readonly string[], clientId: string): void {
			granted[clientId] = left
		},
		/** Throws where `appId` may not send this call. */
		guards(appId: string, { method, path, body }: Pick<Asked, 'method' | 'path' | 'body'>) {
			const has = (permission: string) => of(appId).includes(permission)
			/** Whoever may only remove may send that one request, and read nothing. */
			const mayRemove = (permission: string) =>
				method === 'POST' &&
				path.endsWith('ScheduleRequests') &&
				has(permission.replace('.ReadWrite.', '.Remove.')) &&
				(body() as { action?: unknown } | null)?.action === 'adminRemove'
			const mayRead = (permission: string) =>
				method === 'GET' && has(permission.replace('.ReadWrite.', '.Read.'))
			return {
				need(permission: string): void {
					if (!has(permission) && !mayRead(permission) && !mayRemove(permission))
						throw missingPermission(permission)
				},
				/** Outside of PIM a refusal is said plainly. */
				demand(...anyOf: string[]): void {
					if (!anyOf.some(has))
						throw new GraphError(
							403,
							'Authorization_RequestDenied',
							'Insufficient privileges to complete the operation.',
						)
				},
			}
		},
	}
}
