import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { placeKey, type Place } from '#workflows/grants/place.ts'
import { fateOf } from '#workflows/grants/request-fate.ts'
import type { AssignOrder, GrantTarget, PlacePort, Sighting, WriteOutcome } from '../grant-port.ts'
import { outcomeOf } from './outcome.server.ts'
import { reading, readPages } from './reading.server.ts'

const TICKET_SYSTEM = 'Charterkeep'

const requestSchema = z.object({
	id: z.string(),
	status: z.string(),
	action: z.string(),
	targetScheduleId: z.string().nullish(),
	createdDateTime: z.string().nullish(),
	ticketInfo: z.object({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() }).nullish(),
})
const createdSchema = z.object({ id: z.string(), status: z.string() })

/** What PIM lists as active now. */
export type Instance = {
	id: string
	scheduleId: string | null
	place: Place
	/** Given to this person themselves, and not through a group that they are in. */
	isDirect: boolean
	startsAt: Date | null
	endsAt: Date | null
}

/** What differs between the kinds of PIM: where requests go, how a place is written, and how instances are read. */
export type PimKind = {
	requests: string
	instances: string
	/** The place as a request names it. */
	named: (place: Place) => Record<string, string>
	/** Finds the requests and instances of a person at this place, and at places like it. */
	filter: (target: GrantTarget) => string
	instance: z.ZodType<Instance>
}

/** What makes an assignment, or makes one that stands last longer or shorter. */
const ASSIGNING = new Set(['adminAssign', 'adminUpdate'])

/**
 * Assignments through schedule requests, as PIM takes them for directory roles and for groups alike: `adminAssign`,
 * `adminUpdate`, `adminRemove`, marked with the grant id as `ticketInfo.ticketNumber`, and reading back.
 */
export function scheduleRequests(client: Client, kind: PimKind): PlacePort {
	const write = async (body: Record<string, unknown>): Promise<WriteOutcome> => {
		try {
			const { id, status } = createdSchema.parse(await client.api(kind.requests).post(body))
			return { kind: 'accepted', requestId: id, status }
		} catch (error) {
			return outcomeOf(error)
		}
	}
	const about = (order: GrantTarget & { justification: string }) => ({
		principalId: order.principalId,
		...kind.named(order.place),
		justification: order.justification,
		ticketInfo: { ticketNumber: order.grantId, ticketSystem: TICKET_SYSTEM },
	})
	const schedule = (action: 'adminAssign' | 'adminUpdate', order: AssignOrder) =>
		write({
			action,
			...about(order),
			scheduleInfo: { expiration: { type: 'afterDateTime', endDateTime: order.endsAt.toISOString() } },
		})
	return {
		assign: (order) => schedule('adminAssign', order),
		update: (order) => schedule('adminUpdate', order),
		remove: (order) => write({ action: 'adminRemove', ...about(order) }),
		async cancel(_, requestId) {
			try {
				await client.api(`${kind.requests}/${encodeURIComponent(requestId)}/cancel`).post({})
				return { kind: 'accepted', requestId, status: 'Canceled' }
			} catch (error) {
				return outcomeOf(error)
			}
		},
		read: (target) => reading(() => readTarget(client, kind, target)),
	}
}

async function readTarget(client: Client, kind: PimKind, target: GrantTarget): Promise<Sighting> {
	const filter = `?$filter=${kind.filter(target).replaceAll(' ', '%20')}`
	const requests = await readPages(client, `${kind.requests}${filter}`, requestSchema)
	const instances = await readPages(client, `${kind.instances}${filter}`, kind.instance)
	const marked = requests.filter(
		({ action, ticketInfo }) => ASSIGNING.has(action) && ticketInfo?.ticketSystem === TICKET_SYSTEM,
	)
	const ours = marked
		.filter(({ ticketInfo }) => ticketInfo?.ticketNumber === target.grantId)
		.sort((a, b) => (b.createdDateTime ?? '').localeCompare(a.createdDateTime ?? ''))
	// One that failed before must not hide one that stands.
	const request = ours.find(({ status }) => fateOf(status) !== 'over') ?? ours[0]
	const isHere = ({ place }: Instance) => placeKey(place) === placeKey(target.place)
	const direct = instances.filter((instance) => isHere(instance) && instance.isDirect)
	const isBehind =
		({ scheduleId }: Instance) =>
		({ id, targetScheduleId }: z.infer<typeof requestSchema>) =>
			scheduleId === (targetScheduleId ?? id)
	const isOurs = (instance: Instance) => ours.some(isBehind(instance))
	const active = direct.find(isOurs) ?? direct[0]
	return {
		assignRequest: request ? { requestId: request.id, status: request.status } : null,
		active: active
			? {
					instanceId: active.id,
					scheduleId: active.scheduleId ?? '',
					startsAt: active.startsAt,
					endsAt: active.endsAt,
					grantIds: marked
						.filter(isBehind(active))
						.flatMap(({ ticketInfo }) => ticketInfo?.ticketNumber ?? []),
				}
			: null,
		activeIsOurs: active !== undefined && isOurs(active),
		elsewhere: instances
			.filter((instance) => !isHere(instance) && isOurs(instance))
			.map(({ place }) => place),
	}
}
