import { TryAgain } from './try-again.ts'

/** How soon it is looked at again whether the tenant is the one that is meant. */
const AGAIN_MS = 30_000

/**
 * Throws TryAgain where what a job is about is of another tenant than the one that is set: what that one lists by the same ids,
 * and what it does not, says nothing of it. Null: nobody was asked for it yet.
 */
export function demandTenant({ tenant }: { tenant: { id: string } }, tenantId: string | null): void {
	if (tenantId === null || tenantId === tenant.id) return
	throw new TryAgain('This is of another tenant than the one that is set.', AGAIN_MS, { code: 'OtherTenant' })
}
