import { warnedDays } from '#workflows/tenant/certificate-warnings.ts'
import type { Deps } from '../deps.ts'
import { notify } from '../notify/notify.server.ts'

/**
 * Tells security officers 30 days, 7 days and one day before a certificate ends by which Charterkeep shows itself to the tenant,
 * each time once: with it ends everything that Charterkeep can do there.
 */
export async function tellCertificates(deps: Deps): Promise<void> {
	const at = deps.now()
	for (const { of, endsAt } of deps.tenant.certificates) {
		const days = warnedDays(endsAt, at)
		if (days === null) continue
		await deps.database.withTx((tx) =>
			notify(tx, deps, {
				kind: 'certificate_expires',
				to: [{ duty: 'security_officer' }],
				about: { type: 'tenant', id: null },
				code: of,
				deadline: endsAt.toISOString(),
				once: `certificate:${of}:${endsAt.toISOString()}:${days}`,
				at,
			}),
		)
	}
}
