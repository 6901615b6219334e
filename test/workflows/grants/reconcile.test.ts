import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginFinding, isWorse } from '#workflows/grants/finding-context.ts'
import { isNews } from '#workflows/grants/finding-news.ts'
import type { Difference } from '#workflows/grants/differences.ts'
import { governedBy } from '#workflows/grants/governed.ts'
import { admitRemovals } from '#workflows/grants/mass-guard.ts'
import { planReconciliation, type Remembered } from '#workflows/grants/reconcile.ts'
import { strictestReaction } from '#workflows/grants/strictest-reaction.ts'
import { placeKey, type Place } from '#workflows/grants/place.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import type { RoleHolding } from '#workflows/tenant/picture-holdings.ts'
import {
	accounts,
	ALL_REMOVE,
	asApproved,
	BREAK_GLASS,
	charterWith,
	grantOf,
	GROUP,
	groupHolding,
	groupOf,
	GUEST,
	inputOf,
	later,
	MACHINE,
	NOW,
	OTHER_GROUP,
	pictureOf,
	PLACES,
	ROLE,
	roleHolding,
	STRANGER,
	UNIT_ROLE,
	USERS,
} from '#test/factories/tenant-world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const [one, two] = USERS

const found = (
	picture: TenantPicture,
	more: Parameters<typeof inputOf>[1] = {},
	grants = [] as ReturnType<typeof grantOf>[],
) => planReconciliation(picture, inputOf(grants, more)).open.map(({ difference }) => difference)

const remembered = (plan: ReturnType<typeof planReconciliation>): Remembered[] =>
	plan.open.map(({ difference }, i) => ({ id: `finding ${i}`, ...difference }))

