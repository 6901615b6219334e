import type { GrantPort } from '../grant-port.ts'
import { connectGraph, type TenantConnection } from './client.server.ts'
import { directoryRoles } from './directory-roles.server.ts'

/** The grant connector of one tenant, and what to call that tenant. */
export function connectTenant(
	tenant: TenantConnection,
	newId: () => string,
): { grants: GrantPort; label: { kind: 'sandbox' | 'entra'; name: string } } {
	return {
		grants: directoryRoles(connectGraph(tenant, newId)),
		label: { kind: tenant.kind, name: tenant.name },
	}
}
