import fc from 'fast-check'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import type { TestApp } from './test-app.ts'

/** What somebody does in the tenant behind our back, at random. */

export const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const EXCHANGE_ADMINISTRATOR = '29232cdf-9323-42fd-ade2-1d097af3e4de'
/** What the charter gives by it is a place in it. */
export const GOVERNED_GROUP = '7d0c2f4e-5a1b-4c9d-8e3f-2b6a9c0d1e4f'
const UNIT = '/administrativeUnits/5c1e3d2a-7b46-4f0e-9a18-2d6c8e4f1b07'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
export const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const DAY = 86_400_000
const HOUR = 3_600_000

const WHAT = [
	'assign',
	'later',
	'activate',
	'direct',
	'in a unit',
	'eligible',
	'member',
	'group',
	'take',
	'permanent',
	'move',
	'join',
	'join by PIM',
	'may join',
	'own',
	'leave',
] as const
type Act = { do: (typeof WHAT)[number]; whom: string; role: string }

/** `approved` stands for whoever has an access of ours. */
export const act: fc.Arbitrary<Act> = fc.record({
	do: fc.constantFrom(...WHAT),
	whom: fc.constantFrom(STRANGER, GUEST, 'approved'),
	role: fc.constantFrom(USER_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR),
})

type Row = Record<string, unknown>
export const keyOf = ({ principalId, roleDefinitionId, directoryScopeId }: Row) =>
	`${String(principalId)} ${String(roleDefinitionId)} ${String(directoryScopeId)}`

/** Does it, where the tenant lets anybody do it; the approved access is hit as well. */
export function meddle(app: TestApp, approved: string, { do: what, whom, role }: Act): void {
	const { tenant, clock } = app
	const { groups } = tenant
	const principalId = whom === 'approved' ? approved : whom
	const isOf = (row: Row) => row.principalId === principalId && row.roleDefinitionId === role
	const isHeld = tenant.assignments().some(isOf)
	const isPlaced = groups.holds(GOVERNED_GROUP, 'members', principalId)
	switch (what) {
		case 'assign':
			if (!isHeld && !tenant.schedules().some(isOf)) tenant.assignBeside(principalId, role)
			break
		case 'later':
		case 'activate': {
			// From tomorrow on. Beside what is approved it is only told, and left to the officers: not here.
			if (isHeld || tenant.schedules().some(isOf) || isApprovedPlace(approved, principalId, role)) break
			const startAt = new Date(clock.now().getTime() + DAY)
			const endAt = new Date(startAt.getTime() + 8 * HOUR)
			if (what === 'later') tenant.assignLater(principalId, role, startAt, endAt)
			else tenant.activateLater(principalId, role, startAt, endAt)
			break
		}
		case 'direct':
			if (!isHeld) tenant.assignDirectly(principalId, role)
			break
		case 'in a unit':
			if (!tenant.assignments().some((row) => isOf(row) && row.directoryScopeId === UNIT))
				tenant.assignDirectly(principalId, role, UNIT)
			break
		case 'eligible':
			tenant.makeEligible(principalId, role)
			break
		case 'member':
			groups.change(GROUP_BESIDE.id, principalId, true, 'members', 0)
			break
		case 'group':
			if (
				!tenant
					.assignments()
					.some((row) => row.principalId === GROUP_BESIDE.id && row.roleDefinitionId === role)
			)
				tenant.assignDirectly(GROUP_BESIDE.id, role)
			break
		case 'take':
			tenant.changeBeside(principalId, role, { removedAt: clock.now().getTime() })
			break
		case 'permanent':
			tenant.changeBeside(principalId, role, { endAt: null })
			break
		case 'move':
			tenant.changeBeside(principalId, role, { directoryScopeId: UNIT })
			break
		case 'join':
			groups.change(GOVERNED_GROUP, principalId, true, 'members', 0)
			break
		case 'join by PIM':
			if (!isPlaced)
				groups.pim.post({
					action: 'adminAssign',
					principalId,
					groupId: GOVERNED_GROUP,
					accessId: 'member',
					justification: 'beside',
					scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT8H' } },
				})
			break
		case 'may join':
			groups.makeEligible(GOVERNED_GROUP, principalId)
			break
		case 'own':
			// Whoever owns a group could put themselves in: that is for readiness to tell, and removed by nobody.
			groups.change(GOVERNED_GROUP, principalId, true, 'owners', 0)
			break
		case 'leave':
			groups.change(GOVERNED_GROUP, principalId, false, 'members', 0)
			break
	}
	clock.advance(1500)
}

const isApprovedPlace = (approved: string, principalId: string, role: string) =>
	principalId === approved && role === USER_ADMINISTRATOR
