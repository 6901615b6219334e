import { describe, expect, test } from 'vitest'
import { portable } from '#workflows/audit-export/platform.ts'
import { createStory } from '#workflows/audit-export/story.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Leaf, LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const [REQUEST, DUTY, OWNER, OTHER, BARRED, PASSKEY, CHARTER, BOUNDARY] = [1, 2, 3, 4, 5, 6, 7, 8].map(
	id,
) as [string, string, string, string, string, string, string, string]
const HOUR = 3_600_000
/** SHA-256 of the empty text, which stands for the charter's here. */
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const at = (hours: number) => new Date(Date.parse('2026-11-24T03:00:00.000Z') + hours * HOUR).toISOString()

function leaf<K extends EntryKind>(
	kind: K,
	open: LeafOf<K>['open'],
	more: { id?: string; actor?: string | null; subject?: string | null; time?: string } = {},
): Leaf {
	return { id: id(99), subject: null, actor: null, time: at(0), ...more, kind, open } as unknown as Leaf
}
const inForce = leaf(
	'charter.in_force',
	{ charterId: 'charter', version: 1, textSha256: OF_NOTHING },
	{ id: CHARTER },
)
const recorded = leaf(
	'provider_boundary.recorded',
	{ boundaryId: id(60), provider: 'azure', holdersNeeded: 1 },
	{ id: BOUNDARY, actor: OTHER },
)
const imported = (more: Partial<LeafOf<'lockbox.imported'>['open']> = {}, subject: string | null = null) =>
	leaf(
		'lockbox.imported',
		{
			requestId: REQUEST,
			provider: 'azure',
			by: 'poll',
			boundaryEntry: BOUNDARY,
			charterEntry: CHARTER,
			askedAt: at(-1),
			deadline: at(95),
			durationSeconds: 8 * 3600,
			isDisclosed: false,
			barred: [BARRED],
			stages: [
				{ from: 'duty', quorum: 1, within: 4 * 3600 },
				{ from: 'owner', quorum: 2, within: 200 * 3600 },
			],
			denials: [],
			status: 'Pending',
			outcome: 'pending',
			...more,
		},
		{ subject },
	)
const decided = (
	actor: string,
	stage: number,
	outcome: 'pending' | 'approving' | 'denying',
	more: { verdict?: 'approve' | 'deny'; time?: string; subject?: string } = {},
) =>
	leaf(
		'lockbox.decided',
		{
			requestId: REQUEST,
			stage,
			verdict: more.verdict ?? (outcome === 'denying' ? 'deny' : 'approve'),
			credentialEntry: PASSKEY,
			charterEntry: CHARTER,
			outcome,
		},
		{ actor, time: more.time ?? at(1), subject: more.subject ?? null },
	)
const sending = (answer: 'approve' | 'deny' = 'approve', time = at(2)) =>
	leaf(
		'lockbox.sending',
		{ requestId: REQUEST, answer, attempt: 1, by: 'worker', status: 'Pending' },
		{ time },
	)
const seen = (
	outcome: LeafOf<'lockbox.seen'>['open']['outcome'],
	isOutOfBand = false,
	word: LeafOf<'lockbox.seen'>['open']['seen'] = 'approved',
) =>
	leaf('lockbox.seen', {
		requestId: REQUEST,
		seen: word,
		status: word,
		by: 'provider',
		isOutOfBand,
		outcome,
	})
const clock = (outcome: LeafOf<'lockbox.clock'>['open']['outcome'], time: string) =>
	leaf('lockbox.clock', { requestId: REQUEST, what: 'decide', outcome }, { time })
const APPROVED = [
	decided(DUTY, 0, 'pending'),
	decided(OWNER, 1, 'pending'),
	decided(OTHER, 1, 'approving'),
] as const
const WHOLE = [
	imported(),
	...APPROVED,
	sending(),
	seen('approvedAtProvider'),
	seen('accessEnded', false, 'ended'),
]

/** What does not hold about these entries, by code; what is merely sealed here is left out. */
function told(leaves: readonly Leaf[], charter: Partial<Charter> | null = null) {
	const readCharter = () => charter as Charter | null
	const story = createStory({ ...portable, readCharter }, () => undefined)
	const text = { text: { salt: '', record: { yaml: '' } } }
	const codes = [inForce, recorded, ...leaves].flatMap((each) =>
		story
			.tell(each, charter !== null && each === inForce ? text : undefined)
			.filter(({ isUnchecked }) => isUnchecked !== true)
			.map(({ code }) => code),
	)
	return { codes, counts: story.counts() }
}
const codesOf = (...leaves: Leaf[]) => told(leaves).codes

