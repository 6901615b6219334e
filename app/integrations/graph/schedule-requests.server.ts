import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { placeKey, type Place } from '#workflows/grants/place.ts'
import { fateOf } from '#workflows/grants/request-fate.ts'
import type { AssignOrder, GrantTarget, PlacePort, Sighting, WriteOutcome } from '../grant-port.ts'
import { equals } from './client.server.ts'
import type { Lanes } from './lanes.server.ts'
import { outcomeOf } from './outcome.server.ts'
import { familyOf } from './families.ts'
import { countPages, reading } from './reading.server.ts'
import { shareReadings, type SharedList } from './shared-reading.server.ts'
import { inLane } from './urgency.server.ts'

const TICKET_SYSTEM = 'Charterkeep'

/** All that is read of a request. */
const REQUEST_COLUMNS = 'id,status,action,principalId,targetScheduleId,createdDateTime,ticketInfo'
const requestSchema = z.object({
	id: z.string(),
	principalId: z.string(),
	status: z.string(),
	action: z.string(),
	targetScheduleId: z.string().nullish(),
	createdDateTime: z.string().nullish(),
	ticketInfo: z.object({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() }).nullish(),
})
type Request = z.infer<typeof requestSchema>
const createdSchema = z.object({ id: z.string(), status: z.string() })

/** What PIM lists as active now. */
export type Instance = {
	id: string
	principalId: string
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
	/** Finds all requests and instances at this place, and at places like it. */
	filter: (place: Place) => string
	instance: z.ZodType<Instance>
	/** All that is read of an instance. */
	instanceColumns: string
	/** Whether the tenant lists what stands in all places, without a filter that names one. */
	isListedWhole: boolean
}

const makes = ({ action }: Request) => action === 'adminAssign'
/** What makes an assignment, or makes one that stands last longer or shorter. */
const ASSIGNING = new Set(['adminAssign', 'adminUpdate'])

/**
 * Assignments through schedule requests, as PIM takes them for directory roles and for groups alike: `adminAssign`,
 * `adminUpdate`, `adminRemove`, marked with the grant id as `ticketInfo.ticketNumber`, and reading back.
 */
export function scheduleRequests(client: Client, kind: PimKind, lanes: Lanes): PlacePort {
	const shared = <R extends { principalId: string }>(path: string, columns: string, schema: z.ZodType<R>) =>
		shareReadings<GrantTarget, R>({ lanes, ...listOf(client, kind, { path, columns, schema }) })
	const requestsOf = shared(kind.requests, REQUEST_COLUMNS, requestSchema)
	const instancesOf = shared(kind.instances, kind.instanceColumns, kind.instance)
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
		remove: (order) => inLane('revoke', () => write({ action: 'adminRemove', ...about(order) })),
		async cancel(_, requestId) {
			try {
				await client.api(`${kind.requests}/${encodeURIComponent(requestId)}/cancel`).post({})
				return { kind: 'accepted', requestId, status: 'Canceled' }
			} catch (error) {
				return outcomeOf(error)
			}
		},
		async read(target, { isRequestKnown = false } = {}) {
			const since = lanes.milliseconds()
			const requests = isRequestKnown ? [] : await requestsOf(target, since)
			return sightingOf(target, requests, await instancesOf(target, since))
		},
	}
}

/** How many rows are asked for where the whole list of a place is read, and how many pages of it are followed. */
const WHOLE_PAGE = 999
const WHOLE_PAGES = 50

/** The ways to read one of the two lists: of one person at a place and at places like it, of the place, and of the tenant. */
function listOf<R extends { principalId: string }>(
	client: Client,
	kind: PimKind,
	{ path, columns, schema }: { path: string; columns: string; schema: z.ZodType<R> },
): Omit<SharedList<GrantTarget, R>, 'lanes'> {
	const filtered = (filter: string) => `$filter=${filter.replaceAll(' ', '%20')}&`
	const read = (query: string, most?: number) =>
		reading(() => countPages(client, `${path}?${query}$select=${columns}`, schema, most))
	const top = `$top=${WHOLE_PAGE}&`
	return {
		family: familyOf(path),
		keyOf: ({ place }) => kind.filter(place),
		one: ({ place, principalId }) =>
			read(filtered(`${kind.filter(place)} and ${equals('principalId', principalId)}`)),
		place: ({ place }) => read(`${filtered(kind.filter(place))}${top}`, WHOLE_PAGES),
		whole: kind.isListedWhole ? () => read(top, WHOLE_PAGES) : null,
		index(rows) {
			const found = byPrincipal(rows)
			return ({ principalId }) => found.get(principalId.toLowerCase()) ?? []
		},
	}
}

const byPrincipal = <T extends { principalId: string }>(rows: readonly T[]) =>
	Map.groupBy(rows, ({ principalId }) => principalId.toLowerCase())

/** A removal that this grant asked for, and that the tenant carried out. */
const isTakenRemoval = ({ action, status, ticketInfo }: Request, { grantId }: GrantTarget): boolean =>
	action === 'adminRemove' &&
	status === 'Revoked' &&
	ticketInfo?.ticketSystem === TICKET_SYSTEM &&
	ticketInfo.ticketNumber === grantId

/** What a target's own requests and instances say of it. */
function sightingOf(
	target: GrantTarget,
	requests: readonly Request[],
	instances: readonly Instance[],
): Sighting {
	const marked = requests.filter(
		({ action, ticketInfo }) => ASSIGNING.has(action) && ticketInfo?.ticketSystem === TICKET_SYSTEM,
	)
	const ours = marked
		.filter(({ ticketInfo }) => ticketInfo?.ticketNumber === target.grantId)
		.sort((a, b) => (b.createdDateTime ?? '').localeCompare(a.createdDateTime ?? ''))
	// One that failed before must not hide one that stands, nor a change of the end one that may still make the assignment.
	const standing = ours.filter(({ status }) => fateOf(status) !== 'over')
	const mayMake = standing.find((each) => makes(each) && fateOf(each.status) !== 'made')
	const request = mayMake ?? standing[0] ?? ours[0]
	const isHere = ({ place }: Instance) => placeKey(place) === placeKey(target.place)
	const direct = instances.filter((instance) => isHere(instance) && instance.isDirect)
	const isBehind =
		({ scheduleId }: Instance) =>
		({ id, targetScheduleId }: Request) =>
			scheduleId === (targetScheduleId ?? id)
	// The tenant forgets requests after some weeks; the assignment that one of them made is still ours.
	const isConfirmed = ({ scheduleId }: Instance) => scheduleId !== null && scheduleId === target.scheduleId
	const isOurs = (instance: Instance) => isConfirmed(instance) || ours.some(isBehind(instance))
	const active = direct.find(isOurs) ?? direct[0]
	return {
		assignRequest: request ? { requestId: request.id, status: request.status, makes: makes(request) } : null,
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
		...(requests.some((request) => isTakenRemoval(request, target)) ? { isRemovalTaken: true } : {}),
	}
}
