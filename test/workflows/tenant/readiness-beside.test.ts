import { describe, expect, it } from 'vitest'
import { holdingKey } from '#workflows/tenant/readiness/judge-lines.ts'
import { operator } from '#test/factories/charter.ts'
import {
	charterOfGroup,
	endsToday,
	GLOBAL_ADMINISTRATOR,
	GOVERNED_ROLE,
	judged,
	PRINTER_TECHNICIAN,
	problemsIn,
	signsInWith,
} from './judged-tenant.ts'
import { group, groupHolding, user } from './picture-parts.ts'

const GROUP = '33333333-3333-4333-8333-333333333333'
const ofGroup = charterOfGroup(GROUP)
const known = { people: { a: operator() } }
const well = { users: [user('a')], methods: [signsInWith('a', 'fido2')] }
const asUser = (objectId: string, isDirect = true) => ({ objectId, kind: 'user' as const, isDirect })

describe('a privileged role that the charter does not govern', () => {
	const admin = (id: string, given: Parameters<typeof endsToday>[1] = {}) =>
		endsToday(id, { roleDefinitionId: GLOBAL_ADMINISTRATOR, ...given })
	const about = `directoryRole ${GLOBAL_ADMINISTRATOR}`

	it('is no secret: a guest and an application that have it for good lower the score', () => {
		const found = judged({
			users: [user('a', { userType: 'guest' })],
			methods: [signsInWith('a', 'password')],
			roleHoldings: [
				admin('a', { until: null, how: 'direct' }),
				admin('app', { until: null, how: 'direct', principalKind: 'servicePrincipal' }),
			],
		})
		expect(problemsIn(found)).toEqual(
			['guestHolds', 'applicationHolds', 'permanent', 'pastPim', 'noResistantMethod'].map(
				(kind) => `${kind} ${about}`,
			),
		)
		expect(found.score).toBeLessThan(0.5)
		expect(found.lines.map(({ verdict }) => verdict)).toEqual(['notGoverned', 'notGoverned'])
	})

	it('is as it should be for a member who has a key and has it for a time', () => {
		expect(judged({ ...well, roleHoldings: [admin('a')] }, known).score).toBe(1)
		// Being eligible is how PIM wants it of roles that the charter does not give.
		const eligible = admin('a', { how: 'eligible', until: null })
		expect(judged({ ...well, roleHoldings: [eligible] }, known).problems).toEqual([])
	})

	it('is told of a disabled account, of ways to sign in that nobody could read, and of owners of its group', () => {
		const disabled = [user('a', { accountEnabled: false })]
		expect(problemsIn(judged({ users: disabled, roleHoldings: [admin('a')] }))).toEqual([
			`disabledHolds ${about}`,
			`methodUnknown ${about}`,
		])
		const owned = {
			...well,
			groups: [group('g', { owners: [asUser('a')] })],
			roleHoldings: [admin('g', { principalKind: 'group' })],
		}
		expect(problemsIn(judged(owned, known))).toEqual([`controlsGroup ${about}`])
	})

	it('is judged at the group, where the charter gives places in the group that has it', () => {
		const found = judged(
			{
				...well,
				groups: [group(GROUP, { members: [asUser('a')] })],
				groupHoldings: [groupHolding(GROUP, 'a', { how: 'pim', until: '2026-11-23T18:00:00.000Z' })],
				roleHoldings: [admin(GROUP, { principalKind: 'group', until: null, how: 'direct' })],
			},
			{ ...known, charter: ofGroup },
		)
		expect(found.problems).toEqual([])
	})

	it('is also one that the charter governs in another part of the tenant, and no other role is', () => {
		const elsewhere = endsToday('a', { directoryScopeId: '/administrativeunits/u', until: null })
		expect(problemsIn(judged({ ...well, roleHoldings: [elsewhere] }, known))).toEqual([
			`permanent directoryRole ${GOVERNED_ROLE}`,
		])
		const harmless = endsToday('a', { roleDefinitionId: PRINTER_TECHNICIAN, until: null })
		expect(judged({ ...well, roleHoldings: [harmless] }, known).problems).toEqual([])
	})
})

describe('an approved access', () => {
	const place = { kind: 'role', roleDefinitionId: GOVERNED_ROLE, directoryScopeId: '/' } as const
	const approved = [holdingKey({ principalId: 'a', place })]
	const kinds = (given: Parameters<typeof judged>[0]) => problemsIn(judged(given, { ...known, approved }))

	it('explains what bears its mark, and nothing that stands beside it', () => {
		const marked = endsToday('a', { until: null, ticketNumbers: ['grant'] })
		expect(kinds({ ...well, roleHoldings: [marked] })).toEqual([])
		expect(kinds({ ...well, roleHoldings: [endsToday('a', { until: null })] })).toEqual(['permanent admin'])
		const through = {
			groups: [group('g', { members: [asUser('a')] })],
			roleHoldings: [endsToday('g', { principalKind: 'group', until: null })],
		}
		expect(kinds({ ...well, ...through })).toEqual(['permanent admin'])
	})

	it('explains plain membership, which bears no mark and which Charterkeep ends', () => {
		const inGroup = { kind: 'group', groupId: GROUP, relation: 'member' } as const
		const given = { ...well, groups: [group(GROUP)], groupHoldings: [groupHolding(GROUP, 'a')] }
		const found = (approvedThere: readonly string[]) =>
			problemsIn(judged(given, { ...known, charter: ofGroup, approved: approvedThere }))
		expect(found([holdingKey({ principalId: 'a', place: inGroup })])).toEqual([])
		expect(found([])).toEqual(['permanent admin'])
	})
})

