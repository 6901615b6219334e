import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import { isPathKnown, isPermanent } from '#workflows/tenant/picture-holdings.ts'
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
	schedules: rows(),
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

	const DAY_AHEAD = '2026-12-01T06:00:00.0000000Z'
	const schedule = (id: string, startDateTime: string | null, given: object = {}) => ({
		id: `${id}-schedule`,
		principalId: `P${id}`,
		...role,
		status: 'Provisioned',
		createdUsing: `${id}-request`,
		scheduleInfo: { startDateTime, expiration: { type: 'afterDuration', duration: 'PT8H' } },
		...given,
	})

	it('tells what begins later from what is active, over or taken back, with its end and our marks', () => {
		const { roleHoldings, parts } = assemblePicture(
			raw({
				roleInstances: rows(instance('1')),
				roleAssignments: rows({ id: 'x', principalId: 'P6', ...role }),
				roleSchedules: rows(
					// What is active has a schedule too, by its id or (past PIM) by who and where.
					schedule('1', '2026-11-29T06:00:00Z'),
					schedule('6', null, { id: 'x' }),
					schedule('2', DAY_AHEAD),
					schedule('3', DAY_AHEAD, {
						scheduleInfo: { startDateTime: DAY_AHEAD, expiration: { type: 'noExpiration' } },
					}),
					// Over, taken back, and one whose end nobody can read.
					schedule('4', '2026-11-29T06:00:00Z'),
					schedule('5', DAY_AHEAD, { status: 'Canceled' }),
					schedule('7', DAY_AHEAD, {
						scheduleInfo: { startDateTime: DAY_AHEAD, expiration: { type: 'notSpecified' } },
					}),
					// It should have begun a minute ago, and is not listed as active yet.
					schedule('8', '2026-11-30T05:59:00Z'),
				),
				requests: rows({
					id: '2-request',
					action: 'adminAssign',
					status: 'ScheduleCreated',
					targetScheduleId: '2-schedule',
					ticketInfo: { ticketSystem: 'Charterkeep', ticketNumber: 'grant' },
				}),
			}),
		)
		expect(parts.roleSchedules).toEqual({ read: true })
		const later = roleHoldings.filter(({ how }) => how === 'scheduled')
		expect(
			later.map((row) => [row.principalId, row.from, row.until, row.isEndKnown, row.ticketNumbers]),
		).toEqual([
			['p2', '2026-12-01T06:00:00.000Z', '2026-12-01T14:00:00.000Z', true, ['grant']],
			['p3', '2026-12-01T06:00:00.000Z', null, true, []],
			['p7', '2026-12-01T06:00:00.000Z', null, false, []],
			['p8', '2026-11-30T05:59:00.000Z', '2026-11-30T13:59:00.000Z', true, []],
		])
	})

	it('tells only what lies ahead where nobody knows what is active, and nothing of schedules it cannot read', () => {
		const roleSchedules = rows(schedule('2', DAY_AHEAD), schedule('8', '2026-11-30T05:59:00Z'))
		const [only, ...others] = assemblePicture(raw({ roleSchedules })).roleHoldings
		expect([only?.principalId, others]).toEqual(['p2', []])
		const broken = assemblePicture(raw({ roleSchedules: rows(schedule('2', 'next week')) }))
		expect(broken.parts.roleSchedules).toMatchObject({ read: false, why: 'unreadable' })
		expect(broken.roleHoldings).toEqual([])
	})

	it('tells places in groups that begin later, and of which group nobody knows', () => {
		const place = { groupId: 'G', accessId: 'member' as const }
		const ahead = {
			id: 's',
			principalId: 'P1',
			...place,
			scheduleInfo: {
				startDateTime: DAY_AHEAD,
				expiration: { type: 'afterDateTime', endDateTime: '2026-12-02T00:00:00Z' },
			},
		}
		const unread = { read: false, why: 'forbidden', code: 'X' } as const
		const picture = assemblePicture(
			raw({
				groupLists: new Map([
					[
						'g',
						group({
							active: rows({ id: 'i', principalId: 'P2', ...place, assignmentScheduleId: 't' }),
							schedules: rows(ahead, { ...ahead, id: 't', principalId: 'P2' }),
						}),
					],
					['h', group({ properties: { id: 'H' }, schedules: unread })],
				]),
			}),
		)
		expect(picture.parts.groupSchedules).toEqual({ read: true })
		expect(picture.groups.map(({ objectId, unread: lists }) => [objectId, lists])).toEqual([
			['g', []],
			['h', ['scheduled']],
		])
		expect(picture.groupHoldings.map(({ principalId, how, until }) => [principalId, how, until])).toEqual([
			['p1', 'scheduled', '2026-12-02T00:00:00.000Z'],
			['p2', 'pim', null],
		])
		const none = assemblePicture(raw({ groupLists: new Map([['h', group({ schedules: unread })]]) }))
		expect(none.parts.groupSchedules).toEqual(unread)
	})

	it('does not know who is in a group whose nested groups could not be read', () => {
		const nested = { id: 'N', '@odata.type': '#microsoft.graph.group' }
		const picture = assemblePicture(raw({ groupLists: new Map([['g', group({ members: rows(nested) })]]) }))
		expect(picture.groups).toMatchObject([{ members: [], unread: ['members'] }])
		const read = group({
			members: rows(nested),
			transitiveMembers: rows(nested, { ...nested, id: 'A', '@odata.type': '#microsoft.graph.user' }),
		})
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

	it('says of members no end, and not that PIM put nobody in, where what PIM lists could not be read', () => {
		const holdingOf = (active: RawGroup['active']) =>
			assemblePicture(
				raw({ groupLists: new Map([['g', group({ members: rows({ id: 'A' }), active })]]) }),
			).groupHoldings.map((row) => [row.isEndKnown, isPathKnown(row), isPermanent(row)])
		const lost = (
			why: 'unavailable' | 'forbidden' | 'notAsked' | 'unsupported',
			code: string | null = null,
		) => holdingOf({ read: false, why, code })
		// What only answers so may have somebody in between, and pass.
		for (const why of ['unavailable', 'forbidden', 'notAsked', 'unsupported'] as const)
			expect(lost(why)).toEqual([[false, false, false]])
		// Without PIM everybody was simply put in.
		for (const plain of [
			lost('unsupported', 'NotInThisCloud'),
			lost('forbidden', 'AadPremiumLicenseRequired'),
			holdingOf(rows()),
		])
			expect(plain).toEqual([[true, true, true]])
	})

	it('knows no end of a place that begins later where the tenant says one that cannot be told', () => {
		const schedules = rows({
			id: 's',
			groupId: 'G',
			principalId: 'A',
			accessId: 'member' as const,
			scheduleInfo: { startDateTime: '2027-01-01T00:00:00Z', expiration: { type: 'afterDuration' } },
		})
		const { groupHoldings } = assemblePicture(raw({ groupLists: new Map([['g', group({ schedules })]]) }))
		expect(groupHoldings.map((row) => [row.how, row.until, isPermanent(row)])).toEqual([
			['scheduled', null, false],
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
