import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Place } from '#workflows/grants/place.ts'
import {
	isPartDue,
	judgePlace,
	KNOWN_FOR_MS,
	partKey,
	partsOf,
	partsOfPlace,
	type KnownPart,
	type SeenPart,
	type TenantPart,
} from '#workflows/tenant/charter-places.ts'
import { PART_TROUBLES } from '#workflows/tenant/tenant-picture.ts'

const AT = '2026-11-30T09:00:00.000Z'
const before = (ms: number) => new Date(Date.parse(AT) - ms).toISOString()
const ROLE: Place = { kind: 'role', roleDefinitionId: 'ABC', directoryScopeId: '/' }
const IN_UNIT: Place = { ...ROLE, directoryScopeId: '/administrativeUnits/U1' }
const GROUP: Place = { kind: 'group', groupId: 'G1', relation: 'member', by: 'pim' }
const MEMBERSHIP: Place = { ...GROUP, by: 'membership' }
const SETUP = { groups: 'pim', lacks: [] } as const

const seenAs = (is: SeenPart['is'], more: Partial<SeenPart> = {}): SeenPart => ({
	name: 'N',
	is,
	isAssignableToRole: null,
	...more,
})
const known = (part: TenantPart, seen: SeenPart | null, more: Partial<KnownPart> = {}): KnownPart => ({
	...part,
	seen,
	readAt: seen === null ? null : AT,
	trouble: null,
	code: null,
	...more,
})
const mapOf = (...parts: KnownPart[]) => new Map(parts.map((part) => [partKey(part), part]))
const role = { kind: 'role', id: 'abc' } as const
const unit = { kind: 'unit', id: 'u1' } as const
const group = { kind: 'group', id: 'g1' } as const
const pimOf = (id: string) => ({ kind: 'pim', id }) as const
const FIT = [known(pimOf('roles'), seenAs('fit')), known(pimOf('groups'), seenAs('fit'))]

describe('what a place rests on', () => {
	test.each([
		[ROLE, ['role abc', 'pim roles']],
		[IN_UNIT, ['role abc', 'unit u1', 'pim roles']],
		[GROUP, ['group g1', 'pim groups']],
		[MEMBERSHIP, ['group g1']],
	] as const)('%j', (place, parts) => {
		expect(partsOfPlace(place, SETUP).map(partKey)).toEqual(parts)
	})

	test('is nothing that the cloud lacks', () => {
		const lacks = ['pim-roles', 'pim-groups']
		expect(partsOfPlace(ROLE, { ...SETUP, lacks }).map(partKey)).toEqual(['role abc'])
		expect(partsOfPlace(GROUP, { ...SETUP, lacks }).map(partKey)).toEqual(['group g1'])
	})

	test('is each named once, whichever charters name it', () => {
		const access = { entra: { roleTemplateId: 'ABC', scope: '/', name: 'n' } }
		const charter = { roles: { a: { access }, b: { access }, c: {} } } as unknown as Charter
		expect(partsOf([charter, charter], SETUP).map(partKey)).toEqual(['role abc', 'pim roles'])
	})
})

