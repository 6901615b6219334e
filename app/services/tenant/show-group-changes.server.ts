import type { Reader } from '#db/client.ts'
import { readGroupSyncs } from '#db/queries/tenant-groups.ts'
import type { DirectoryTrouble } from '#app/integrations/directory-port.ts'
import { governedBy, governedParts } from '#workflows/grants/governed.ts'
import type { Deps } from '../deps.ts'
import { partsOf } from './sync-groups.server.ts'

/** Whether Entra ID can be asked between looks what changed in governed groups, which only shortens the time until the next one. */
export type GroupChangesView = {
	/** Groups that the charter gives places in. */
	groups: number
	/** By when all of them had been asked about; null before the first time. */
	askedAt: string | null
	/** What stands in the way, each once: of how many groups, in the tenant's own word, and since when. */
	troubles: { trouble: DirectoryTrouble; code: string | null; groups: number; since: string }[]
}

export async function showGroupChanges(deps: Deps, reader: Reader): Promise<GroupChangesView> {
	const { charter } = await deps.charters.inForce(reader)
	const { groups } = governedParts(governedBy(charter, deps.tenant.groups))
	const known = await readGroupSyncs(reader)
	// Rows of parts that are no more, or of another tenant, say nothing of what is asked now.
	const rows = partsOf(groups).map(({ part, groupIds }) => {
		const row = known.get(part)
		return { groups: groupIds.length, row: row?.tenant === deps.directory.tenant ? row : undefined }
	})
	const troubles = new Map<DirectoryTrouble, GroupChangesView['troubles'][number]>()
	for (const { groups: count, row } of rows) {
		if (!row?.trouble || row.troubleSince === null) continue
		const since = row.troubleSince.toISOString()
		const told = troubles.get(row.trouble) ?? {
			trouble: row.trouble,
			code: row.troubleCode,
			groups: 0,
			since,
		}
		troubles.set(row.trouble, {
			...told,
			groups: told.groups + count,
			since: since < told.since ? since : told.since,
		})
	}
	const asked = rows.map(({ row }) => row?.finishedAt?.toISOString() ?? null)
	return {
		groups: groups.length,
		askedAt: asked.reduce(
			(first, at) => (first === null || at === null || at < first ? at : first),
			asked[0] ?? null,
		),
		troubles: [...troubles.values()],
	}
}
