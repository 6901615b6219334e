import { describe, expect, test } from 'vitest'
import { portable } from '#workflows/audit-export/platform.ts'
import { createStory } from '#workflows/audit-export/story.ts'
import type { Leaf, LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const [USE, USER, OFFICER, REVIEWER, OTHER, PASSKEY, CHARTER, GRANT] = [1, 2, 3, 4, 5, 6, 7, 8].map(id) as [
	string,
	...string[],
] &
	[string, string, string, string, string, string, string, string]
const NIGHT = '2026-11-24T03:00:00.000Z'

function leaf<K extends EntryKind>(
	kind: K,
	open: LeafOf<K>['open'],
	more: { id?: string; actor?: string | null; subject?: string | null } = {},
): Leaf {
	return { id: id(99), subject: USER, actor: USER, time: NIGHT, ...more, kind, open } as unknown as Leaf
}
const inForce = leaf(
	'charter.in_force',
	{ charterId: 'charter', version: 1, textSha256: 'a'.repeat(64) },
	{ id: CHARTER, subject: null, actor: null },
)
const signed = (
	more: Partial<LeafOf<'break_glass.signed'>['open']> = {},
	who: { actor?: string; subject?: string } = {},
) =>
	leaf(
		'break_glass.signed',
		{
			requestId: USE,
			usingRole: 'operator',
			role: 'admin',
			charterEntry: CHARTER,
			durationSeconds: 1800,
			credentialEntry: PASSKEY,
			secondOfficer: true,
			review: { by: 'owner', quorum: 1, within: 259_200 },
			outcome: 'awaitingSecond',
			...more,
		},
		who,
	)
const seconded = (actor = OFFICER, verdict: 'confirm' | 'refuse' = 'confirm') =>
	leaf(
		'break_glass.seconded',
		{
			requestId: USE,
			verdict,
			credentialEntry: PASSKEY,
			outcome: verdict === 'confirm' ? 'inUse' : 'refused',
		},
		{ actor },
	)
const sending = leaf('grant.sending', {
	grantId: GRANT,
	requestId: USE,
	endsAt: '2026-11-24T03:30:00.000Z',
})
const confirmed = (endsAt = '2026-11-24T03:30:00.000Z') =>
	leaf('grant.confirmed', {
		grantId: GRANT,
		requestId: USE,
		role: 'admin',
		startsAt: NIGHT,
		endsAt,
		tenantRequestId: 't',
		tenantInstanceId: 'i',
	})
const over = leaf('break_glass.access_ended', { requestId: USE }, { actor: null })
const reviewed = (actor = REVIEWER, outcome: 'owed' | 'reviewed' = 'reviewed') =>
	leaf(
		'break_glass.reviewed',
		{ requestId: USE, verdict: 'justified', credentialEntry: PASSKEY, outcome },
		{ actor },
	)
const recorded = (
	more: Partial<LeafOf<'break_glass.offline_recorded'>['open']> = {},
	actor: string = OFFICER,
) =>
	leaf(
		'break_glass.offline_recorded',
		{
			requestId: USE,
			usingRole: 'operator',
			charterEntry: CHARTER,
			credentialEntry: PASSKEY,
			from: '2026-11-24T01:00:00.000Z',
			until: '2026-11-24T02:00:00.000Z',
			participants: [USER, OTHER, OFFICER],
			review: { by: 'owner', quorum: 1, within: 259_200 },
			...more,
		},
		{ actor },
	)
const WHOLE = [signed(), seconded(), sending, confirmed(), over, reviewed()]

/** What does not hold about these entries, by code; what is merely sealed here is left out. */
function told(leaves: readonly Leaf[]) {
	const story = createStory({ ...portable, readCharter: () => null }, () => undefined)
	const codes = [inForce, ...leaves].flatMap((each) =>
		story
			.tell(each, undefined)
			.filter(({ isUnchecked }) => isUnchecked !== true)
			.map(({ code }) => code),
	)
	return { codes, counts: story.counts() }
}
const codesOf = (...leaves: Leaf[]) => told(leaves).codes

describe('uses of break-glass in a log', () => {
	test('hold together from the first signature to the review', () => {
		expect(told(WHOLE)).toMatchObject({
			codes: [],
			counts: { breakGlass: 1, breakGlassReviewed: 1, grants: 1 },
		})
		expect(codesOf(recorded(), reviewed())).toEqual([])
		expect(codesOf(signed(), seconded(OFFICER, 'refuse'))).toEqual([])
	})

	test('give no access without the second signature, nor after a refusal', () => {
		expect(codesOf(signed(), sending)).toEqual(['BREAK_GLASS_UNSIGNED'])
		expect(codesOf(signed(), seconded(OFFICER, 'refuse'), sending)).toEqual(['BREAK_GLASS_UNSIGNED'])
		expect(codesOf(signed({ secondOfficer: false, outcome: 'inUse' }), sending)).toEqual([])
		expect(codesOf(sending)).toEqual(['REQUEST_UNKNOWN'])
	})

	test('count no human twice: the second officer is not the user, and no participant reviews', () => {
		expect(codesOf(signed(), seconded(USER))).toEqual(['SAME_HUMAN_TWICE'])
		for (const part of [USER, OFFICER])
			expect(codesOf(signed(), seconded(), over, reviewed(part, 'owed'))).toEqual(['OWN_REQUEST'])
		const twice = [signed({ review: { by: 'owner', quorum: 2, within: 60 } }), seconded(), over]
		expect(codesOf(...twice, reviewed(REVIEWER, 'owed'), reviewed(REVIEWER, 'owed'))).toEqual([
			'SAME_HUMAN_TWICE',
		])
		expect(codesOf(...twice, reviewed(REVIEWER, 'owed'), reviewed(OTHER, 'reviewed'))).toEqual([])
		expect(codesOf(...twice, reviewed(REVIEWER, 'reviewed'))).toEqual(['REVIEW_QUORUM'])
		for (const part of [USER, OTHER, OFFICER])
			expect(codesOf(recorded(), reviewed(part, 'owed'))).toEqual(['OWN_REQUEST'])
	})

	test('are barred by a use of the same role whose review is owed, of another role they are not', () => {
		const next = (usingRole: string) => signed({ requestId: id(20), usingRole }, {})
		expect(codesOf(...WHOLE.slice(0, -1), next('operator'))).toEqual(['BREAK_GLASS_DEBT'])
		expect(codesOf(...WHOLE, next('operator'))).toEqual([])
		expect(codesOf(...WHOLE.slice(0, -1), next('engineer'))).toEqual([])
		expect(codesOf(recorded(), next('operator'))).toEqual(['BREAK_GLASS_DEBT'])
		const closed = leaf('break_glass.timed_out', { requestId: USE }, { actor: null })
		expect(codesOf(signed(), closed, next('operator'))).toEqual([])
		// What was opened is not closed by taking it back.
		expect(codesOf(signed(), seconded(), closed)).toEqual(['BREAK_GLASS_OPEN'])
	})

	test('last no longer than was signed, and are reviewed after their end', () => {
		const long = '2026-11-24T04:30:00.000Z'
		expect(codesOf(signed(), seconded(), sending, confirmed(long))).toEqual([
			'GRANT_DIFFERS',
			'GRANT_TOO_LONG',
		])
		expect(codesOf(signed(), seconded(), reviewed())).toEqual(['STAGE_ORDER'])
		expect(codesOf(signed(), seconded(), seconded(OTHER))).toEqual(['STAGE_ORDER'])
		expect(codesOf(signed(), signed())).toContain('BREAK_GLASS_AGAIN')
		expect(codesOf(seconded())).toEqual(['BREAK_GLASS_UNKNOWN'])
		expect(codesOf(signed({}, { actor: OTHER }))).toEqual(['REQUESTER'])
	})

	test('of the sealed procedure are recorded by somebody else, after they were over', () => {
		expect(codesOf(recorded({}, USER))).toEqual(['OWN_REQUEST'])
		expect(codesOf(recorded({ until: '2026-11-24T04:00:00.000Z' }))).toEqual(['REQUEST_DIFFERS'])
		expect(codesOf(recorded({ until: '2026-11-24T00:30:00.000Z' }))).toEqual(['REQUEST_DIFFERS'])
	})
})
