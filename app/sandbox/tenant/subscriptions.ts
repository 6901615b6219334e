import { z } from 'zod'
import { badRequest, GraphError, notFound } from './errors.ts'
import { page, refuseQuery, selectColumns } from './odata.ts'
import type { Answer, Asked, Context } from './surface.ts'

/** A change of the directory, as far as anybody is told of it. */
export type Changed = { kind: 'user'; id: string } | { kind: 'members'; groupId: string; memberId: string }

export const SUBSCRIBING_GROUPS = 'Group.Read.All'
const LONGEST_MS = 41_760 * 60_000
/** Of one application in one tenant. */
const MOST = 100
const PATH = /^\/subscriptions(?:\/([^/]+))?(?:\/(reauthorize))?$/

const createSchema = z.object({
	changeType: z.string(),
	notificationUrl: z.string().startsWith('https://'),
	lifecycleNotificationUrl: z.string().startsWith('https://').optional(),
	resource: z.string(),
	expirationDateTime: z.iso.datetime({ offset: true }),
	clientState: z.string().max(128).optional(),
})
const renewSchema = z.object({ expirationDateTime: z.iso.datetime({ offset: true }) })
type Subscription = z.infer<typeof createSchema> & { id: string; expiresAt: number }

/** Tries an address before it is told anything; false where it does not give the token back. */
export type Validate = (url: string) => Promise<boolean>
export type Deliver = (url: string, notifications: readonly object[]) => void

/**
 * Change notifications: who wants to be told of which changes. They are told of nothing else than that something changed. An address
 * is tried before a subscription to it is made, so those calls are answered later than others.
 */
export function createSubscriptions({
	now,
	newId,
	context,
	tenantId,
	validate,
	deliver,
	hasGroup,
}: {
	now: () => number
	newId: () => string
	context: Context
	tenantId: string
	validate: Validate
	deliver: Deliver
	hasGroup: (id: string) => boolean
}) {
	const subscriptions = new Map<string, Subscription>()
	let most = MOST
	const live = () => [...subscriptions.values()].filter(({ expiresAt }) => expiresAt > now())
	const rowOf = ({ expiresAt: _, clientState: __, ...row }: Subscription) => ({
		...row,
		applicationId: null,
		creatorId: null,
		includeResourceData: null,
		clientState: null,
		encryptionCertificate: null,
		latestSupportedTlsVersion: 'v1_2',
	})
	const entity = (row: Subscription) => ({
		'@odata.context': `${context()}subscriptions/$entity`,
		...rowOf(row),
	})
	const endOf = (text: string) => {
		const expiresAt = Date.parse(text)
		if (expiresAt <= now() || expiresAt - now() > LONGEST_MS)
			throw badRequest('ExtensionError', 'Subscription expiration is in the past or too far away.')
		return expiresAt
	}

	async function create(asked: Asked): Promise<Answer> {
		const read = createSchema.safeParse(asked.body())
		if (!read.success) throw badRequest('InvalidRequest', 'The subscription is not complete.')
		const order = read.data
		demandFor(asked, order.resource)
		const groupId = groupOf(order.resource)
		if (order.changeType.split(',').some((type) => type !== 'updated' && type !== 'deleted'))
			throw badRequest('InvalidRequest', `changeType ${order.changeType} is not supported.`)
		if (order.resource !== '/users' && groupId === null)
			throw badRequest('InvalidRequest', `Resource ${order.resource} is not supported.`)
		if (groupId !== null && !hasGroup(groupId))
			throw notFound('ResourceNotFound', `Resource '${groupId}' does not exist.`)
		const expiresAt = endOf(order.expirationDateTime)
		if (live().length >= most)
			throw new GraphError(403, 'Forbidden', 'Subscription quota limit of the application is reached.')
		for (const url of [order.notificationUrl, order.lifecycleNotificationUrl])
			if (url !== undefined && !(await validate(url)))
				throw badRequest(
					'ValidationError',
					'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
				)
		const row = { ...order, id: newId(), expiresAt }
		subscriptions.set(row.id, row)
		return { status: 201, result: entity(row) }
	}

	function demandFor({ demand }: Asked, resource: string): void {
		demand(resource.startsWith('/users') ? 'User.Read.All' : SUBSCRIBING_GROUPS)
	}

	const told = (row: Subscription, what: object) => ({
		subscriptionId: row.id,
		subscriptionExpirationDateTime: new Date(row.expiresAt).toISOString(),
		clientState: row.clientState ?? null,
		tenantId,
		...what,
	})

	return {
		answer(asked: Asked): Answer | Promise<Answer> | null {
			const path = PATH.exec(asked.path)
			if (!path) return null
			const [, id, act] = path
			const { method, url } = asked
			if (id === undefined) {
				if (method === 'POST') return create(asked)
				asked.demand('User.Read.All', SUBSCRIBING_GROUPS)
				refuseQuery(url, 'select', 'filter', 'top', 'expand', 'orderby', 'count', 'search')
				return { status: 200, result: page(live().map(rowOf), url, `${context()}subscriptions`) }
			}
			const row = subscriptions.get(id)
			if (row === undefined || row.expiresAt <= now())
				throw notFound('ResourceNotFound', 'The object was not found.')
			demandFor(asked, row.resource)
			if (method === 'POST' && act === 'reauthorize') return { status: 204, result: null }
			if (method === 'DELETE') {
				subscriptions.delete(id)
				return { status: 204, result: null }
			}
			if (method === 'PATCH') {
				const { expirationDateTime } = renewSchema.parse(asked.body())
				const renewed = { ...row, expirationDateTime, expiresAt: endOf(expirationDateTime) }
				subscriptions.set(id, renewed)
				return { status: 200, result: entity(renewed) }
			}
			if (method !== 'GET') throw badRequest('BadRequest', 'The request is not supported.')
			return { status: 200, result: selectColumns(entity(row), url.searchParams.get('$select')) }
		},
		/** Tells whoever wants to know of it. */
		tell(changed: Changed): void {
			for (const row of live()) {
				const isOfIt =
					changed.kind === 'user'
						? row.resource === '/users'
						: groupOf(row.resource) === changed.groupId.toLowerCase()
				if (!isOfIt) continue
				const [type, id] = changed.kind === 'user' ? ['User', changed.id] : ['Group', changed.groupId]
				deliver(row.notificationUrl, [
					told(row, {
						changeType: 'updated',
						resource: `${type}s/${id}`,
						resourceData: {
							'@odata.type': `#Microsoft.Graph.${type}`,
							'@odata.id': `${type}s/${id}`,
							id,
							...(changed.kind === 'members' ? { 'members@delta': [{ id: changed.memberId }] } : {}),
						},
					}),
				])
			}
		},
		/** What the tenant does by itself, and how many it allows; for tests. */
		acts: {
			all: () => live(),
			/** Asks that each be confirmed. */
			askReauthorization(): void {
				for (const row of live())
					deliver(row.lifecycleNotificationUrl ?? row.notificationUrl, [
						told(row, { lifecycleEvent: 'reauthorizationRequired' }),
					])
			},
			/** Loses all of them, and says nothing. */
			lose: () => subscriptions.clear(),
			allow: (count: number) => {
				most = count
			},
		},
	}
}

/** The group whose members are meant, in lower case; null where it is something else. */
const groupOf = (resource: string) =>
	/^\/groups\/([^/]+)\/members$/.exec(resource)?.[1]?.toLowerCase() ?? null