describe('what differs', () => {
	test('somebody holds a governed role that nobody approved', () => {
		const [only, ...others] = found(pictureOf({ roleHoldings: [roleHolding(one, ROLE)] }))
		expect(others).toEqual([])
		expect(only).toMatchObject({
			family: 'holding',
			kinds: ['outOfBand'],
			principalId: one,
			personId: `person-of-${one}`,
			roles: ['alpha'],
			removal: { what: 'assignment', principalId: one, place: ROLE },
		})
	})
	test('a role that no charter gives is nobody’s business', () => {
		expect(
			found(pictureOf({ roleHoldings: [roleHolding(one, { ...ROLE, roleDefinitionId: 'role-z' })] })),
		).toEqual([])
	})
	test('the role in a wider scope than the charter gives is governed all the same', () => {
		const wider = { ...UNIT_ROLE, directoryScopeId: '/' }
		expect(
			found(pictureOf({ roleHoldings: [roleHolding(one, wider)] }), {}, [grantOf(one, UNIT_ROLE)]),
		).toMatchObject([
			{ family: 'holding', kinds: ['outOfBand'], place: wider },
			{ family: 'grant', kinds: ['missingGrant'] },
		])
	})
	test('an assignment without an end, a guest, a machine, somebody unknown, and somebody the charter refuses are told apart', () => {
		const kinds = found(
			pictureOf({
				roleHoldings: [
					roleHolding(one, ROLE, { until: null }),
					roleHolding(two, ROLE),
					roleHolding(GUEST, ROLE),
					roleHolding(MACHINE, ROLE),
					roleHolding(STRANGER, ROLE),
				],
			}),
			{ accounts: accounts([two]) },
		).map(({ principalId, kinds: all, reasons }) => [principalId, all, reasons])
		expect(kinds.sort()).toEqual([
			[GUEST, ['guestOrServicePrincipal', 'outOfBand'], ['NO_FACTS']],
			[MACHINE, ['guestOrServicePrincipal', 'outOfBand'], []],
			[STRANGER, ['ineligibleHolder', 'outOfBand'], ['NO_FACTS']],
			[one, ['permanent', 'outOfBand'], []],
			[two, ['ineligibleHolder', 'outOfBand'], ['CLEARANCE']],
		])
	})
	test('being eligible for what only grants give is standing privilege, also beside a grant', () => {
		const eligible = roleHolding(one, ROLE, { how: 'eligible', until: null })
		const approved = [grantOf(one, ROLE)]
		const picture = asApproved(approved)
		expect(
			found({ ...picture, roleHoldings: [...picture.roleHoldings, eligible] }, {}, approved),
		).toMatchObject([
			{ standing: 'eligible', kinds: ['permanent', 'outOfBand'], removal: { what: 'eligibility' } },
		])
	})
	test('a group that holds a governed role is one finding, and those in it who are more than unapproved are others', () => {
		const picture = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
			groupHoldings: [
				groupHolding(one, OTHER_GROUP, { how: 'direct' }),
				groupHolding(GUEST, OTHER_GROUP, { how: 'direct' }),
			],
		})
		expect(found(picture)).toMatchObject([
			{
				principalId: OTHER_GROUP,
				principalKind: 'group',
				people: 2,
				removal: { what: 'assignment', place: ROLE },
			},
			{
				principalId: GUEST,
				through: OTHER_GROUP,
				kinds: ['guestOrServicePrincipal'],
				removal: { principalId: GUEST, place: { kind: 'group', groupId: OTHER_GROUP, by: 'membership' } },
			},
		])
	})
	test('a group through which a break-glass account has its role is told and never touched', () => {
		const picture = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
			groupHoldings: [groupHolding(BREAK_GLASS, OTHER_GROUP, { how: 'direct' })],
		})
		expect(found(picture)).toMatchObject([{ principalId: OTHER_GROUP, removal: null }])
	})
	test('who is in a group that is kept elsewhere cannot be taken out of it here', () => {
		const picture = pictureOf({
			groups: [{ ...groupOf('group-a', [one]), managed: 'onPremises' }],
			groupHoldings: [groupHolding(one, 'group-a', { how: 'direct', until: null })],
		})
		expect(found(picture)).toMatchObject([{ principalId: one, place: { kind: 'group' }, removal: null }])
	})
	test.each([
		['a later end', { until: later(3 * 3_600_000) }, ['wrongEnd']],
		['no end', { until: null }, ['permanent', 'wrongEnd']],
		['an assignment that is not ours', { ticketNumbers: [] }, ['outOfBand']],
	] satisfies [string, Partial<RoleHolding>, string[]][])(
		'%s of a running access is told of that access',
		(_, change, kinds) => {
			const approved = [grantOf(one, ROLE)]
			const picture = asApproved(approved)
			const roleHoldings = picture.roleHoldings.map((row) => ({ ...row, ...change }))
			expect(found({ ...picture, roleHoldings }, {}, approved)).toMatchObject([
				{ family: 'grant', kinds, grantId: approved[0]?.grantId, removal: { what: 'grant' } },
			])
		},
	)
	test('our own assignment in another scope is told once', () => {
		const approved = [grantOf(one, UNIT_ROLE)]
		const picture = asApproved(approved)
		const roleHoldings = picture.roleHoldings.map((row) => ({ ...row, directoryScopeId: '/' }))
		expect(found({ ...picture, roleHoldings }, {}, approved)).toMatchObject([
			{ family: 'grant', kinds: ['wrongScope'], removal: { what: 'grant' } },
		])
	})
	test('a deviation that an officer has accepted is none any more', () => {
		const until = later(3 * 3_600_000)
		const approved = [grantOf(one, ROLE, { acceptedDrift: { what: 'end', seenEndsAt: until } })]
		const picture = asApproved(approved)
		const roleHoldings = picture.roleHoldings.map((row) => ({ ...row, until }))
		expect(found({ ...picture, roleHoldings }, {}, approved)).toEqual([])
	})
	test('what our own jobs are at is explained by them: being made, being removed, over a moment ago', () => {
		const picture = pictureOf({ roleHoldings: [roleHolding(one, ROLE)] })
		for (const state of ['provisioning', 'removing', 'postponed', 'notConfirmed'] as const)
			expect(found(picture, {}, [grantOf(one, ROLE, { state })])).toEqual([])
		const ended = (ms: number) => grantOf(one, ROLE, { state: 'revoked', closedAt: later(-ms) })
		expect(found(picture, {}, [ended(MINUTE)])).toEqual([])
		expect(found(picture, {}, [ended(6 * MINUTE)])).toMatchObject([{ kinds: ['outOfBand'] }])
	})
	test('an access is missing only where it stood before the tenant was read and after', () => {
		const approved = [grantOf(one, ROLE)]
		expect(found(pictureOf({}), {}, approved)).toMatchObject([
			{ kinds: ['missingGrant'], isAbsence: true, removal: null },
		])
		expect(found(pictureOf({}), { before: [] }, approved)).toEqual([])
		expect(found(pictureOf({}), {}, [grantOf(one, ROLE, { startsAt: later(-30_000) })])).toEqual([])
	})
})

