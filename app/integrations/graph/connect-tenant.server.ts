import type { DirectoryPort } from '../directory-port.ts'
import type { GrantPort } from '../grant-port.ts'
import { connectGraph, type TenantConnection } from './client.server.ts'
import { graphDirectory } from './directory.server.ts'
import { directoryRoles } from './directory-roles.server.ts'

/** The connectors of one tenant, and what to call that tenant. */
export function connectTenant(
	tenant: TenantConnection,
	newId: () => string,
): { grants: GrantPort; directory: DirectoryPort; label: { kind: 'sandbox' | 'entra'; name: string } } {
	const client = connectGraph(tenant, newId)
	return {
		grants: directoryRoles(client),
		directory: graphDirectory(client, tenant),
		label: { kind: tenant.kind, name: tenant.name },
	}
}
