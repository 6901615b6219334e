import { standingTroubles } from '#db/queries/tenant-troubles.ts'
import { findRequest } from '#db/queries/requests.ts'
import { menderOf } from '#app/integrations/graph/tenant-answers.ts'
import { warnedDays } from '#workflows/tenant/certificate-warnings.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { EntraStanding } from './views.ts'

/** What stands between Charterkeep and the tenant, for those who see everybody's access; null where nothing does. */
export async function showStanding(
	{ database, tenant, now }: Deps,
	actor: Actor,
): Promise<EntraStanding | null> {
	if (!actor.permissions.has('grant:read_all')) return null
	const rows = await standingTroubles(database.db)
	const connection = rows.find(({ grantId }) => grantId === null)
	const accesses = []
	for (const { requestId, code, since } of rows) {
		if (requestId === null) continue
		const { id, number } = await findRequest(database.db, requestId)
		accesses.push({ id, number, code, since: since.toISOString(), mender: menderOf(code) })
	}
	const certificates = tenant.certificates
		.filter(({ endsAt }) => warnedDays(endsAt, now()) !== null)
		.map(({ of, endsAt }) => ({ of, endsAt: endsAt.toISOString(), isOver: endsAt <= now() }))
	if (connection === undefined && accesses.length === 0 && certificates.length === 0) return null
	return {
		connection:
			connection === undefined
				? null
				: {
						code: connection.code,
						since: connection.since.toISOString(),
						mender: menderOf(connection.code),
					},
		accesses,
		certificates,
	}
}