describe('rules of the tenant', () => {
	const policy = {
		id: 'ca-1',
		displayName: 'Admins sign in with keys',
		state: 'enabled' as const,
		modifiedAt: null,
		includeUsers: [],
		excludeUsers: [],
		includeGroups: [],
		excludeGroups: [],
		includeRoles: ['role-a'],
		excludeRoles: [],
		excludesGuests: false,
		includeApplications: ['all'],
		excludeApplications: [],
		narrowedBy: [],
		operator: 'OR' as const,
		builtInControls: [],
		authenticationStrengthId: 'strong',
		hasOtherControls: false,
	}
	const strength = { id: 'strong', displayName: null, allowedCombinations: ['fido2'] }
	const first = pictureOf({ conditionalAccess: [policy], authenticationStrengths: [strength] })
	const policies = planReconciliation(first, inputOf([])).baselines
	const weaker = (change: Partial<typeof policy>, allowed = strength.allowedCombinations) =>
		found(
			pictureOf({
				conditionalAccess: [{ ...policy, ...change }],
				authenticationStrengths: [{ ...strength, allowedCombinations: allowed }],
			}),
			{ policies },
		).map(({ reasons }) => reasons)
	test('as last time they are no finding, and neither are stricter ones', () => {
		expect(found(first, { policies })).toEqual([])
		expect(weaker({ includeRoles: ['role-a', 'role-b'] })).toEqual([])
	})
	test('weaker ones are told by what became weaker', () => {
		expect(weaker({ state: 'disabled' as never })).toEqual([['OFF']])
		expect(weaker({ excludeUsers: ['user-1'] as never })).toEqual([['MORE_EXCLUDED']])
		expect(weaker({ includeRoles: [] })).toEqual([['FEWER_INCLUDED']])
		expect(weaker({ authenticationStrengthId: null as never })).toEqual([['FEWER_CONTROLS']])
		expect(weaker({}, ['fido2', 'password,sms'])).toEqual([['WEAKER_STRENGTH']])
		expect(found(pictureOf({}), { policies }).map(({ reasons }) => reasons)).toEqual([['GONE']])
	})
	test('one that could not be read is no weaker, and stays what later readings are held against', () => {
		const unread = pictureOf({})
		unread.parts.conditionalAccess = { read: false, why: 'throttled', code: null }
		const plan = planReconciliation(unread, inputOf([], { policies }))
		expect(plan.open).toEqual([])
		expect(plan.baselines).toEqual(policies)
	})
	test('a weaker one stays found until it is as strict again', () => {
		const off = pictureOf({
			conditionalAccess: [{ ...policy, state: 'disabled' }],
			authenticationStrengths: [strength],
		})
		const plan = planReconciliation(off, inputOf([], { policies }))
		expect(plan.baselines).toEqual(policies)
		const memory = remembered(plan)
		const again = inputOf([], { policies: plan.baselines, remembered: memory })
		expect(planReconciliation(off, again).sighted).toHaveLength(1)
		expect(planReconciliation(first, again).missed).toEqual([{ id: 'finding 0', why: 'gone' }])
	})
})

describe('what is not found any more', () => {
	const whyOf = (before: TenantPicture, after: TenantPicture, grants: ReturnType<typeof grantOf>[]) => {
		const memory = remembered(planReconciliation(before, inputOf([])))
		expect(memory).toHaveLength(1)
		return planReconciliation(after, inputOf(grants, { remembered: memory })).missed.map(({ why }) => why)
	}
	const active = pictureOf({ roleHoldings: [roleHolding(one, ROLE)] })
	test('was approved in the meantime where a grant of ours gives it in its very place, and it is listed there', () => {
		const grant = grantOf(one, ROLE)
		expect(whyOf(active, asApproved([grant]), [grant])).toEqual(['explained'])
	})
	test('has gone where an access of the same person is active beside it, whatever that is', () => {
		const grant = grantOf(one, ROLE)
		const eligible = pictureOf({ roleHoldings: [roleHolding(one, ROLE, { how: 'eligible' })] })
		expect(whyOf(eligible, asApproved([grant]), [grant])).toEqual(['gone'])
		const wide = pictureOf({ roleHoldings: [roleHolding(one, UNIT_ROLE, { directoryScopeId: '/' })] })
		const ofUnit = grantOf(one, UNIT_ROLE)
		expect(whyOf(wide, asApproved([ofUnit]), [ofUnit])).toEqual(['gone'])
		const owner = pictureOf({
			groupHoldings: [groupHolding(STRANGER, 'group-a', { relation: 'owner', until: null })],
		})
		const member = grantOf(STRANGER, GROUP)
		expect(whyOf(owner, asApproved([member]), [member])).toEqual(['gone'])
	})
	test('has gone where its own place lists nothing active, or the access is long over', () => {
		const grant = grantOf(one, ROLE)
		expect(whyOf(active, pictureOf({}), [grant])).toEqual(['gone'])
		const over = grantOf(one, ROLE, { state: 'revoked', closedAt: later(-10 * MINUTE) })
		expect(whyOf(active, pictureOf({}), [over])).toEqual(['gone'])
		const unit = pictureOf({ roleHoldings: [roleHolding(one, UNIT_ROLE)] })
		const elsewhere = pictureOf({ roleHoldings: [roleHolding(one, UNIT_ROLE, { directoryScopeId: '/' })] })
		expect(whyOf(unit, elsewhere, [grantOf(one, UNIT_ROLE)])).toEqual(['gone'])
	})
})

