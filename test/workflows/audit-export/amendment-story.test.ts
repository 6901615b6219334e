import { expect, test } from 'vitest'
import { portable } from '#workflows/audit-export/platform.ts'
import { createStory } from '#workflows/audit-export/story.ts'
import type { Leaf, LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const [FIRST, SECOND, AMENDMENT, ALICE, BOB, PASSKEY] = [1, 2, 3, 4, 5, 6].map(id) as [
	string,
	string,
	string,
	string,
	string,
	string,
]
const OLD = 'a'.repeat(64)
const NEW = 'b'.repeat(64)
const NOON = '2026-11-24T12:00:00.000Z'
const EVENING = '2026-11-24T18:00:00.000Z'

function leaf<K extends EntryKind>(
	kind: K,
	open: LeafOf<K>['open'],
	more: { id?: string; actor?: string | null; time?: string } = {},
): Leaf {
	return { id: id(99), subject: null, actor: null, time: NOON, ...more, kind, open } as unknown as Leaf
}

const first = leaf('charter.in_force', { charterId: 'c', version: 1, textSha256: OLD }, { id: FIRST })
const proposed = (open: Partial<LeafOf<'amendment.proposed'>['open']> = {}) =>
	leaf('amendment.proposed', {
		amendmentId: AMENDMENT,
		charterId: 'c',
		version: 2,
		textSha256: NEW,
		baseEntry: FIRST,
		inForceFrom: null,
		signBy: EVENING,
		...open,
	})
const decided = (actor: string, open: Partial<LeafOf<'amendment.decided'>['open']> = {}) =>
	leaf(
		'amendment.decided',
		{
			amendmentId: AMENDMENT,
			verdict: 'sign',
			textSha256: NEW,
			credentialEntry: PASSKEY,
			outcome: 'proposed',
			...open,
		},
		{ actor },
	)
const second = (open: Partial<LeafOf<'charter.in_force'>['open']> = {}, more: { time?: string } = {}) =>
	leaf(
		'charter.in_force',
		{
			charterId: 'c',
			version: 2,
			textSha256: NEW,
			amendmentId: AMENDMENT,
			supersedesEntry: FIRST,
			...open,
		},
		{ id: SECOND, ...more },
	)

const platform = { ...portable, readCharter: () => null }
const begin = () => createStory(platform, () => undefined)

/** Codes of everything that does not hold about this log; texts and signatures are sealed here, which is no fault. */
function told(...leaves: Leaf[]): string[] {
	const story = begin()
	return leaves
		.flatMap((each) => story.tell(each, undefined))
		.filter(({ isUnchecked }) => !isUnchecked)
		.map(({ code }) => code)
}

test('a version that two owners signed holds', () => {
	const story = begin()
	const all = [first, proposed(), decided(ALICE), decided(BOB), second()]
	expect(all.flatMap((each) => story.tell(each, undefined)).map(({ code }) => code)).toEqual([
		'CHARTER_SEALED',
		'AMENDMENT_SEALED',
		'AMENDMENT_SEALED',
		'CHARTER_SEALED',
	])
	expect(story.counts()).toMatchObject({ charters: 2, amendmentSignatures: 2 })
})

test.each<[string, Leaf[], string[]]>([
	['with one signature', [proposed(), decided(ALICE), second()], ['CHARTER_UNSIGNED']],
	[
		'with one human twice',
		[proposed(), decided(ALICE), decided(ALICE), second()],
		['SAME_HUMAN_TWICE', 'CHARTER_UNSIGNED'],
	],
	['without any amendment', [second({ amendmentId: undefined })], ['CHARTER_UNSIGNED']],
	['of an amendment that was not proposed', [second()], ['CHARTER_UNSIGNED']],
	[
		'with another text than was signed',
		[proposed(), decided(ALICE), decided(BOB), second({ textSha256: OLD })],
		['AMENDMENT_DIFFERS'],
	],
	[
		'with a signature on another text',
		[proposed(), decided(ALICE), decided(BOB, { textSha256: OLD }), second()],
		['AMENDMENT_DIFFERS'],
	],
	[
		'after a rejection',
		[proposed(), decided(ALICE), decided(BOB), decided(id(7), { verdict: 'reject' }), second()],
		['AMENDMENT_CLOSED'],
	],
	[
		'after it was withdrawn',
		[
			proposed(),
			decided(ALICE),
			decided(BOB),
			leaf('amendment.withdrawn', { amendmentId: AMENDMENT }),
			second(),
		],
		['AMENDMENT_CLOSED'],
	],
	[
		'before its time',
		[proposed({ inForceFrom: EVENING }), decided(ALICE), decided(BOB), second()],
		['TOO_EARLY'],
	],
	[
		'in the place of another than the one it amends',
		[proposed(), decided(ALICE), decided(BOB), second({ supersedesEntry: SECOND })],
		['AMENDMENT_DIFFERS'],
	],
	['proposed for another', [proposed({ baseEntry: SECOND })], ['CHARTER_UNKNOWN']],
	['signed by nobody known', [decided(ALICE)], ['AMENDMENT_UNKNOWN']],
])('a version %s is refused', (_name, leaves, codes) => {
	expect(told(first, ...leaves)).toEqual(codes)
})

test('a version at its set time holds', () => {
	const at = { time: EVENING }
	expect(
		told(first, proposed({ inForceFrom: EVENING }), decided(ALICE), decided(BOB), second({}, at)),
	).toEqual([])
})
