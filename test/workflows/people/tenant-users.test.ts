import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
	judgeMethods,
	methodKindOf,
	READING_HOLDS_MS,
	type MethodKind,
} from '#workflows/people/authentication-methods.ts'
import { applyPage, type Reading, type TenantUser, type UserChange } from '#workflows/people/tenant-users.ts'

const AT = new Date('2026-11-24T08:00:00Z')
const IDS = ['a', 'b', 'c', 'd', 'e']

/** The end state after pages, by object id. */
function follow(known: ReadonlyMap<string, TenantUser>, pages: readonly UserChange[][], reading: Reading) {
	const state = new Map(known)
	for (const page of pages) for (const [id, user] of applyPage(state, page, reading)) state.set(id, user)
	return Object.fromEntries([...state].sort(([a], [b]) => a.localeCompare(b)))
}

const properties = fc.record(
	{
		userPrincipalName: fc.constantFrom('x@y.example', 'z@y.example'),
		displayName: fc.option(fc.constantFrom('X', 'Z')),
		accountEnabled: fc.boolean(),
		userType: fc.constantFrom('Member', 'Guest'),
	},
	{ requiredKeys: [] },
)
const change = fc.record({
	removed: fc.constantFrom('soft_deleted', 'deleted', null, null, null),
	told: properties,
})
/** What one round tells of: each object as it is now. */
const round = fc.dictionary(fc.constantFrom(...IDS), change, { maxKeys: IDS.length })

const objectsOf = (of: Record<string, { removed: UserChange['removed']; told: object }>): UserChange[] =>
	Object.entries(of).map(([objectId, { removed, told }]) =>
		removed === null ? { objectId, removed, ...told } : { objectId, removed },
	)

/** One object in one or two parts, as replays and partial objects come. */
const partsOf = (object: UserChange, cut: number): UserChange[] => {
	const { objectId, removed, ...told } = object
	const entries = Object.entries(told)
	const part = (of: typeof entries): UserChange => ({ objectId, removed, ...Object.fromEntries(of) })
	return [part(entries.slice(0, cut)), part(entries.slice(cut))]
}

describe('what a delta query tells', () => {
	test('comes to the same in any order, split into any pages and parts, and with repeats', () => {
		fc.assert(
			fc.property(
				fc.array(round, { minLength: 1, maxLength: 4 }),
				fc.infiniteStream(fc.nat({ max: 1_000_000 })),
				fc.constantFrom<Reading>('everyone', 'changes'),
				(rounds, numbers, reading) => {
					const next = () => Number(numbers.next().value ?? 0)
					let plain: Record<string, TenantUser> = {}
					let mixed: Record<string, TenantUser> = {}
					for (const of of rounds) {
						const objects = objectsOf(of)
						plain = follow(new Map(Object.entries(plain)), [objects], reading)
						const parts = objects.flatMap((object) => [
							...partsOf(object, next() % 5),
							...(next() % 2 === 0 ? [object] : []),
						])
						const shuffled = parts
							.map((part) => ({ part, key: next() }))
							.sort((a, b) => a.key - b.key)
							.map(({ part }) => part)
						const pages: UserChange[][] = [[]]
						for (const part of shuffled) {
							if (next() % 3 === 0) pages.push([])
							pages.at(-1)?.push(part)
						}
						mixed = follow(new Map(Object.entries(mixed)), pages, reading)
					}
					expect(mixed).toEqual(plain)
				},
			),
			{ numRuns: 300 },
		)
	})

	test('an account that was deleted for good is brought back by a reading of everyone and by nothing else', () => {
		const gone: UserChange = { objectId: 'a', removed: 'deleted' }
		const there: UserChange = { objectId: 'a', removed: null, accountEnabled: true }
		expect(follow(new Map(), [[gone, there]], 'changes').a?.removed).toBe('deleted')
		const known = new Map(Object.entries(follow(new Map(), [[there], [gone]], 'changes')))
		expect(follow(known, [[there]], 'everyone').a).toMatchObject({ removed: null, accountEnabled: true })
	})

	test('a restored account works again, with what was known of it', () => {
		const pages: UserChange[][] = [
			[{ objectId: 'a', removed: null, displayName: 'X', accountEnabled: false }],
			[{ objectId: 'a', removed: 'soft_deleted' }],
			[{ objectId: 'a', removed: null, accountEnabled: true }],
		]
		expect(follow(new Map(), pages, 'changes').a).toMatchObject({
			removed: null,
			displayName: 'X',
			accountEnabled: true,
		})
	})
})

describe('whether somebody can be phished', () => {
	const at = (ageMs: number) => new Date(AT.getTime() - ageMs)
	const read = (...kinds: MethodKind[]) => ({ kinds, readAt: at(1000), trouble: null })

	test.each([
		['a FIDO2 key', read('password', 'fido2'), 'yes', null],
		['Windows Hello', read('windowsHelloForBusiness'), 'yes', null],
		['a platform credential', read('platformCredential'), 'yes', null],
		['an authenticator app and a phone', read('password', 'microsoftAuthenticator', 'phone'), 'no', null],
		['nothing registered', read(), 'no', null],
		['a kind that is not known here', read('password', 'unfamiliar'), 'unknown', 'unfamiliar'],
		['a FIDO2 key beside an unknown kind', read('fido2', 'unfamiliar'), 'yes', null],
		['no reading yet', { kinds: null, readAt: null, trouble: null }, 'unknown', 'never'],
		['no permission', { kinds: null, readAt: null, trouble: 'forbidden' }, 'unknown', 'forbidden'],
		['no such interface', { kinds: null, readAt: null, trouble: 'unsupported' }, 'unknown', 'unsupported'],
		[
			'an old reading',
			{ kinds: ['password'], readAt: at(READING_HOLDS_MS + 1), trouble: null },
			'unknown',
			'old',
		],
		[
			'an old reading and no permission since',
			{ kinds: ['fido2'], readAt: at(READING_HOLDS_MS + 1), trouble: 'forbidden' },
			'unknown',
			'forbidden',
		],
		[
			'a fresh reading and a failure since',
			{ kinds: ['password'], readAt: at(1000), trouble: 'unavailable' },
			'no',
			null,
		],
	] as const)('%s', (_name, reading, answer, why) => {
		expect(judgeMethods(reading, AT)).toMatchObject({ answer, why })
	})

	test('kinds are told by the type of the method', () => {
		expect(methodKindOf('#microsoft.graph.fido2AuthenticationMethod')).toBe('fido2')
		expect(methodKindOf('#microsoft.graph.telepathyAuthenticationMethod')).toBe('unfamiliar')
		expect(methodKindOf(undefined)).toBe('unfamiliar')
	})
})