describe('what the charter does about it', () => {
	test('the strictest reaction of all that is wrong counts, and only what can be taken away is removed', () => {
		const charter = charterWith({
			outOfBand: { decideWithin: 'PT4H', otherwise: 'remove' },
			permanent: { decideWithin: 'PT1H', otherwise: 'alert' },
			guestOrServicePrincipal: 'remove',
		})
		expect(strictestReaction(charter, ['outOfBand', 'guestOrServicePrincipal'], true)).toEqual({
			do: 'remove',
		})
		expect(strictestReaction(charter, ['permanent', 'outOfBand'], true)).toEqual({
			do: 'decide',
			withinMs: 3_600_000,
			otherwise: 'remove',
		})
		expect(strictestReaction(charter, ['guestOrServicePrincipal'], false)).toEqual({ do: 'alert' })
		expect(strictestReaction(charter, ['outOfBand'], false)).toMatchObject({
			do: 'decide',
			otherwise: 'alert',
		})
		expect(strictestReaction({}, ['outOfBand'], true)).toEqual({ do: 'alert' })
	})
})

describe('what begins later', () => {
	const ahead = (who: string, more: Partial<RoleHolding> = {}) =>
		roleHolding(who, ROLE, { how: 'scheduled', from: later(DAY), until: later(2 * DAY), ...more })
	const live = (more: Parameters<typeof grantOf>[2] = {}) =>
		grantOf(one, ROLE, { state: 'provisioning', startsAt: NOW, endsAt: later(2 * DAY), ...more })
	const { grantId } = grantOf(one, ROLE)

	test('is found before it begins, by what is wrong with it, and can be taken back', () => {
		const differences = found(
			pictureOf({
				roleHoldings: [ahead(one), ahead(two, { until: null }), ahead(GUEST), ahead(BREAK_GLASS)],
			}),
		)
		expect(
			differences.map(({ principalId, standing, kinds, from }) => [principalId, standing, kinds, from]),
		).toEqual([
			[GUEST, 'scheduled', ['guestOrServicePrincipal', 'outOfBand'], later(DAY)],
			[one, 'scheduled', ['outOfBand'], later(DAY)],
			[two, 'scheduled', ['permanent', 'outOfBand'], later(DAY)],
		])
		expect(differences.map(({ removal }) => removal?.what)).toEqual(Array(3).fill('assignment'))
	})

	test('in a group, of a group that gets the role, and of whoever comes into such a group', () => {
		const differences = found(
			pictureOf({
				roleHoldings: [roleHolding(OTHER_GROUP, ROLE, { how: 'scheduled', from: later(DAY) })],
				groupHoldings: [
					groupHolding(one, GROUP.groupId, { how: 'scheduled', from: later(DAY) }),
					groupHolding(GUEST, OTHER_GROUP, { how: 'scheduled', from: later(2 * DAY) }),
				],
			}),
		)
		expect(
			differences.map(({ principalId, through, standing, from, removal }) => [
				principalId,
				through,
				standing,
				from,
				removal,
			]),
		).toEqual([
			[
				OTHER_GROUP,
				null,
				'scheduled',
				later(DAY),
				{ what: 'assignment', principalId: OTHER_GROUP, place: ROLE },
			],
			[
				GUEST,
				OTHER_GROUP,
				'scheduled',
				later(2 * DAY),
				{ what: 'assignment', principalId: GUEST, place: { ...GROUP, groupId: OTHER_GROUP } },
			],
			[one, null, 'scheduled', later(DAY), { what: 'assignment', principalId: one, place: GROUP }],
		])
	})

	test('is one finding before and after its begin, and goes on being looked for where it stands', () => {
		const before = planReconciliation(pictureOf({ roleHoldings: [ahead(one)] }), inputOf([]))
		const memory = remembered(before)
		const begun = planReconciliation(
			pictureOf({ roleHoldings: [roleHolding(one, ROLE)] }),
			inputOf([], { remembered: memory }),
		)
		expect(begun.open).toEqual([])
		expect(begun.missed).toEqual([])
		expect(begun.sighted).toMatchObject([{ id: 'finding 0', difference: { standing: 'active' } }])
		const gone = planReconciliation(pictureOf({}), inputOf([], { remembered: memory }))
		expect(gone.missed).toEqual([{ id: 'finding 0', why: 'gone' }])
	})

	test('of our own is as approved, unless it ends later, begins earlier or stands elsewhere than approved', () => {
		const marked = (more: Partial<RoleHolding> = {}) =>
			found(pictureOf({ roleHoldings: [ahead(one, { ticketNumbers: [grantId], ...more })] }), {}, [
				live({ startsAt: later(DAY) }),
			]).map(({ kinds, removal }) => [kinds, removal])
		expect(marked()).toEqual([])
		expect(marked({ until: later(2 * DAY + 5 * MINUTE) })).toEqual([])
		// What was approved there would go as well: nothing is taken away by itself.
		expect(marked({ until: later(3 * DAY) })).toEqual([[['wrongEnd'], null]])
		expect(marked({ until: null })).toEqual([[['permanent', 'wrongEnd'], null]])
		expect(marked({ from: later(60 * MINUTE) })).toEqual([[['outOfBand'], null]])
		const wide = { ...ROLE, directoryScopeId: '/administrativeUnits/u' }
		expect(marked({ directoryScopeId: wide.directoryScopeId })).toEqual([
			[['wrongScope'], { what: 'assignment', principalId: one, place: wide }],
		])
	})

	test('is not explained by a grant that is over, was never sent, is of somebody else, or that it is not marked with', () => {
		const marked = ahead(one, { ticketNumbers: [grantId] })
		const kindsOf = (holding: RoleHolding, grants: ReturnType<typeof grantOf>[]) =>
			found(pictureOf({ roleHoldings: [holding] }), {}, grants).map(({ kinds }) => kinds)
		expect(kindsOf(marked, [live({ state: 'scheduled' })])).toEqual([['outOfBand']])
		expect(kindsOf(marked, [live({ state: 'revoked', closedAt: later(-10 * MINUTE) })])).toEqual([
			['outOfBand'],
		])
		expect(kindsOf(marked, [live({ state: 'revoked', closedAt: later(-MINUTE) })])).toEqual([])
		expect(kindsOf(marked, [grantOf(two, ROLE, { grantId, state: 'provisioning' })])).toEqual([['outOfBand']])
		expect(kindsOf(ahead(one), [live()])).toEqual([['outOfBand']])
	})

	test('where nobody knows which marks there are, stays within what was approved or is not ours', () => {
		const judge = (until: string) => {
			const picture = pictureOf({ roleHoldings: [ahead(one, { until })] })
			picture.parts.ownRequests = { read: false, why: 'forbidden', code: null }
			return found(picture, {}, [live()]).map(({ kinds }) => kinds)
		}
		expect(judge(later(2 * DAY))).toEqual([])
		expect(judge(later(3 * DAY))).toEqual([['outOfBand']])
	})

	test('that an officer accepted is a finding anew when it begins earlier than they knew', () => {
		const of = (holding: RoleHolding) => {
			const [difference] = found(pictureOf({ roleHoldings: [holding] }))
			if (difference === undefined) throw new Error('Nothing was found.')
			return difference
		}
		const reaction = { do: 'alert' } as const
		const input = { findingId: 'f', difference: of(ahead(one)), reaction, at: NOW }
		const context = { ...beginFinding(input), acceptedKinds: ['outOfBand' as const] }
		const worse = (difference: ReturnType<typeof of>, at: string) =>
			isWorse(context, { difference, reaction, at })
		expect(worse(of(ahead(one)), later(60 * MINUTE))).toBe(false)
		expect(worse(of(ahead(one, { from: later(2 * DAY) })), NOW)).toBe(false)
		expect(worse(of(ahead(one, { from: later(60 * MINUTE) })), NOW)).toBe(true)
		expect(worse(of(roleHolding(one, ROLE)), later(60 * MINUTE))).toBe(true)
		expect(worse(of(roleHolding(one, ROLE)), later(DAY))).toBe(false)
		expect(isNews(context, { difference: of(ahead(one)), reaction })).toBe(false)
		const begun = of(roleHolding(one, ROLE, { until: later(2 * DAY) }))
		expect(isNews(context, { difference: begun, reaction })).toBe(true)
	})
})

