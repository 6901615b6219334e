import { idOf } from '../cascade/stage.ts'
import { budgetsFor, familyOf } from '#app/integrations/graph/families.ts'
import { startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { cpuSeconds } from '../peak-memory.ts'

/** What the sandbox of a measurement is to hold and to give. */
export type SandboxOrder = {
	directory: string
	users: number
	/** The first so many people of the stage hold the first role, each by a grant of their own. */
	holders: number
	roleDefinitionId: string
	/** They hold these roles in turn in place of that one. */
	inTurn?: readonly string[]
	/** Ids of groups that are there. */
	groups?: readonly string[]
	/** So many of the holders, the first of them, are in the first group by PIM in place of the role. */
	inGroup?: number
	/** Users that the sandbox made up hold something beside Charterkeep: so many roles in turn, and so many are in groups in turn. */
	strangers?: { roles: readonly string[]; inRoles: number; inGroups: number }
	/** What PIM gives, a second and saved up; the rest as published. */
	pim: { perSecond: number; burst: number }
}

/** The sandbox tenant in a process of its own, as a tenant is: it says how it is reached, and ends with its parent. */
const order = JSON.parse(process.env.SANDBOX_ORDER ?? '') as SandboxOrder
const people = Array.from({ length: order.holders }, (_, n) => idOf('person', n))
const sandbox = await startSandboxTenant({
	directory: order.directory,
	now: () => new Date(),
	exchangesKept: Infinity,
	roles: [order.roleDefinitionId, ...(order.inTurn ?? []), ...(order.strangers?.roles ?? [])].map((id) => ({
		id,
		displayName: 'Role',
	})),
	groups: (order.groups ?? []).map((id) => ({ id, displayName: 'Group' })),
	users: people.map((id, n) => ({
		id,
		displayName: `Person ${n}`,
		userPrincipalName: `p${n}@bench.example`,
		accountEnabled: true,
	})),
})
sandbox.switches.seedUsers(order.users)
const now = Date.now()
const FROM = now - 3_600_000
const UNTIL = now + 8 * 3_600_000
const { inGroup = 0, groups: groupIds = [], strangers, inTurn: held = [order.roleDefinitionId] } = order
sandbox.seedAssignments(
	people.slice(inGroup).map((principalId, n) => ({
		principalId,
		roleDefinitionId: held[n % held.length] ?? '',
		grantId: idOf('grant', inGroup + n),
		startAt: FROM,
		endAt: UNTIL,
	})),
)
people.slice(0, inGroup).forEach((principalId, n) => {
	sandbox.groups.pim.post({
		action: 'adminAssign',
		principalId,
		groupId: groupIds[0],
		accessId: 'member',
		justification: 'seeded',
		ticketInfo: { ticketNumber: idOf('grant', n), ticketSystem: 'Charterkeep' },
		scheduleInfo: { expiration: { type: 'afterDateTime', endDateTime: new Date(UNTIL).toISOString() } },
	})
})
sandbox.throttle.limit('pim-roles', order.pim)
sandbox.throttle.limit('directory', { ...budgetsFor(1).directory, perSecond: 350, burst: 3500 })
const isOfPim = (path: string) => familyOf(path.replace('/v1.0', '')) === 'pim-roles'
/** A user that the sandbox made up, by number. */
const seeded = (n: number) => `5eed0000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
if (strangers !== undefined) {
	const { roles, inRoles, inGroups } = strangers
	const inTurn = (ids: readonly string[], n: number) => ids[n % ids.length] ?? ''
	sandbox.seedAssignments(
		Array.from({ length: inRoles }, (_, n) => ({
			principalId: seeded(n + 1),
			roleDefinitionId: inTurn(roles, n),
			grantId: null,
			startAt: FROM,
			// Every fifth for good.
			endAt: n % 5 === 0 ? null : UNTIL,
		})),
	)
	for (let n = 0; n < inGroups; n++) sandbox.groups.change(inTurn(groupIds, n), seeded(inRoles + n + 1), true)
}
process.on('message', (asked: 'state' | 'forget' | { each: number; round: number }) => {
	if (typeof asked === 'object') {
		const { each, round } = asked
		// Of those who hold nothing.
		const from = (strangers?.inRoles ?? 0) + (strangers?.inGroups ?? 0) + round * each * 2 + 1
		for (let n = from; n < from + each; n++) sandbox.users.put(seeded(n), { accountEnabled: false })
		for (let n = from + each; n < from + 2 * each; n++)
			sandbox.groups.change(groupIds[0] ?? '', seeded(n), true)
		process.send?.({})
	}
	if (asked === 'state')
		process.send?.({
			refused: sandbox.throttle.refused(),
			held: sandbox.instances().length,
			readings: sandbox.exchanges().filter(({ method, path }) => method === 'GET' && isOfPim(path)).length,
			calls: sandbox.exchanges().length,
			cpuSeconds: cpuSeconds(),
		})
	if (asked === 'forget') sandbox.users.forgetTokens()
})
process.on('disconnect', () => process.exit(0))
process.send?.({ connection: sandbox.connection })
