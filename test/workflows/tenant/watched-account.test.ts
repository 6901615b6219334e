import { describe, expect, test } from 'vitest'
import { createWatchStory } from '#workflows/audit-export/watch-story.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { ConditionalAccessPolicy } from '#workflows/tenant/picture-policies.ts'
import {
	changesOf,
	holdOf,
	knownAfter,
	NOTHING_SEEN,
	policiesOver,
	weaknessesOf,
	type WatchedState,
} from '#workflows/tenant/watched-account.ts'

const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'
const policy = (changes: Partial<ConditionalAccessPolicy>): ConditionalAccessPolicy => ({
	id: 'p',
	displayName: 'MFA for all',
	state: 'enabled',
	modifiedAt: null,
	includeUsers: ['All'],
	excludeUsers: [],
	includeGroups: [],
	excludeGroups: [],
	includeRoles: [],
	excludeRoles: [],
	excludesGuests: false,
	includeApplications: ['All'],
	excludeApplications: [],
	narrowedBy: [],
	operator: null,
	builtInControls: ['mfa'],
	authenticationStrengthId: null,
	hasOtherControls: false,
	...changes,
})
const over = (changes: Partial<ConditionalAccessPolicy>, groups: string[] | null = []) =>
	policiesOver(
		{ objectId: GLASS, memberOf: groups === null ? null : new Set(groups), roles: new Set(['r']) },
		[policy(changes)],
	).length === 1

describe('a policy holds for an account for emergencies', () => {
	test.each<[boolean, string, Partial<ConditionalAccessPolicy>, string[] | null]>([
		[true, 'it holds for everybody', {}, []],
		[true, 'it names the account, in whatever case', { includeUsers: [GLASS.toUpperCase()] }, []],
		[true, 'it is in a group that is named', { includeUsers: [], includeGroups: ['G'] }, ['g']],
		[true, 'it names a role that it holds', { includeUsers: [], includeRoles: ['R'] }, []],
		[false, 'it names a role that it does not hold', { includeUsers: [], includeRoles: ['S'] }, []],
		[false, 'a role is left out that it holds', { excludeRoles: ['R'] }, []],
		[true, 'another account is left out', { excludeUsers: ['someone'] }, []],
		[true, 'a group is left out that it is not in', { excludeGroups: ['g'] }, ['h']],
		[false, 'it is left out', { excludeUsers: [GLASS.toUpperCase()] }, []],
		[false, 'its group is left out', { excludeGroups: ['G'] }, ['g']],
		[false, 'a group is left out and nobody knows its groups', { excludeGroups: ['g'] }, null],
		[false, 'it is off', { state: 'disabled' }, []],
		[false, 'it only reports', { state: 'reportOnly' }, []],
		[false, 'it is about somebody else', { includeUsers: ['someone'] }, []],
	])('%s where %s', (expected, _, changes, groups) => {
		expect(over(changes, groups)).toBe(expected)
	})
})

test.each<['holds' | 'spares' | 'unknown', string, Partial<ConditionalAccessPolicy>]>([
	['holds', 'everybody', {}],
	['unknown', 'whoever is in a group', { includeUsers: [], includeGroups: ['g'] }],
	['unknown', 'whoever holds a role', { includeUsers: [], includeRoles: ['r'] }],
	['unknown', 'all but a group', { excludeGroups: ['g'] }],
	['unknown', 'all but a role', { excludeRoles: ['r'] }],
	['spares', 'all but the account and a group', { excludeUsers: [GLASS], excludeGroups: ['g'] }],
	['spares', 'nobody', { includeUsers: [] }],
])('of an account of which nothing else is known: %s, where it is for %s', (is, _, changes) => {
	expect(holdOf(policy(changes), { objectId: GLASS, memberOf: null, roles: null })).toBe(is)
})

test('an account for emergencies is weak by what is known, and by nothing else', () => {
	const policies = [{ id: 'p', name: 'MFA for all' }]
	expect(weaknessesOf(NOTHING_SEEN)).toEqual([])
	expect(weaknessesOf({ account: 'enabled', methods: [], hasDeviceBound: true, policies: [] })).toEqual([])
	expect(weaknessesOf({ account: 'disabled', methods: [], hasDeviceBound: false, policies })).toEqual([
		{ is: 'disabled' },
		{ is: 'noKey' },
		{ is: 'held', policies },
	])
	// Nobody registers a passkey for an account that is not there.
	expect(weaknessesOf({ account: 'absent', methods: [], hasDeviceBound: false, policies: [] })).toEqual([
		{ is: 'absent' },
	])
})

test('what is not known now, or was not known, is no change and is kept', () => {
	const seen: WatchedState = {
		account: 'enabled',
		methods: ['fido2', 'passkey a'],
		hasDeviceBound: true,
		policies: [],
	}
	expect(changesOf(NOTHING_SEEN, seen)).toEqual([])
	expect(changesOf(seen, NOTHING_SEEN)).toEqual([])
	expect(knownAfter(seen, NOTHING_SEEN)).toEqual(seen)
	// One passkey in the place of another is a change.
	expect(changesOf(seen, { ...seen, methods: ['fido2', 'passkey b'] })).toEqual([
		{ what: 'methods', before: ['fido2', 'passkey a'], after: ['fido2', 'passkey b'] },
	])
})

test('a record tells each sign-in once, of accounts that the charter names', () => {
	const charter = {
		entra: { endSessions: false, breakGlassAccounts: [{ objectId: GLASS, title: 'Safe' }] },
	} as unknown as Charter
	const story = createWatchStory({ around: () => [charter] })
	const tell = (objectId: string, errorCode = 0, signInId = 'a') =>
		story
			.tellSignedIn(
				{
					kind: 'watched.signed_in',
					time: '2026-12-01T12:00:00.000Z',
					open: { signInId, at: '2026-12-01T11:59:00.000Z', succeeded: true },
				} as LeafOf<'watched.signed_in'>,
				{
					signIn: {
						salt: '',
						record: { objectId, title: 'Safe', errorCode, application: null, ipAddress: null },
					},
				},
			)
			.map(({ code }) => code)
	expect(tell(GLASS)).toEqual([])
	expect(tell(GLASS)).toEqual(['WATCHED_AGAIN'])
	expect(tell('another', 0, 'b')).toEqual(['WATCHED_OTHER'])
	expect(tell(GLASS, 50126, 'c')).toEqual(['WATCHED_DIFFERS'])
})