describe('requests for customer content in a log', () => {
	test('hold together from coming in to the end of the access, and where they are denied', () => {
		expect(told(WHOLE)).toMatchObject({ codes: [], counts: { lockbox: 1, lockboxOutOfBand: 0 } })
		expect(
			codesOf(imported(), decided(DUTY, 0, 'denying'), sending('deny'), seen('denied', false, 'denied')),
		).toEqual([])
		expect(
			codesOf(imported(), clock('denying', at(4)), sending('deny', at(5)), seen('denied', false, 'denied')),
		).toEqual([])
		expect(
			codesOf(imported({ denials: ['DURATION_OVER_CAP'], outcome: 'denying' }), sending('deny')),
		).toEqual([])
		expect(codesOf(imported(), clock('expired', at(95)))).toEqual([])
	})

	test('an approval that falls is replaced, and never counts: at its stage, at an earlier one, and by whom it is for', () => {
		const fell = (approverId: string, stage: number, more: { time?: string } = {}) =>
			leaf(
				'lockbox.approval_fell',
				{ requestId: REQUEST, approverId, code: 'SUSPENDED', stage, outcome: 'pending' },
				{ time: at(2), ...more },
			)
		const suspended = (personId: string) =>
			leaf(
				'person.suspended',
				{ suspensionId: id(70), credentialEntry: PASSKEY, requests: 0, grants: 0, sessions: 0 },
				{ subject: personId, actor: BARRED },
			)
		const [first, second] = APPROVED
		const later = { time: at(3) }
		expect(
			codesOf(
				imported(),
				first,
				second,
				fell(DUTY, 0),
				decided(id(20), 0, 'pending', later),
				decided(OTHER, 1, 'approving', later),
				sending('approve', at(4)),
			),
		).toEqual([])
		expect(codesOf(imported(), first, second, fell(OWNER, 1), decided(OTHER, 1, 'approving', later))).toEqual(
			['LOCKBOX_QUORUM'],
		)
		expect(codesOf(imported(), first, fell(DUTY, 1))).toEqual(['LOCKBOX_QUORUM'])
		expect(codesOf(imported(), first, fell(OTHER, 1))).toEqual(['LOCKBOX_FALLEN'])
		expect(codesOf(imported(), first, fell(DUTY, 0), decided(DUTY, 0, 'pending', later))).toEqual([
			'SAME_HUMAN_TWICE',
		])
		expect(codesOf(imported(), ...APPROVED, fell(DUTY, 0))).toEqual(['STAGE_ORDER'])
		expect(codesOf(imported(), first, second, suspended(DUTY), decided(OTHER, 1, 'approving'))).toEqual([
			'LOCKBOX_FALLEN',
		])
		const requesterFell = (outcome: 'denying' | 'approvedAtProvider', subject: string | null = BARRED) =>
			leaf('lockbox.requester_fell', { requestId: REQUEST, code: 'SUSPENDED', outcome }, { subject })
		const inside = imported({ by: 'inside' }, BARRED)
		expect(codesOf(inside, requesterFell('denying'), { ...sending('deny'), subject: BARRED })).toEqual([])
		expect(codesOf(inside, requesterFell('denying'), { ...sending(), subject: BARRED })).toEqual([
			'LOCKBOX_UNAPPROVED',
		])
		expect(codesOf(imported(), requesterFell('denying', null))).toEqual(['LOCKBOX_FALLEN'])
	})

	test('what was decided at the provider is counted apart, and never passes for ours', () => {
		expect(told([imported(), seen('overtaken', true)])).toMatchObject({
			codes: [],
			counts: { lockbox: 1, lockboxOutOfBand: 1 },
		})
		expect(codesOf(imported(), seen('approvedAtProvider'))).toEqual(['LOCKBOX_UNAPPROVED'])
		expect(codesOf(imported(), seen('accessEnded', false, 'ended'))).toEqual(['LOCKBOX_UNAPPROVED'])
		expect(told([imported({ outcome: 'overtaken' })]).counts.lockboxOutOfBand).toBe(1)
	})

	test.each<[string, Leaf[], string[]]>([
		['a step on nothing', [sending()], ['LOCKBOX_UNKNOWN']],
		[
			'a step on what is somebody else’s',
			[imported(), decided(DUTY, 0, 'pending', { subject: OTHER })],
			['LOCKBOX_UNKNOWN'],
		],
		['a request that comes in twice', [imported(), imported()], ['LOCKBOX_AGAIN']],
		['a boundary that nobody recorded', [imported({ boundaryEntry: CHARTER })], ['LOCKBOX_BOUNDARY']],
		['a boundary of another provider', [imported({ provider: 'm365' })], ['LOCKBOX_BOUNDARY']],
		['an answer before anybody decided', [imported(), sending()], ['LOCKBOX_UNAPPROVED']],
		[
			'an answer before the last stage is filled',
			[imported(), APPROVED[0], APPROVED[1], sending()],
			['LOCKBOX_UNAPPROVED'],
		],
		['a denial that nobody gave', [imported(), sending('deny')], ['LOCKBOX_UNAPPROVED']],
		['yes where it was denied', [imported(), decided(DUTY, 0, 'denying'), sending()], ['LOCKBOX_UNAPPROVED']],
		['one human twice', [imported(), APPROVED[0], decided(DUTY, 1, 'pending')], ['SAME_HUMAN_TWICE']],
		[
			'one human twice who makes the quorum up',
			[imported(), APPROVED[0], APPROVED[1], decided(OWNER, 1, 'approving')],
			['SAME_HUMAN_TWICE', 'LOCKBOX_QUORUM'],
		],
		['somebody on what benefits them', [imported(), decided(BARRED, 0, 'pending')], ['OWN_REQUEST']],
		['a stage out of turn', [imported(), decided(OWNER, 1, 'pending')], ['STAGE_ORDER']],
		[
			'a decision after the time of the stage',
			[imported(), decided(DUTY, 0, 'pending', { time: at(4) })],
			['LOCKBOX_LATE'],
		],
		[
			'a decision after the clock of the provider',
			[imported({ deadline: at(0.5) }), decided(DUTY, 0, 'pending')],
			['LOCKBOX_LATE'],
		],
		['an answer after it', [imported(), ...APPROVED, sending('approve', at(95))], ['LOCKBOX_LATE']],
		['a quorum that is claimed', [imported(), decided(DUTY, 0, 'approving')], ['LOCKBOX_QUORUM']],
		[
			'a decision once it was denied',
			[imported(), decided(DUTY, 0, 'denying'), decided(OWNER, 0, 'pending')],
			['STAGE_ORDER', 'LOCKBOX_QUORUM'],
		],
		['silence before its time', [imported(), clock('denying', at(3))], ['LOCKBOX_CLOCK']],
		['an answer when all was over', [...WHOLE, sending()], ['STAGE_ORDER']],
		[
			'a rule that denies, put before people',
			[imported({ denials: ['NO_BOUNDARY'] })],
			['LOCKBOX_NOT_DENIED'],
		],
		['a charter that was not in force', [imported({ charterEntry: id(50) })], ['CHARTER_UNKNOWN']],
	])('is found: %s', (_name, leaves, codes) => {
		expect(codesOf(...leaves)).toEqual(codes)
	})

	test('is laid against the charter that was in force', () => {
		const charter = {
			lockbox: {
				stages: [
					{ from: 'duty', quorum: 1, within: 'PT4H' },
					{ from: 'owner', quorum: 2, within: 'PT200H' },
				],
				maximumDuration: 'PT8H',
				silence: 'deny',
			},
			undisclosedRequester: 'stages-decide',
		} as unknown as Partial<Charter>
		expect(told(WHOLE, charter).codes).toEqual([])
		const rule = (open: Parameters<typeof imported>[0], under: Partial<Charter> = charter) =>
			told([imported(open)], under).codes
		expect(rule({ stages: [{ from: 'duty', quorum: 1, within: 14_400 }] })).toEqual(['LOCKBOX_RULES'])
		expect(
			rule({
				stages: [
					{ from: 'duty', quorum: 1, within: 14_400 },
					{ from: 'owner', quorum: 1, within: 720_000 },
				],
			}),
		).toEqual(['LOCKBOX_RULES'])
		expect(rule({ durationSeconds: 8 * 3600 + 1 })).toEqual(['LOCKBOX_NOT_DENIED'])
		expect(rule({ durationSeconds: null })).toEqual(['LOCKBOX_NOT_DENIED'])
		expect(rule({ boundaryEntry: null })).toEqual(['LOCKBOX_NOT_DENIED'])
		expect(rule({}, { ...charter, undisclosedRequester: 'deny' })).toEqual(['LOCKBOX_NOT_DENIED'])
		expect(rule({ isDisclosed: true }, { ...charter, undisclosedRequester: 'deny' })).toEqual([])
		expect(rule({ stages: [] }, { undisclosedRequester: 'stages-decide' })).toEqual(['LOCKBOX_NOT_DENIED'])
	})
})
