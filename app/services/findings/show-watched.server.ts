import type { Reader } from '#db/client.ts'
import type { RunRow } from '#db/queries/reconcile-runs.ts'
import { lastSignIns, watchedRows } from '#db/queries/watched-accounts.ts'
import { breakGlassAccountsOf } from '#workflows/charter/entra.schema.ts'
import { governedBy } from '#workflows/grants/governed.ts'
import { NOTHING_SEEN } from '#workflows/tenant/watched-account.ts'
import type { FindingLooker } from './summarise-finding.server.ts'
import type { WatchedView } from './views.ts'

/** The accounts that the charter says are only watched: what each holds, how it stands, and who signed in with it last. */
export async function showWatched(
	reader: Reader,
	run: RunRow | null,
	{ charter, accounts, deps }: FindingLooker,
): Promise<WatchedView[]> {
	const governed = governedBy(charter, deps.tenant.groups)
	const rows = await watchedRows(reader)
	const signIns = await lastSignIns(reader)
	return breakGlassAccountsOf(charter).map(({ objectId, title }) => {
		const held = run?.watched.find((each) => each.objectId === objectId)
		const known = accounts.get(objectId)
		const row = rows.get(objectId)
		const last = signIns.get(objectId)
		return {
			objectId,
			title,
			name: known?.name ?? known?.userPrincipalName ?? null,
			holdings: (held?.places ?? []).map((text) => {
				const [how = '', id = '', ...rest] = text.split(' ')
				// As the charter names it; what no charter gives has its ids alone.
				const role = governed.get(id)?.[0]?.role ?? governed.get([id, ...rest].join(' '))?.[0]?.role
				const name = role === undefined ? undefined : charter.roles[role]?.access?.entra.name
				return { how, place: [name ?? id, ...rest].join(' ') }
			}),
			isKnown: held !== undefined,
			seen: row?.state ?? NOTHING_SEEN,
			lookedAt: row?.lookedAt?.toISOString() ?? null,
			lastSignIn:
				last === undefined
					? null
					: {
							at: last.at.toISOString(),
							succeeded: last.succeeded,
							application: last.application,
							ipAddress: last.ipAddress,
						},
			signInsReadTo: row?.signInsReadTo?.toISOString() ?? null,
			trouble: row?.trouble ?? [],
		}
	})
}
