import type { Client } from '@microsoft/microsoft-graph-client'
import { instantOf, nameOf } from '#workflows/tenant/graph-values.ts'
import type { SignIn } from '#workflows/tenant/watched-account.ts'
import type { WatchPort } from '../watch-port.ts'
import { listReader } from './read-list.server.ts'

/**
 * Sign-ins through Microsoft Graph: takes `AuditLog.Read.All` and a licence of P1 or P2, and five calls in ten seconds are all
 * there are. Columns cannot be chosen: a call with `$select` is refused. https://learn.microsoft.com/graph/api/signin-list
 */
export function graphSignIns(client: Client, graphBaseUrl: string): WatchPort {
	const read = listReader(client, graphBaseUrl)
	return {
		async signIns(objectId, since) {
			const filter = `userId%20eq%20'${encodeURIComponent(objectId)}'%20and%20createdDateTime%20ge%20${encodeURIComponent(since)}`
			const list = await read('signIns', `/auditLogs/signIns?$filter=${filter}&$top=200`)
			if (!list.read) return list
			return {
				read: true,
				rows: list.rows
					.filter(({ userId }) => userId.toLowerCase() === objectId.toLowerCase())
					.map(({ id, createdDateTime, appDisplayName, ipAddress, status }): SignIn => ({
						id,
						at: instantOf(createdDateTime) ?? since,
						errorCode: status.errorCode,
						application: nameOf(appDisplayName),
						ipAddress: nameOf(ipAddress),
					})),
			}
		},
	}
}
