import { describe, expect, test } from 'vitest'
import { unreadGroups, unsureHolders } from '#workflows/grants/compare-holdings.ts'
import { findingMachine } from '#workflows/grants/finding.machine.ts'
import { isNews } from '#workflows/grants/finding-news.ts'
import { planReconciliation, type Remembered } from '#workflows/grants/reconcile.ts'
import { begin, decide } from '#workflows/shared/decide.ts'
import { assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import type { PrincipalKind } from '#workflows/tenant/picture-holdings.ts'
import { withGroups } from '#workflows/tenant/principal-kinds.ts'
import { nothingRead, type RawTenant } from '#workflows/tenant/raw-tenant.ts'
import {
	accounts,
	charterWith,
	GROUP,
	groupHolding,
	groupOf,
	GUEST,
	inputOf,
	later,
	NOW,
	OTHER_GROUP,
	pictureOf,
	ROLE,
	roleHolding,
	STRANGER,
	USERS,
} from '#test/factories/tenant-world.ts'

/* What an account is decides what is wrong with what it holds: one list that could not be read makes it nothing else. */

const [one] = USERS
const HOUR = 3_600_000
/** Machines and guests are told, and only whoever the charter denies is removed at once. */
const charter = charterWith({
	guestOrServicePrincipal: 'alert',
	outOfBand: 'alert',
	ineligibleHolder: 'remove',
})
const UNREAD = { read: false, why: 'throttled', code: 'TooManyRequests' } as const
const rows = <T>(...list: T[]) => ({ read: true as const, rows: list })

/** A machine that PIM put into the governed group, with or without the list of applications. */
function tenantWith({
	members,
	servicePrincipals,
}: Pick<RawTenant, 'servicePrincipals'> & { members: { id: string; '@odata.type'?: string }[] | null }) {
	return assemblePicture({
		...nothingRead('T', new Date(NOW)),
		roleAssignments: rows(),
		roleInstances: rows(),
		eligibilities: rows(),
		roleSchedules: rows(),
		requests: rows(),
		groups: rows(),
		servicePrincipals,
		groupLists: new Map([
			[
				GROUP.groupId,
				{
					properties: { id: GROUP.groupId },
					members: members === null ? UNREAD : rows(...members),
					transitiveMembers: { read: false, why: 'notAsked', code: null },
					owners: rows(),
					active: rows({
						id: 'i',
						groupId: GROUP.groupId,
						principalId: 'machine-9',
						accessId: 'member',
						startDateTime: later(-HOUR),
						endDateTime: later(HOUR),
						assignmentScheduleId: 's',
					}),
					eligible: rows(),
					schedules: rows(),
					requests: rows(),
				},
			],
		]),
	})
}
const remembered = (plan: ReturnType<typeof planReconciliation>): Remembered[] =>
	plan.open.map(({ difference }) => ({ id: 'finding', ...difference }))

describe('a look without the list of applications', () => {
	const MEMBER = [{ id: 'machine-9', '@odata.type': '#microsoft.graph.servicePrincipal' }]
	const whole = planReconciliation(
		tenantWith({ members: MEMBER, servicePrincipals: rows({ id: 'machine-9' }) }),
		inputOf([], { charter }),
	)
	const half = (members: typeof MEMBER | null) =>
		planReconciliation(
			tenantWith({ members, servicePrincipals: UNREAD }),
			inputOf([], { charter, remembered: remembered(whole) }),
		)

	test.each([
		['tells what it is by the list of members', MEMBER],
		['remembers what it is, where that list could not be read either', null],
	])('%s, and orders no removal', (_, members) => {
		const [first] = whole.open
		const [seen] = half(members).sighted
		if (first === undefined || seen === undefined) throw new Error('Nothing was found.')
		let { next } = begin(findingMachine, { findingId: 'f', at: NOW, ...first }, NOW)
		for (const [sighted, ms] of [
			[first, 5000],
			[seen, 9000],
		] as const) {
			const { difference, reaction } = sighted
			next = decide(findingMachine, next, { type: 'SIGHTED', difference, reaction, at: later(ms) }).next
		}
		expect(next.value).toBe('alerted')
		expect(seen.difference).toMatchObject({
			principalKind: 'servicePrincipal',
			kinds: ['guestOrServicePrincipal', 'outOfBand'],
		})
		// What nobody sees otherwise voids no signature that is being given.
		expect(isNews(first, seen)).toBe(false)
	})
})

describe('somebody of whom nothing is known', () => {
	const holdings = (principalKind: PrincipalKind) => [roleHolding(STRANGER, ROLE, { principalKind })]
	const unknownGuest = { ...accounts(), isGuest: () => null }
	const kindsOf = (principalKind: PrincipalKind, more: Parameters<typeof inputOf>[1] = {}) => {
		const plan = planReconciliation(
			pictureOf({ roleHoldings: holdings(principalKind) }),
			inputOf([], { charter, ...more }),
		)
		return [...plan.open, ...plan.sighted].map(({ difference: { kinds }, reaction }) => [kinds, reaction.do])
	}

	test('is denied nothing before it is known that they are a user and no guest, and is told of as unapproved', () => {
		expect(kindsOf('user')).toEqual([[['ineligibleHolder', 'outOfBand'], 'remove']])
		expect(kindsOf('unknown')).toEqual([[['outOfBand'], 'alert']])
		expect(kindsOf('user', { accounts: unknownGuest })).toEqual([[['outOfBand'], 'alert']])
	})

	test('is asked for, unless an open finding knows them; of people of ours and of machines nothing is asked', () => {
		const picture = pictureOf({
			roleHoldings: [
				...holdings('unknown'),
				roleHolding(GUEST, ROLE),
				roleHolding(one, ROLE),
				roleHolding('machine-1', ROLE),
			],
		})
		const input = inputOf([], { accounts: unknownGuest })
		expect(unsureHolders(picture, input, [])).toEqual([GUEST, STRANGER])
		const memory = remembered(
			planReconciliation(
				pictureOf({ roleHoldings: [...holdings('user'), roleHolding(GUEST, ROLE)] }),
				inputOf([]),
			),
		)
		expect(unsureHolders(picture, input, memory)).toEqual([])
	})

	test('is who the mirror of users says, where no list tells it', () => {
		const known = { ...accounts(), kindOf: () => 'user' as const }
		expect(kindsOf('unknown', { accounts: known })).toEqual([[['ineligibleHolder', 'outOfBand'], 'remove']])
	})

	test('stays what a finding of before says, by whatever that was told', () => {
		const memory = remembered(
			planReconciliation(pictureOf({ roleHoldings: holdings('user') }), inputOf([], { charter })),
		).map((finding) => ({ ...finding, principalKind: 'unknown' as const }))
		expect(kindsOf('unknown', { remembered: memory })).toEqual([
			[['ineligibleHolder', 'outOfBand'], 'remove'],
		])
	})

	test('through a group opens nothing, and what was found through it stays', () => {
		const picture = (principalKind: PrincipalKind) =>
			pictureOf({
				roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
				groupHoldings: [groupHolding(STRANGER, OTHER_GROUP, { how: 'eligible', principalKind })],
			})
		const through = (plan: { difference: { through: string | null } }[]) =>
			plan.filter(({ difference }) => difference.through !== null)
		expect(through(planReconciliation(picture('unknown'), inputOf([])).open)).toEqual([])
		const before = planReconciliation(picture('user'), inputOf([]))
		const after = planReconciliation(picture('unknown'), inputOf([], { remembered: remembered(before) }))
		expect(through(after.sighted)).toEqual(through(before.open).map((each) => ({ id: 'finding', ...each })))
		expect(after.missed).toEqual([])
	})
})

test('a guest stays one while neither list nor mirror says so', () => {
	const { open } = planReconciliation(
		pictureOf({ roleHoldings: [roleHolding(GUEST, ROLE)] }),
		inputOf([], { charter }),
	)
	const blind = inputOf([], {
		charter,
		accounts: { ...accounts(), isGuest: () => null },
		remembered: open.map(({ difference }) => ({ id: 'finding', ...difference })),
	})
	const picture = pictureOf({ roleHoldings: [roleHolding(GUEST, ROLE, { principalKind: 'unknown' })] })
	const { sighted } = planReconciliation(picture, blind)
	expect(sighted).toEqual(open.map((each) => ({ id: 'finding', ...each })))
	expect(sighted).toMatchObject([
		{ difference: { kinds: ['guestOrServicePrincipal', 'outOfBand'] }, reaction: { do: 'alert' } },
	])
})

describe('a group of which no list says that it is one', () => {
	const becoming = (how: 'eligible' | 'scheduled') =>
		pictureOf({
			groups: [groupOf(GROUP.groupId, [])],
			groupHoldings: [groupHolding(OTHER_GROUP, GROUP.groupId, { how, principalKind: 'unknown' })],
		})
	const reading = (change: Partial<ReturnType<typeof groupOf>> = {}) => ({
		groups: [{ ...groupOf(OTHER_GROUP, [one, STRANGER]), ...change }],
		groupHoldings: [],
	})
	const planOf = (picture: ReturnType<typeof pictureOf>) => planReconciliation(picture, inputOf([])).open

	test('stands with its kind and its people once it was read by itself, and is read at the next look too', () => {
		for (const how of ['eligible', 'scheduled'] as const) {
			const picture = becoming(how)
			expect(unsureHolders(picture, inputOf([]), [])).toEqual([OTHER_GROUP])
			expect(unreadGroups(picture, inputOf([]), [])).toEqual([])
			const found = planOf(withGroups(picture, [reading()]))
			expect(found.map(({ difference }) => difference)).toMatchObject([
				{
					principalKind: 'group',
					people: 2,
					members: { isWhole: true },
					removal: { principalId: OTHER_GROUP },
				},
			])
			const memory = found.map(({ difference }) => difference)
			expect(unsureHolders(picture, inputOf([]), memory)).toEqual([])
			expect(unreadGroups(picture, inputOf([]), memory)).toEqual([OTHER_GROUP])
			// Where it is not read, nobody knows whom it would hit.
			expect(
				planReconciliation(
					picture,
					inputOf([], { remembered: memory.map((difference) => ({ id: difference.key, ...difference })) }),
				).sighted,
			).toMatchObject([{ difference: { principalKind: 'group', removal: null, spared: 'unread' } }])
		}
	})

	test('stays unknown where the tenant has no such group, or does not say who is in it', () => {
		const picture = becoming('eligible')
		expect(withGroups(picture, [reading({ exists: false }), reading({ unread: ['members'] })])).toBe(picture)
	})
})
