import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import {
	GrantPortUnavailable,
	type AssignOrder,
	type GrantPort,
	type GrantTarget,
	type Sighting,
	type WriteOutcome,
} from '../grant-port.ts'
import { equals } from './client.server.ts'
import { NoAnswer } from './https-fetch.server.ts'
import { outcomeOf, refusalOf } from './outcome.server.ts'

const REQUESTS = '/roleManagement/directory/roleAssignmentScheduleRequests'
const INSTANCES = '/roleManagement/directory/roleAssignmentScheduleInstances'
const TICKET_SYSTEM = 'Charterkeep'
const MAX_PAGES = 20

const requestSchema = z.object({
	id: z.string(),
	status: z.string(),
	action: z.string(),
	targetScheduleId: z.string().nullish(),
	createdDateTime: z.string().nullish(),
	ticketInfo: z.object({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() }).nullish(),
})
const instanceSchema = z.object({
	id: z.string(),
	directoryScopeId: z.string().nullish(),
	memberType: z.string().nullish(),
	roleAssignmentScheduleId: z.string().nullish(),
	startDateTime: z.string().nullish(),
	endDateTime: z.string().nullish(),
})
const createdSchema = z.object({ id: z.string(), status: z.string() })
const pageSchema = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() })

/** What makes an assignment, or makes one that stands last longer or shorter. */
const ASSIGNING = new Set(['adminAssign', 'adminUpdate'])
/** Statuses of an assignment request after which it will not become, or no longer is, an access. */
const GONE = new Set(['Failed', 'Denied', 'Canceled', 'Revoked'])

/** Directory roles through Privileged Identity Management: `adminAssign`, `adminUpdate`, `adminRemove`, and reading back. */
export function directoryRoles(client: Client): GrantPort {
	const write = async (body: Record<string, unknown>): Promise<WriteOutcome> => {
		try {
			const { id, status } = createdSchema.parse(await client.api(REQUESTS).post(body))
			return { kind: 'accepted', requestId: id, status }
		} catch (error) {
			return outcomeOf(error)
		}
	}
	const target = ({ principalId, roleDefinitionId, directoryScopeId }: GrantTarget) => ({
		principalId,
		roleDefinitionId,
		directoryScopeId,
	})
	const ticket = ({ grantId }: GrantTarget) => ({ ticketNumber: grantId, ticketSystem: TICKET_SYSTEM })

	const schedule = (action: 'adminAssign' | 'adminUpdate', order: AssignOrder) =>
		write({
			action,
			...target(order),
			justification: order.justification,
			ticketInfo: ticket(order),
			scheduleInfo: { expiration: { type: 'afterDateTime', endDateTime: order.endsAt.toISOString() } },
		})

	return {
		assign: (order) => schedule('adminAssign', order),
		update: (order) => schedule('adminUpdate', order),

		remove: (order) =>
			write({
				action: 'adminRemove',
				...target(order),
				justification: order.justification,
				ticketInfo: ticket(order),
			}),

		read: (order) => reading(() => readTarget(client, order)),

		async revokeSessions(principalId) {
			await reading(() =>
				client.api(`/users/${encodeURIComponent(principalId)}/revokeSignInSessions`).post({}),
			)
		},
	}
}

async function readTarget(client: Client, order: GrantTarget): Promise<Sighting> {
	const filter = `${equals('principalId', order.principalId)} and ${equals('roleDefinitionId', order.roleDefinitionId)}`
	const requests = await readAll(client, REQUESTS, filter, requestSchema)
	const instances = await readAll(client, INSTANCES, filter, instanceSchema)
	const marked = requests.filter(
		({ action, ticketInfo }) => ASSIGNING.has(action) && ticketInfo?.ticketSystem === TICKET_SYSTEM,
	)
	const ours = marked
		.filter(({ ticketInfo }) => ticketInfo?.ticketNumber === order.grantId)
		.sort((a, b) => (b.createdDateTime ?? '').localeCompare(a.createdDateTime ?? ''))
	// One that failed before must not hide one that stands.
	const request = ours.find(({ status }) => !GONE.has(status)) ?? ours[0]
	const direct = instances.filter(
		({ directoryScopeId, memberType }) =>
			directoryScopeId === order.directoryScopeId && (memberType ?? 'Direct') === 'Direct',
	)
	const isBehind =
		(instance: (typeof instances)[number]) =>
		({ id, targetScheduleId }: (typeof requests)[number]) =>
			instance.roleAssignmentScheduleId === (targetScheduleId ?? id)
	const isOurs = (instance: (typeof instances)[number]) => ours.some(isBehind(instance))
	const active = direct.find(isOurs) ?? direct[0]
	return {
		assignRequest: request ? { requestId: request.id, status: request.status } : null,
		active: active
			? {
					instanceId: active.id,
					scheduleId: active.roleAssignmentScheduleId ?? '',
					startsAt: dateOf(active.startDateTime),
					endsAt: dateOf(active.endDateTime),
					grantIds: marked
						.filter(isBehind(active))
						.flatMap(({ ticketInfo }) => ticketInfo?.ticketNumber ?? []),
				}
			: null,
		activeIsOurs: active !== undefined && isOurs(active),
		elsewhere: instances
			.filter((instance) => instance.directoryScopeId !== order.directoryScopeId && isOurs(instance))
			.map(({ directoryScopeId }) => directoryScopeId ?? ''),
	}
}

async function readAll<T>(client: Client, path: string, filter: string, schema: z.ZodType<T>): Promise<T[]> {
	const rows: T[] = []
	let next: string | undefined = `${path}?$filter=${filter.replaceAll(' ', '%20')}`
	for (let pages = 0; next !== undefined; pages++) {
		if (pages === MAX_PAGES)
			throw new GrantPortUnavailable(`The tenant lists more than ${MAX_PAGES} pages for one person and role.`)
		const answer: z.infer<typeof pageSchema> = pageSchema.parse(await client.api(next).get())
		rows.push(...answer.value.map((row) => schema.parse(row)))
		next = answer['@odata.nextLink']
	}
	return rows
}

async function reading<T>(read: () => Promise<T>): Promise<T> {
	try {
		return await read()
	} catch (error) {
		if (error instanceof GrantPortUnavailable) throw error
		if (error instanceof NoAnswer) throw new GrantPortUnavailable(error.message, null, { cause: error })
		const refusal = refusalOf(error)
		const message = refusal
			? `${refusal.status} ${refusal.code}: ${refusal.message}`
			: error instanceof Error
				? error.message
				: 'unknown'
		throw new GrantPortUnavailable(message, refusal?.retryAfterMs ?? null, { cause: error })
	}
}

const dateOf = (text: string | null | undefined) => (text ? new Date(text) : null)
