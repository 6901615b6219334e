import type { TenantPort } from '#app/integrations/tenant-port.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { breakGlassAccountsOf } from '#workflows/charter/entra.schema.ts'
import type { Memberships } from '#workflows/tenant/readiness/judge-break-glass.ts'

/** Groups that the charter's accounts for emergencies are in: policies that leave out a group are judged by them. */
export async function membershipsOf(
	reader: Pick<TenantPort, 'memberOf'>,
	charter: Pick<Charter, 'entra'>,
): Promise<Memberships> {
	const found = new Map<string, ReadonlySet<string> | null>()
	for (const { objectId } of breakGlassAccountsOf(charter)) {
		const seen = await reader.memberOf(objectId)
		found.set(objectId, seen.read ? new Set(seen.groups) : null)
	}
	return found
}
