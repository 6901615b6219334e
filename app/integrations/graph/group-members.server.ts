import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import type { GrantTarget, PlacePort, Sighting, WriteOutcome } from '../grant-port.ts'
import type { Lanes } from './lanes.server.ts'
import { outcomeOf, refusalOf } from './outcome.server.ts'
import { groupOf } from './pim-groups.server.ts'
import { countPages, reading } from './reading.server.ts'
import { shareReadings, type Pages } from './shared-reading.server.ts'
import { inLane } from './urgency.server.ts'

const rowSchema = z.object({ id: z.string() })
/** All of a large tenant may be in one group: what cannot be read to its end cannot be said to have ended. */
const MEMBER_PAGES = 500
/** There is no request that stands for a membership: the tenant's word is that it lists it. */
const LISTED = 'Provisioned'

/**
 * Places in groups as plain membership, for tenants without PIM. Membership has no end, no mark and no request of its own:
 * our deadline is its only end, and what is listed is ours where it was not there before (see `provisionGrant`).
 */
export function groupMembers(client: Client, graphBaseUrl: string, lanes: Lanes): PlacePort {
	const membersOf = shareReadings<GrantTarget, string>({
		lanes,
		family: 'directory',
		keyOf: listOf,
		one: null,
		place: (target) => reading(() => readMembers(client, target)),
		whole: null,
		index(rows) {
			const listed = new Set(rows)
			return ({ principalId }) => [principalId.toLowerCase()].filter((id) => listed.has(id))
		},
	})
	const write = async (call: () => Promise<unknown>, target: GrantTarget): Promise<WriteOutcome> => {
		try {
			await call()
			return { kind: 'accepted', requestId: target.principalId, status: LISTED }
		} catch (error) {
			if (isGroupGone(error, target))
				return { kind: 'refused', code: 'GroupNotFound', message: 'The group is not there.' }
			return outcomeOf(error)
		}
	}
	return {
		assign: (order) =>
			write(
				() =>
					client.api(`${listOf(order)}/$ref`).post({
						'@odata.id': `${graphBaseUrl}/v1.0/directoryObjects/${order.principalId}`,
					}),
				order,
			),
		/** It has no end that could be moved: nothing is sent, and our own deadline is what counts. */
		update: (order) => Promise.resolve({ kind: 'accepted', requestId: order.principalId, status: LISTED }),
		async remove(order) {
			// Always with /$ref: without it Graph deletes the user and not the membership.
			const path = `${listOf(order)}/${encodeURIComponent(order.principalId)}/$ref`
			const outcome = await inLane('revoke', () => write(() => client.api(path).delete(), order))
			// What is not found here is the membership.
			const isNotThere =
				'code' in outcome && ['Request_ResourceNotFound', 'GroupNotFound'].includes(outcome.code)
			return isNotThere ? { kind: 'absent' } : outcome
		},
		/** Nothing ever waits. */
		cancel: (_, requestId) => Promise.resolve({ kind: 'accepted', requestId, status: 'Canceled' }),
		read: async (target) => memberOf(target, (await membersOf(target)).length > 0),
	}
}

async function readMembers(client: Client, target: GrantTarget): Promise<Pages<string>> {
	// All of them: a filter on members is answered from an index that lags behind.
	const path = `${listOf(target)}?$select=id&$top=999`
	const { rows, calls } = await countPages(client, path, rowSchema, MEMBER_PAGES).catch((error: unknown) => {
		if (!isGroupGone(error, target)) throw error
		return { rows: [], calls: 1 }
	})
	return { rows: rows.map(({ id }) => id.toLowerCase()), calls }
}

/** Nobody is in a group that is not there: Graph says which of the two it does not know by its id, in words. */
function isGroupGone(error: unknown, target: GrantTarget): boolean {
	const refusal = refusalOf(error)
	return (
		refusal?.status === 404 &&
		refusal.code === 'Request_ResourceNotFound' &&
		refusal.message.toLowerCase().includes(groupOf(target.place).groupId.toLowerCase())
	)
}

function memberOf(target: GrantTarget, isListed: boolean): Sighting {
	return {
		assignRequest: isListed ? { requestId: target.principalId, status: LISTED, makes: true } : null,
		active: isListed
			? {
					instanceId: membershipId(target),
					scheduleId: '',
					startsAt: null,
					endsAt: null,
					grantIds: [],
				}
			: null,
		activeIsOurs: isListed,
		elsewhere: [],
	}
}

const listOf = ({ place }: GrantTarget) => {
	const { groupId, relation } = groupOf(place)
	return `/groups/${encodeURIComponent(groupId)}/${relation}s`
}

const membershipId = ({ principalId, place }: GrantTarget) => `${groupOf(place).groupId}_${principalId}`