/** Anything that somebody could do beside us. */
const principal = fc.constantFrom(...USERS, GUEST, STRANGER, MACHINE, BREAK_GLASS)
const place = fc.constantFrom<Place>(...PLACES)
const grants = fc
	.uniqueArray(fc.tuple(fc.constantFrom(...USERS), place), {
		selector: ([who, at]) => `${who} ${placeKey(at)}`,
	})
	.map((pairs) => pairs.map(([who, at]) => grantOf(who, at)))
const extra = fc.record({
	who: principal,
	at: place,
	how: fc.constantFrom('assigned' as const, 'direct' as const, 'eligible' as const, 'scheduled' as const),
	until: fc.constantFrom(null, later(2 * DAY)),
	/** Whoever may assign can type the mark of any approved grant. */
	mark: fc.option(fc.nat(7), { nil: null }),
})
const beginOf = (how: string) => (how === 'scheduled' ? { from: later(DAY) } : {})
type Extra = typeof extra extends fc.Arbitrary<infer T> ? T : never

function withExtras(
	picture: TenantPicture,
	extras: readonly Extra[],
	approved: readonly ReturnType<typeof grantOf>[] = [],
): TenantPicture {
	// One of the same role is one of ours that somebody changed, and told of the grant.
	const markedBy = ({ mark, at, how }: Extra) => {
		const grant = mark === null || how === 'scheduled' ? undefined : approved[mark]
		return grant === undefined || grant.place === at ? [] : [grant.grantId]
	}
	return pictureOf({
		roleHoldings: [
			...picture.roleHoldings,
			...extras.flatMap((each) => {
				const { who, at, how, until } = each
				const ticketNumbers = markedBy(each)
				return at.kind === 'role'
					? [roleHolding(who, at, { how, until, ticketNumbers, ...beginOf(how) })]
					: []
			}),
		],
		groupHoldings: [
			...picture.groupHoldings,
			...extras.flatMap((each) => {
				const { who, at, how, until } = each
				return at.kind === 'group'
					? [
							groupHolding(who, at.groupId, {
								how: how === 'assigned' ? 'pim' : how,
								until,
								ticketNumbers: markedBy(each),
								...beginOf(how),
							}),
						]
					: []
			}),
		],
	})
}

