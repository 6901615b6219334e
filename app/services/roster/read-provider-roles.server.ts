import { openBoundaries } from '#db/queries/boundaries.ts'
import { noteTrouble, readings, replaceSightings } from '#db/queries/roster.ts'
import { DirectoryUnavailable } from '#app/integrations/directory-port.ts'
import { directoryRoleOf } from '#workflows/lockbox/approver-roles.ts'
import type { Deps } from '../deps.ts'

/** The tenant is asked so often. */
const EVERY_MS = 10 * 60_000
/** After no answer it is asked again sooner. */
const AGAIN_MS = 2 * 60_000
/** What it answered counts for so long: then nobody is known to hold the role. */
export const READING_HOLDS_MS = 24 * 3_600_000

/** Id of the tenant that is connected. */
export const tenantIdOf = ({ directory }: Pick<Deps, 'directory'>) => directory.tenant.split(' ')[0] ?? ''

/** Asks the tenant who holds the directory roles that answer a provider, where that is due. Nothing in it is changed. */
export async function readProviderRoles(deps: Deps): Promise<void> {
	const { database, directory, newId } = deps
	const known = await readings(database.db)
	for (const boundary of await openBoundaries(database.db)) {
		const role = directoryRoleOf(boundary, tenantIdOf(deps))
		if (role === null) continue
		const at = deps.now()
		const last = known.get(boundary.id)
		const pause = last?.trouble ? AGAIN_MS : EVERY_MS
		if (last !== undefined && at.getTime() - last.triedAt.getTime() < pause) continue
		try {
			const holders = await directory.roleHolders(role)
			await database.withTx((tx) =>
				replaceSightings(
					tx,
					boundary.id,
					holders.map(({ objectId, kind, from, until }) => ({
						id: newId(),
						boundaryId: boundary.id,
						objectId,
						kind,
						validFrom: from,
						validUntil: until,
					})),
					at,
				),
			)
		} catch (error) {
			if (!(error instanceof DirectoryUnavailable)) throw error
			await database.withTx((tx) => noteTrouble(tx, boundary.id, error.code, at))
		}
	}
}
