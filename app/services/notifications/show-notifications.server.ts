import { subscriptionsOf } from '#db/queries/graph-subscriptions.ts'
import type { Reader } from '#db/client.ts'
import type { SubscriptionTrouble } from '#workflows/tenant/subscriptions.ts'
import type { Deps } from '../deps.ts'

/** Whether the tenant tells us of changes by itself, which only shortens the time until the next look. */
export type NotificationsView = {
	/** Nobody said where the tenant reaches us; or its cloud has none. */
	standing: 'off' | 'unsupported' | 'on'
	/** Of how many places we are told, and of how many we would be. */
	live: number
	wanted: number
	heardAt: string | null
	/** What stands in the way of the rest, each once. */
	troubles: { trouble: SubscriptionTrouble; code: string | null }[]
}

export async function showNotifications(deps: Deps, reader: Reader): Promise<NotificationsView> {
	const { port, url } = deps.notifications
	const rows = url === null ? [] : await subscriptionsOf(reader, port.tenant)
	const at = deps.now()
	const heard = rows.flatMap(({ heardAt }) => (heardAt === null ? [] : [heardAt.toISOString()])).sort()
	const troubles = new Map(
		rows.flatMap(({ trouble, troubleCode }) =>
			trouble === null ? [] : [[trouble, { trouble, code: troubleCode }] as const],
		),
	)
	return {
		standing: deps.tenant.lacks.includes('notifications') ? 'unsupported' : url === null ? 'off' : 'on',
		live: rows.filter(({ expiresAt }) => expiresAt !== null && expiresAt > at).length,
		wanted: rows.length,
		heardAt: heard.at(-1) ?? null,
		troubles: [...troubles.values()],
	}
}
