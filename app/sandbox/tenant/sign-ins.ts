import { badRequest, GraphError } from './errors.ts'
import { page, refuseQuery } from './odata.ts'
import type { Answer, Asked, Context } from './surface.ts'

const FILTER = /^userId eq '([^']+)'(?: and createdDateTime ge (\S+))?$/

/** A sign-in as somebody makes it here. */
export type SandboxSignIn = { userId: string; errorCode?: number; at?: Date; application?: string }

/** The log of sign-ins, newest first. It takes a licence of P1 or P2, as the tenant's own does. */
export function createSignIns({
	now,
	newId,
	nameOf,
	context,
}: {
	now: () => number
	newId: () => string
	nameOf: (userId: string) => string | null
	context: Context
}) {
	const rows: Record<string, unknown>[] = []
	let isLicensed = true
	return {
		answer({ method, path, url, demand }: Asked): Answer | null {
			if (method !== 'GET' || path !== '/auditLogs/signIns') return null
			demand('AuditLog.Read.All')
			if (!isLicensed)
				throw new GraphError(
					403,
					'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
					'Neither tenant is B2C or tenant does not have premium license',
				)
			refuseQuery(url, 'select', 'expand', 'orderby', 'count', 'search')
			const filter = url.searchParams.get('$filter')
			const [, userId, since] = FILTER.exec(filter ?? '') ?? []
			if (filter !== null && userId === undefined)
				throw badRequest('BadRequest', `Invalid filter clause: ${filter}`)
			const found = rows.filter(
				(row) =>
					(userId === undefined || row.userId === userId) &&
					(since === undefined || Date.parse(String(row.createdDateTime)) >= Date.parse(since)),
			)
			return { status: 200, result: page(found, url, `${context()}auditLogs/signIns`) }
		},
		/** Somebody signs in, or fails to. */
		add({ userId, errorCode = 0, at, application = 'Azure Portal' }: SandboxSignIn): string {
			const id = newId()
			rows.unshift({
				id,
				createdDateTime: (at ?? new Date(now())).toISOString().replace(/\.\d+Z$/, 'Z'),
				userId,
				userDisplayName: nameOf(userId) ?? '',
				userPrincipalName: '',
				appId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
				appDisplayName: application,
				ipAddress: '203.0.113.7',
				clientAppUsed: 'Browser',
				isInteractive: true,
				status: {
					errorCode,
					failureReason: errorCode === 0 ? 'Other.' : 'Invalid username or password.',
					additionalDetails: null,
				},
			})
			return id
		},
		/** Whether the tenant has bought what it takes; for tests. */
		license: (has: boolean): void => {
			isLicensed = has
		},
	}
}