describe('a group in which the charter gives places', () => {
	const guest = {
		users: [user('a', { userType: 'guest' })],
		methods: [signsInWith('a', 'fido2')],
	}

	it('is controlled by whoever owns it, who is judged as its members are', () => {
		for (const how of ['direct', 'pim', 'eligible'] as const) {
			const found = judged(
				{
					...guest,
					groups: [group(GROUP)],
					groupHoldings: [groupHolding(GROUP, 'a', { relation: 'owner', how })],
				},
				{ charter: ofGroup },
			)
			expect(found.lines).toMatchObject([{ standing: 'controls', roles: ['admin'] }])
			expect(problemsIn(found)).toEqual([
				'guestHolds admin',
				'unknownPersonHolds admin',
				'controlsGroup admin',
			])
		}
	})

	it('shows who is in it through a group in it', () => {
		const nested = { objectId: 'sub', kind: 'group' as const, isDirect: true }
		const given = {
			...guest,
			groups: [group(GROUP, { members: [nested, asUser('a', false)] })],
			groupHoldings: [groupHolding(GROUP, 'sub', { principalKind: 'group' })],
		}
		const found = judged(given, { charter: ofGroup })
		expect(found.lines).toMatchObject([
			{ principalId: 'sub', kind: 'group', problems: ['permanent'] },
			{ principalId: 'a', through: 'sub', problems: ['guestHolds', 'unknownPersonHolds', 'permanent'] },
		])
		const unread = { ...given, groups: [group(GROUP, { unread: ['members'] })] }
		expect(problemsIn(judged(unread, { charter: ofGroup }))).toEqual([
			'permanent admin',
			'accountUnknown admin',
			`partUnknown group ${GROUP}`,
		])
	})

	describe('tells of owners and eligible of a group in it', () => {
		const inner = { objectId: 'sub', kind: 'group' as const, isDirect: true }
		const deeper = { objectId: 'deep', kind: 'group' as const, isDirect: false }
		const given = (more: { groups?: ReturnType<typeof group>[] } = {}) => ({
			...guest,
			groups: [
				group(GROUP, { members: [inner, deeper, asUser('c', false), asUser('o', false)] }),
				group('sub', { members: [asUser('c'), asUser('o')], owners: [asUser('a'), asUser('o')] }),
				group('deep', { owners: [asUser('d')] }),
				...(more.groups ?? []),
			],
			groupHoldings: [
				groupHolding(GROUP, 'sub', { principalKind: 'group' }),
				groupHolding('sub', 'c'),
				groupHolding('sub', 'o'),
				groupHolding('sub', 'a', { relation: 'owner' }),
				groupHolding('sub', 'o', { relation: 'owner' }),
				groupHolding('sub', 'b', { how: 'eligible' }),
				groupHolding('sub', 'c', { how: 'eligible' }),
				groupHolding('sub', 'e', { how: 'eligible', relation: 'owner' }),
				groupHolding('sub', 'f', { how: 'scheduled', from: '2026-12-01T00:00:00.000Z' }),
			],
		})
		const told = ({ lines }: ReturnType<typeof judged>) =>
			lines.map(({ principalId, standing, through }) => `${principalId} ${standing} ${through}`).sort()

		it('each once, through the group that they own or could be in, and not again at that group', () => {
			expect(told(judged(given(), { charter: ofGroup }))).toEqual([
				'a controls sub',
				'b eligible sub',
				'c active sub',
				'd controls deep',
				'e controls sub',
				'f scheduled sub',
				'o active sub',
				'o controls sub',
				'sub active null',
			])
		})

		it('judged as those in the outer group are, with the begin of what begins later', () => {
			const { lines } = judged(given(), { charter: ofGroup })
			const of = (id: string) => lines.find(({ principalId }) => principalId === id)
			expect(of('a')).toMatchObject({ roles: ['admin'], place: { groupId: GROUP, relation: 'member' } })
			expect(of('a')?.problems).toEqual(expect.arrayContaining(['guestHolds', 'controlsGroup']))
			expect(of('b')?.problems).toContain('standingEligible')
			expect(of('f')).toMatchObject({ from: '2026-12-01T00:00:00.000Z' })
			expect(of('f')?.problems).toContain('beginsLater')
		})

		it('and says that they are not known where their lists could not be read', () => {
			const found = judged(
				{
					...given(),
					groups: [...given().groups.slice(0, 1), group('sub', { unread: ['owners', 'eligible'] })],
				},
				{ charter: ofGroup },
			)
			expect(problemsIn(found)).toContain('partUnknown group sub')
		})
	})
})
