import { liveRequestIds } from '#db/queries/live-requests.ts'
import { requestsById } from '#db/queries/requests.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { GrantsNow } from '../views.ts'
import { summarise } from './summarise.server.ts'

const PAGE = 50

/**
 * Who holds what until when, those that end first on top: everybody's for those who may see them, else one's own.
 * `after` is the `next` of the page before.
 */
export async function showGrantsNow(
	deps: Deps,
	actor: Actor,
	{
		role,
		after,
		isOwn = false,
		limit = PAGE,
	}: {
		role?: string
		after?: string
		/** Their own alone, whatever else they may see. */
		isOwn?: boolean
		limit?: number
	},
): Promise<GrantsNow> {
	const { db } = deps.database
	const { charter } = await deps.charters.inForce(db, deps.now())
	const mayReadAll = !isOwn && actor.permissions.has('grant:read_all')
	const ids = await liveRequestIds(db, {
		...(mayReadAll ? {} : { personId: actor.personId }),
		...(role === undefined ? {} : { role }),
		...cursorOf(after),
		limit: limit + 1,
	})
	const page = ids.slice(0, limit)
	const rows = await requestsById(
		db,
		page.map(({ id }) => id),
	)
	const last = page.at(-1)
	return {
		grants: page.flatMap(({ id }) => {
			const row = rows.get(id)
			if (!row?.grantContext) return []
			const { startAt, startsAt, endsAt, extension, durationMs } = row.grantContext
			return [
				{
					...summarise(row, charter),
					from: startsAt ?? startAt,
					until: endsAt ?? (startAt === null ? null : plannedEnd(startAt, durationMs)),
					extendingTo: extension?.endsAt ?? null,
				},
			]
		}),
		next: ids.length > limit && last ? `${last.end}~${last.number}` : null,
		roles: Object.entries(charter.roles).flatMap(([key, { title, access }]) =>
			access ? [{ key, title }] : [],
		),
	}
}

const plannedEnd = (startAt: string, durationMs: number) =>
	new Date(Date.parse(startAt) + durationMs).toISOString()

const CURSOR = /^([0-9T:.Z-]{0,24})~(\d{1,15})$/

/** What cannot be read is taken for absent: the page begins anew. */
function cursorOf(text: string | undefined) {
	const [, end, number] = CURSOR.exec(text ?? '') ?? []
	return end === undefined ? {} : { after: { end, number: Number(number) } }
}