const reversed = (picture: TenantPicture): TenantPicture => ({
	...picture,
	groups: picture.groups.toReversed().map((group) => ({ ...group, members: group.members.toReversed() })),
	roleHoldings: picture.roleHoldings.toReversed(),
	groupHoldings: picture.groupHoldings.toReversed(),
})

/** The same tenant, where the lists of PIM tell nothing of who is active in a group: the plain list names all of them. */
function withoutActive(picture: TenantPicture): TenantPicture {
	const plain = new Map(
		picture.groupHoldings
			.filter(({ how }) => how === 'pim' || how === 'direct')
			.map((row) => [
				`${row.groupId} ${row.relation} ${row.principalId}`,
				{
					...row,
					how: 'direct' as const,
					from: null,
					until: null,
					isEndKnown: false,
					scheduleId: null,
					ticketNumbers: [],
				},
			]),
	)
	const others = picture.groupHoldings.filter(({ how }) => how === 'eligible' || how === 'scheduled')
	return {
		...picture,
		groups: picture.groups.map((group) => ({ ...group, unread: ['active'] })),
		groupHoldings: [...others, ...plain.values()],
	}
}

describe('a place in a group of which nobody knows whether PIM gave it', () => {
	const unsure = (more: Parameters<typeof inputOf>[1] = {}, who: string = STRANGER) =>
		found(withoutActive(pictureOf({ groupHoldings: [groupHolding(who, 'group-a')] })), {
			charter: charterWith(ALL_REMOVE),
			...more,
		})
	test('is told, with no end and nothing that takes it away', () => {
		expect(unsure()).toMatchObject([
			{ kinds: ['ineligibleHolder', 'outOfBand'], place: GROUP, until: null, removal: null },
		])
	})
	test('is taken out of the plain list where this tenant keeps places in groups so', () => {
		const governed = governedBy(charterWith(), 'membership')
		const place = { ...GROUP, by: 'membership' }
		expect(unsure({ governed })).toMatchObject([
			{ kinds: ['ineligibleHolder', 'outOfBand'], removal: { what: 'assignment', place } },
		])
	})
	test('in a group that holds the role takes nobody out of it', () => {
		const picture = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
			groupHoldings: [groupHolding(GUEST, OTHER_GROUP)],
		})
		const removals = (seen: TenantPicture, memory: Remembered[] = []) => {
			const plan = planReconciliation(seen, inputOf([], { remembered: memory }))
			return [...plan.open, ...plan.sighted]
				.filter(({ difference }) => difference.through !== null)
				.map(({ difference: { removal } }) => removal)
		}
		const place = { kind: 'group', groupId: OTHER_GROUP, relation: 'member', by: 'pim' }
		expect(removals(picture)).toEqual([{ what: 'assignment', principalId: GUEST, place }])
		expect(removals(withoutActive(picture))).toEqual([null])
		const memory = remembered(planReconciliation(picture, inputOf([])))
		expect(removals(withoutActive(picture), memory)).toEqual([
			{ what: 'assignment', principalId: GUEST, place },
		])
	})
})