describe('a place', () => {
	test.each([
		['a role that is not there', ROLE, [known(role, seenAs('absent'))], 'roleMissing'],
		['a role that is disabled', ROLE, [known(role, seenAs('disabled'))], 'roleDisabled'],
		[
			'a unit that is gone',
			IN_UNIT,
			[known(role, seenAs('fit')), known(unit, seenAs('absent'))],
			'unitMissing',
		],
		['a group that is gone', GROUP, [known(group, seenAs('absent'))], 'groupMissing'],
		['a group from on-premises', GROUP, [known(group, seenAs('onPremises'))], 'groupFromOnPremises'],
		['a dynamic group', MEMBERSHIP, [known(group, seenAs('dynamic'))], 'groupIsDynamic'],
		['a group of mail', MEMBERSHIP, [known(group, seenAs('mail'))], 'groupByMail'],
	] as const)('by %s cannot be given', (_, place, parts, trouble) => {
		expect(judgePlace(place, mapOf(...parts, ...FIT), SETUP, AT)).toMatchObject({
			is: 'unfit',
			troubles: [trouble],
			unknown: [],
		})
	})

	test('without a licence for PIM cannot be given, and is left alone by it where it is plain membership', () => {
		const parts = mapOf(
			known(group, seenAs('fit')),
			known(role, seenAs('fit')),
			known(pimOf('roles'), seenAs('unlicensed')),
			known(pimOf('groups'), seenAs('unlicensed')),
		)
		expect(judgePlace(ROLE, parts, SETUP, AT).troubles).toEqual(['noLicence'])
		expect(judgePlace(GROUP, parts, SETUP, AT).troubles).toEqual(['noLicence'])
		expect(judgePlace(MEMBERSHIP, parts, SETUP, AT).is).toBe('fit')
	})

	test('in a cloud without PIM cannot be given, whatever was read', () => {
		const setup = { ...SETUP, lacks: ['pim-roles', 'pim-groups'] }
		expect(judgePlace(ROLE, new Map(), setup, AT)).toMatchObject({ is: 'unfit', troubles: ['noPim'] })
		expect(judgePlace(GROUP, new Map(), setup, AT)).toMatchObject({ is: 'unfit', troubles: ['noPim'] })
		const there = mapOf(known(group, seenAs('fit')))
		expect(judgePlace(MEMBERSHIP, there, setup, AT).is).toBe('fit')
	})

	test('that nobody looked at, or longer ago than a day, is not known, and never missing', () => {
		const one = (part: KnownPart | null) =>
			judgePlace(ROLE, mapOf(...(part ? [part] : []), ...FIT), SETUP, AT)
		expect(one(null)).toMatchObject({
			is: 'unknown',
			troubles: [],
			unknown: [{ kind: 'role', why: 'notRead', code: null }],
		})
		const absent = seenAs('absent')
		expect(one(known(role, absent, { readAt: before(KNOWN_FOR_MS) })).is).toBe('unfit')
		expect(one(known(role, absent, { readAt: before(KNOWN_FOR_MS + 1) }))).toMatchObject({
			is: 'unknown',
			troubles: [],
			unknown: [{ why: 'old' }],
		})
	})

	test('that could not be read says why, and what was read before stands for a day', () => {
		const trouble = { trouble: 'forbidden', code: 'Authorization_RequestDenied' } as const
		const never = judgePlace(ROLE, mapOf(known(role, null, trouble), ...FIT), SETUP, AT)
		expect(never).toMatchObject({
			is: 'unknown',
			unknown: [{ kind: 'role', why: 'forbidden', code: 'Authorization_RequestDenied' }],
		})
		const since = known(role, seenAs('fit'), { ...trouble, readAt: before(3_600_000) })
		expect(judgePlace(ROLE, mapOf(since, ...FIT), SETUP, AT).is).toBe('fit')
	})

	test('is as old as the oldest of what is known of it, and has the name that the tenant gives it', () => {
		const parts = mapOf(
			known(role, seenAs('fit', { name: 'Role' }), { readAt: before(10) }),
			known(unit, seenAs('fit', { name: 'Unit' }), { readAt: before(20) }),
			...FIT,
		)
		expect(judgePlace(IN_UNIT, parts, SETUP, AT)).toMatchObject({
			is: 'fit',
			name: 'Role',
			readAt: before(20),
		})
	})

	test.each([
		[GROUP, false, ['othersMayChange']],
		[GROUP, true, []],
		[MEMBERSHIP, true, ['needsRoleManagement']],
		[MEMBERSHIP, false, ['othersMayChange']],
		[GROUP, null, []],
	] as const)('%j that may hold roles: %s is told as %j', (place, isAssignableToRole, notes) => {
		const parts = mapOf(known(group, seenAs('fit', { isAssignableToRole })), ...FIT)
		expect(judgePlace(place, parts, SETUP, AT)).toMatchObject({ is: 'fit', notes })
	})

	test('has troubles by nothing but what the tenant said within a day', () => {
		const seen = fc.option(
			fc.constantFrom<SeenPart['is'][]>(
				'fit',
				'absent',
				'disabled',
				'onPremises',
				'dynamic',
				'mail',
				'unlicensed',
			),
		)
		const part = (of: TenantPart) =>
			fc
				.record({
					is: seen,
					ago: fc.integer({ min: 0, max: 2 * KNOWN_FOR_MS }),
					trouble: fc.option(fc.constantFrom(...PART_TROUBLES)),
				})
				.map(({ is, ago, trouble }) =>
					known(of, is === null ? null : seenAs(is), {
						readAt: is === null ? null : before(ago),
						trouble,
					}),
				)
		const all = [role, unit, group, pimOf('roles'), pimOf('groups')] as const
		fc.assert(
			fc.property(
				fc.tuple(...all.map(part)),
				fc.constantFrom(ROLE, IN_UNIT, GROUP, MEMBERSHIP),
				(parts, place) => {
					const judged = judgePlace(place, mapOf(...parts), SETUP, AT)
					const fresh = parts.filter(
						({ readAt }) => readAt !== null && Date.parse(AT) - Date.parse(readAt) <= KNOWN_FOR_MS,
					)
					// What was said long ago changes nothing.
					const withoutOld = judgePlace(place, mapOf(...fresh), SETUP, AT)
					expect(judged.troubles).toEqual(withoutOld.troubles)
					expect(judged.is === 'fit').toBe(judged.troubles.length === 0 && judged.unknown.length === 0)
					if (fresh.length === 0) expect(judged).toMatchObject({ is: 'unknown', troubles: [] })
				},
			),
		)
	})
})

describe('a part is read again', () => {
	const MINUTE = 60_000
	const tried = (ago: number, more: Partial<KnownPart & { askedAt: string | null }> = {}) => ({
		...known(role, seenAs('fit')),
		triedAt: before(ago),
		askedAt: null,
		...more,
	})
	test.each([
		['one that nobody tried', { ...known(role, null), triedAt: null, askedAt: AT }, true],
		['one that is asked for since', tried(1000, { askedAt: before(999) }), true],
		['one that was asked for before', tried(1000, { askedAt: before(1001) }), false],
		['one that is well, within the hour', tried(59 * MINUTE), false],
		['one that is well, after an hour', tried(60 * MINUTE), true],
		['one in the way, within five minutes', tried(4 * MINUTE, { seen: seenAs('absent') }), false],
		['one in the way, after five minutes', tried(5 * MINUTE, { seen: seenAs('absent') }), true],
		['one that was throttled, after a minute', tried(MINUTE, { trouble: 'throttled' }), true],
		['one that may not be read, after a minute', tried(MINUTE, { trouble: 'forbidden' }), false],
		[
			'one that may not be read, after a quarter of an hour',
			tried(15 * MINUTE, { trouble: 'forbidden' }),
			true,
		],
	])('%s: %s', (_, part, isDue) => {
		expect(isPartDue(part, AT)).toBe(isDue)
	})
})
