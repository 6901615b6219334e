import type { Deps } from '../deps.ts'

/** Whether what was read is of the tenant that this installation works with, of another one, or does not say. */
export type Belonging = 'own' | 'other' | 'unknown'

export function belonging({ tenant }: Pick<Deps, 'tenant'>, tenantId: string | null): Belonging {
	if (tenantId === null) return 'unknown'
	return tenantId.toLowerCase() === tenant.id.toLowerCase() ? 'own' : 'other'
}