describe('laws', () => {
	const charter = charterWith(ALL_REMOVE)
	test('what is as approved is no finding', () => {
		fc.assert(
			fc.property(grants, (approved) => {
				expect(planReconciliation(asApproved(approved), inputOf(approved, { charter })).open).toEqual([])
			}),
		)
	})
	test('everything that nobody approved is found, and nothing of a break-glass account', () => {
		fc.assert(
			fc.property(grants, fc.array(extra, { maxLength: 8 }), (approved, extras) => {
				const open = found(withExtras(asApproved(approved), extras, approved), { charter }, approved)
				const told = new Set(
					open.map(
						({ principalId, place: at, standing }) => `${principalId} ${at && placeKey(at)} ${standing}`,
					),
				)
				for (const { who, at, how } of extras) {
					const standing = how === 'eligible' || how === 'scheduled' ? how : 'active'
					const isApproved =
						standing === 'active' &&
						approved.some((grant) => grant.principalId === who && placeKey(grant.place) === placeKey(at))
					if (who === BREAK_GLASS) expect(told).not.toContain(`${who} ${placeKey(at)} ${standing}`)
					// What begins later and what is active are one finding, of what is active.
					else if (standing === 'scheduled')
						expect(
							['scheduled', 'active'].filter((each) => told.has(`${who} ${placeKey(at)} ${each}`)),
						).toHaveLength(1)
					else if (!isApproved) expect(told).toContain(`${who} ${placeKey(at)} ${standing}`)
				}
				for (const { principalId, removal } of open) {
					expect(principalId).not.toBe(BREAK_GLASS)
					if (removal?.what !== 'assignment') continue
					// Never what a live grant of ours approves.
					expect(
						approved.some(
							(grant) =>
								grant.principalId === removal.principalId &&
								placeKey(grant.place) === placeKey(removal.place),
						),
					).toBe(false)
				}
			}),
		)
	})
	test('the same whatever the order in which the tenant lists things, and nothing new at a second look', () => {
		fc.assert(
			fc.property(grants, fc.array(extra, { maxLength: 8 }), (approved, extras) => {
				const picture = withExtras(asApproved(approved), extras)
				const plan = planReconciliation(picture, inputOf(approved, { charter }))
				expect(planReconciliation(reversed(picture), inputOf(approved.toReversed(), { charter }))).toEqual(
					plan,
				)
				const memory = remembered(plan)
				expect(new Set(memory.map(({ key }) => key)).size).toBe(memory.length)
				const again = planReconciliation(picture, inputOf(approved, { charter, remembered: memory }))
				expect(again.open).toEqual([])
				expect(again.missed).toEqual([])
				expect(again.sighted.map(({ difference }) => difference)).toEqual(
					plan.open.map(({ difference }) => difference),
				)
			}),
		)
	})
	test('a part that could not be read opens nothing and closes nothing', () => {
		const part = fc.constantFrom(
			'roleInstances' as const,
			'roleEligibilities' as const,
			'roleSchedules' as const,
			'groupSchedules' as const,
			'groups' as const,
		)
		fc.assert(
			fc.property(grants, fc.array(extra, { maxLength: 8 }), part, (approved, extras, unread) => {
				const picture = withExtras(asApproved(approved), extras)
				const memory = remembered(planReconciliation(picture, inputOf(approved, { charter })))
				const lost = { read: false, why: 'unavailable', code: null } as const
				const less: TenantPicture = {
					...picture,
					roleHoldings: picture.roleHoldings.filter(({ how }) =>
						unread === 'roleInstances'
							? how === 'eligible' || how === 'scheduled'
							: how !==
								(unread === 'roleEligibilities' ? 'eligible' : unread === 'roleSchedules' ? 'scheduled' : ''),
					),
					groups: unread === 'groups' ? [] : picture.groups,
					groupHoldings:
						unread === 'groups'
							? []
							: picture.groupHoldings.filter(({ how }) => unread !== 'groupSchedules' || how !== 'scheduled'),
					parts: {
						...picture.parts,
						[unread]: lost,
						...(unread === 'roleInstances' ? { roleAssignments: lost } : {}),
					},
				}
				const plan = planReconciliation(less, inputOf(approved, { charter, remembered: memory }))
				expect(plan.open).toEqual([])
				expect(plan.missed).toEqual([])
			}),
		)
	})
	test('what PIM lists of a group could not be read: ends, what is wrong and what takes it away stay what they were', () => {
		fc.assert(
			fc.property(grants, fc.array(extra, { maxLength: 8 }), fc.boolean(), (approved, extras, isPlain) => {
				const picture = withExtras(asApproved(approved), extras)
				const governed = governedBy(charter, isPlain ? 'membership' : 'pim')
				const before = planReconciliation(picture, inputOf(approved, { charter, governed }))
				const input = inputOf(approved, { charter, governed, remembered: remembered(before) })
				const plan = planReconciliation(withoutActive(picture), input)
				expect(plan.open).toEqual([])
				expect(plan.missed).toEqual([])
				const told = ({ key, kinds, from, until, place: at, removal }: Difference) =>
					[key, kinds, from, until, at, removal] as const
				const then = new Map(before.open.map(({ difference }) => [difference.key, told(difference)]))
				for (const { difference } of plan.sighted) expect(told(difference)).toEqual(then.get(difference.key))
			}),
		)
	})
	test('removals that pass the guard hit no more people than the charter allows, the most dangerous first, and what is too many alone holds up no other', () => {
		const kind = fc.constantFrom(
			'outOfBand' as const,
			'permanent' as const,
			'guestOrServicePrincipal' as const,
		)
		const people = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 }))
		fc.assert(
			fc.property(
				fc.array(fc.tuple(kind, fc.integer({ min: 0, max: 9 }), people)),
				fc.array(fc.tuple(fc.integer({ min: 0, max: 120 }), people)),
				fc.integer({ min: 0, max: 12 }),
				(kinds, before, most) => {
					const ordered = kinds.map(([of, age, inIt], i) => ({
						id: `finding ${i}`,
						kind: of,
						people: inIt,
						at: later(-age * MINUTE),
					}))
					const sent = before.map(([age, inIt]) => ({ at: later(-age * MINUTE), people: inIt }))
					const hits = (list: readonly { people: number }[]) =>
						list.reduce((sum, each) => sum + (each.people > 1 ? each.people : 1), 0)
					const room = Math.max(0, most - hits(sent.filter(({ at }) => at > later(-60 * MINUTE))))
					const { go, hold } = admitRemovals(ordered, sent, { most, withinMs: 60 * MINUTE }, NOW)
					expect([...go, ...hold].sort()).toEqual(ordered.map(({ id }) => id).sort())
					const of = (ids: readonly string[]) => ids.flatMap((id) => ordered.filter((each) => each.id === id))
					expect(hits(of(go))).toBeLessThanOrEqual(room)
					const danger = (each: { kind: string }) =>
						['guestOrServicePrincipal', 'permanent', 'outOfBand'].indexOf(each.kind)
					// There was no room left for it after what is as dangerous as it or more.
					for (const held of of(hold))
						expect(
							hits(of(go).filter((passed) => danger(passed) <= danger(held))) + hits([held]),
						).toBeGreaterThan(room)
				},
			),
		)
	})
	test('five groups of two hundred are a thousand people, and not five', () => {
		const ordered = Array.from({ length: 5 }, (_, i) => ({
			id: `${i}`,
			kind: 'permanent' as const,
			people: 200,
			at: NOW,
		}))
		const guard = { most: 5, withinMs: 60 * MINUTE }
		expect(admitRemovals(ordered, [], guard, NOW).go).toEqual([])
		const [group] = ordered
		if (group === undefined) throw new Error('There is one.')
		const one = { ...group, id: 'one', people: 0 }
		expect(admitRemovals([group, one], [], guard, NOW)).toEqual({ go: ['one'], hold: ['0'] })
		expect(admitRemovals([one], [{ at: NOW, people: 5 }], guard, NOW).hold).toEqual(['one'])
	})
	test('a place that the charter gives in a group explains itself', () => {
		expect(GROUP.kind).toBe('group')
		const approved = [grantOf(one, GROUP)]
		const picture = asApproved(approved)
		const listed = [...picture.groupHoldings, groupHolding(one, 'group-a', { how: 'direct', until: null })]
		expect(found(pictureOf({ groupHoldings: listed }), {}, approved)).toEqual([])
	})
})
