import type { Client } from '@microsoft/microsoft-graph-client'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import type { DirectoryPort } from '../directory-port.ts'
import type { GrantPort, GrantTarget, PlacePort } from '../grant-port.ts'
import { connectGraph, type TenantConnection } from './client.server.ts'
import { directoryRoles } from './directory-roles.server.ts'
import { graphDirectory } from './directory.server.ts'
import { groupMembers } from './group-members.server.ts'
import { pimGroups } from './pim-groups.server.ts'
import { reading } from './reading.server.ts'

/** The connectors of one tenant, and what to call that tenant. */
export function connectTenant(
	tenant: TenantConnection,
	newId: () => string,
): {
	grants: GrantPort
	directory: DirectoryPort
	label: { kind: 'sandbox' | 'entra'; name: string; groups: GroupKeeper }
} {
	const client = connectGraph(tenant, newId)
	return {
		grants: grantPort(client, tenant),
		directory: graphDirectory(client, tenant),
		label: { kind: tenant.kind, name: tenant.name, groups: tenant.groups },
	}
}

/** Every kind of place behind the one port: each target goes to the connector of its kind. */
function grantPort(client: Client, { graphBaseUrl }: TenantConnection): GrantPort {
	const ports = {
		role: directoryRoles(client),
		pim: pimGroups(client),
		membership: groupMembers(client, graphBaseUrl),
	}
	const portOf = ({ place }: GrantTarget): PlacePort => (place.kind === 'role' ? ports.role : ports[place.by])
	return {
		assign: (order) => portOf(order).assign(order),
		update: (order) => portOf(order).update(order),
		remove: (order) => portOf(order).remove(order),
		cancel: (target, requestId) => portOf(target).cancel(target, requestId),
		read: (target) => portOf(target).read(target),
		async revokeSessions(principalId) {
			await reading(() =>
				client.api(`/users/${encodeURIComponent(principalId)}/revokeSignInSessions`).post({}),
			)
		},
	}
}
