import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import { nothingRead, type RawGroup, type RawTenant } from '#workflows/tenant/raw-tenant.ts'
import { tenantPictureSchema } from '#workflows/tenant/tenant-picture.ts'

const AT = new Date('2026-11-30T06:00:00Z')
const role = { roleDefinitionId: 'ROLE', directoryScopeId: '/' }
const raw = (given: Partial<RawTenant>): RawTenant => ({ ...nothingRead('T', AT), ...given })
const rows = <T>(...list: T[]) => ({ read: true as const, rows: list })
const instance = (id: string, given: object = {}) => ({
	id,
	principalId: `P${id}`,
	...role,
	roleAssignmentOriginId: `${id}-assignment`,
	roleAssignmentScheduleId: `${id}-schedule`,
	assignmentType: 'Assigned',
	...given,
})
const group = (given: Partial<RawGroup>): RawGroup => ({
	properties: { id: 'G' },
	members: rows(),
	transitiveMembers: { read: false, why: 'notAsked', code: null },
	owners: rows(),
	active: rows(),
	eligible: rows(),
	requests: rows(),
	...given,
})

describe('a picture from the rows of Graph', () => {
	it('tells what was assigned past PIM by its schedule, and what PIM does not list (yet) without an end', () => {
		const { roleHoldings } = assemblePicture(
			raw({
				roleInstances: rows(
					instance('1', { endDateTime: '2026-12-01T10:00:00.1234567Z' }),
					instance('2', { roleAssignmentScheduleId: '2-assignment' }),
					instance('3', { assignmentType: 'Activated' }),
				),
				roleAssignments: rows(
					{ id: '1-assignment', principalId: 'P1', ...role },
					{ id: 'x', principalId: 'p2', ...role },
					{ id: 'y', principalId: 'P9', ...role },
				),
			}),
		)
		expect(
			roleHoldings.map(({ principalId, how, until, isEndKnown }) => [principalId, how, until, isEndKnown]),
		).toEqual([
			['p1', 'assigned', '2026-12-01T10:00:00.123Z', true],
			['p2', 'direct', null, true],
			['p3', 'activated', null, true],
			['p9', 'direct', null, false],
		])
	})

	it('names our marks by the schedule that they made, and none of requests that came to nothing', () => {
		const mark = { ticketSystem: 'Charterkeep', ticketNumber: 'grant' }
		const { roleHoldings } = assemblePicture(
			raw({
				roleInstances: rows(instance('1'), instance('2')),
				requests: rows(
					{
						id: 'r',
						action: 'adminAssign',
						status: 'Provisioned',
						targetScheduleId: '1-schedule',
						ticketInfo: mark,
					},
					{
						id: 's',
						action: 'adminUpdate',
						status: 'Provisioned',
						targetScheduleId: '1-schedule',
						ticketInfo: { ...mark, ticketNumber: 'later' },
					},
					{
						id: 't',
						action: 'adminAssign',
						status: 'Failed',
						targetScheduleId: '2-schedule',
						ticketInfo: mark,
					},
					{
						id: 'u',
						action: 'adminAssign',
						status: 'Provisioned',
						targetScheduleId: '2-schedule',
						ticketInfo: { ticketNumber: 'CHG', ticketSystem: 'Other' },
					},
				),
			}),
		)
		expect(roleHoldings.map(({ ticketNumbers }) => ticketNumbers)).toEqual([['grant', 'later'], []])
	})

	it('makes a part unreadable whose instants cannot be read, and keeps the others', () => {
		const picture = assemblePicture(
			raw({
				roleInstances: rows(instance('1'), instance('2', { endDateTime: 'tomorrow' })),
				users: rows({ id: 'U' }),
			}),
		)
		expect(picture.parts.roleInstances).toMatchObject({ read: false, why: 'unreadable' })
		expect(picture.roleHoldings).toEqual([])
		expect(picture.users).toMatchObject([{ objectId: 'u', userType: 'unknown', accountEnabled: null }])
	})

	it('does not know who is in a group whose nested groups could not be read', () => {
		const nested = { id: 'N', '@odata.type': '#microsoft.graph.group' }
		const picture = assemblePicture(raw({ groupLists: new Map([['g', group({ members: rows(nested) })]]) }))
		expect(picture.groups).toMatchObject([{ members: [], unread: ['members'] }])
		const read = group({ members: rows(nested), transitiveMembers: rows(nested, { id: 'A' }) })
		expect(assemblePicture(raw({ groupLists: new Map([['g', read]]) })).groups).toMatchObject([
			{
				members: [
					{ objectId: 'n', isDirect: true },
					{ objectId: 'a', isDirect: false },
				],
				unread: [],
			},
		])
	})

	it('tells members that PIM put in from those that somebody did', () => {
		const { groupHoldings } = assemblePicture(
			raw({
				groupLists: new Map([
					[
						'g',
						group({
							members: rows({ id: 'A' }, { id: 'B' }),
							active: rows({
								id: '1',
								groupId: 'G',
								principalId: 'A',
								accessId: 'member',
								endDateTime: '2026-12-01T00:00:00Z',
							}),
						}),
					],
				]),
			}),
		)
		expect(groupHoldings.map(({ principalId, how, until }) => [principalId, how, until])).toEqual([
			['a', 'pim', '2026-12-01T00:00:00.000Z'],
			['b', 'direct', null],
		])
	})

	it('is the same in whatever order rows come, and always of its schema', () => {
		const some = ['1', '2', '3', '4'].map((id) => instance(id))
		fc.assert(
			fc.property(fc.shuffledSubarray(some, { minLength: 4 }), (shuffled) => {
				const picture = assemblePicture(raw({ roleInstances: rows(...shuffled) }))
				expect(picture).toEqual(assemblePicture(raw({ roleInstances: rows(...some) })))
				expect(tenantPictureSchema.parse(picture)).toEqual(picture)
			}),
			{ numRuns: 24 },
		)
	})
})
