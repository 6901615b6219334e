import { expect, test } from 'vitest'
import { portable } from '#workflows/audit-export/platform.ts'
import { createStory } from '#workflows/audit-export/story.ts'
import type { Leaf, LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { TwoOfficerAct, VettingState } from '#workflows/people/vetting-case.events.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const [CASE, SUBJECT, FIRST, SECOND, PASSKEY, PROPOSAL] = [1, 2, 3, 4, 5, 6].map(id) as [
	string,
	string,
	string,
	string,
	string,
	string,
]
const NOON = '2026-11-24T12:00:00.000Z'

function leaf<K extends EntryKind>(
	kind: K,
	open: LeafOf<K>['open'],
	more: { id?: string; actor?: string | null; subject?: string | null } = {},
): Leaf {
	return { id: id(99), subject: SUBJECT, actor: FIRST, time: NOON, ...more, kind, open } as unknown as Leaf
}
const opened = leaf('vetting.opened', { caseId: CASE })
const step = (from: VettingState, act: string, to: VettingState, actor: string | null = FIRST) =>
	leaf('vetting.advanced', { caseId: CASE, from, to, act }, { actor })
const proposed = (from: VettingState, act: TwoOfficerAct, actor = FIRST) =>
	leaf('vetting.proposed', { caseId: CASE, from, act, credentialEntry: PASSKEY }, { id: PROPOSAL, actor })
const confirmed = (from: VettingState, act: TwoOfficerAct, to: VettingState, actor = SECOND) =>
	leaf(
		'vetting.confirmed',
		{ caseId: CASE, from, to, act, proposalEntry: PROPOSAL, credentialEntry: PASSKEY },
		{ actor },
	)
const UNTIL_DECISION = [
	opened,
	step('requested', 'SPONSOR', 'sponsored'),
	step('sponsored', 'INVITE', 'invited'),
	step('invited', 'SUBMIT', 'submitted'),
	step('submitted', 'ASK_PAPERS', 'submitted'),
	step('submitted', 'START_CHECKS', 'checks_running'),
	step('checks_running', 'REFER', 'adjudication'),
]
const GRANTED = [
	...UNTIL_DECISION,
	proposed('adjudication', 'GRANT'),
	confirmed('adjudication', 'GRANT', 'granted'),
]

const codes = (leaves: readonly Leaf[]) => {
	const story = createStory({ ...portable, readCharter: () => null }, () => undefined)
	return leaves.flatMap((each) => story.tell(each, undefined)).map(({ code }) => code)
}

test('a case along its life cycle, granted by two officers, holds together', () => {
	expect(
		codes([
			...GRANTED,
			step('granted', 'BRIEF', 'briefed_active'),
			step('briefed_active', 'SUSPEND', 'suspended'),
			proposed('suspended', 'REVOKE'),
			confirmed('suspended', 'REVOKE', 'revoked'),
			step('revoked', 'DEBRIEF', 'debriefed'),
		]),
	).toEqual([])
})

test('a case that was opened by mistake may be closed before an application is in', () => {
	expect(codes([opened, step('requested', 'CANCEL', 'cancelled')])).toEqual([])
})

test('time and a newer case may take a step of their own', () => {
	const active = [...GRANTED, step('granted', 'BRIEF', 'briefed_active')]
	for (const [act, to] of [
		['EXPIRE', 'expired'],
		['PAPERS_OVERDUE', 'admin_withdrawn'],
		['REPLACED', 'admin_withdrawn'],
	] as const)
		expect(codes([...active, step('briefed_active', act, to, null)])).toEqual([])
})

test.each<[string, readonly Leaf[], string]>([
	['a step of a case that was not opened', [step('requested', 'SPONSOR', 'sponsored')], 'CASE_UNKNOWN'],
	['a second opening', [opened, opened], 'SECOND_OPENING'],
	[
		'somebody who opens their own',
		[leaf('vetting.opened', { caseId: CASE }, { actor: SUBJECT })],
		'OWN_CASE',
	],
	[
		'somebody who acts on their own',
		[opened, step('requested', 'SPONSOR', 'sponsored', SUBJECT)],
		'OWN_CASE',
	],
	['a step from elsewhere', [opened, step('invited', 'SUBMIT', 'submitted')], 'CASE_STATE'],
	['a step that is none', [opened, step('requested', 'SPONSOR', 'granted')], 'CASE_PATH'],
	[
		'a case that is closed as a mistake once an application is in',
		[
			opened,
			step('requested', 'SPONSOR', 'sponsored'),
			step('sponsored', 'INVITE', 'invited'),
			step('invited', 'SUBMIT', 'submitted'),
			step('submitted', 'CANCEL', 'cancelled'),
		],
		'CASE_PATH',
	],
	[
		'one officer who grants alone',
		[...UNTIL_DECISION, step('adjudication', 'GRANT', 'granted')],
		'ONE_OFFICER',
	],
	[
		'a confirmation of nothing',
		[...UNTIL_DECISION, confirmed('adjudication', 'GRANT', 'granted')],
		'PROPOSAL_UNKNOWN',
	],
	[
		'a confirmation of another act',
		[
			...UNTIL_DECISION,
			proposed('adjudication', 'GRANT'),
			confirmed('adjudication', 'GRANT_WITH_CONDITIONS', 'granted_with_conditions'),
		],
		'PROPOSAL_UNKNOWN',
	],
	[
		'a confirmation of what was dropped',
		[
			...UNTIL_DECISION,
			proposed('adjudication', 'GRANT'),
			leaf('vetting.proposal_dropped', { caseId: CASE, act: 'GRANT', proposalEntry: PROPOSAL }),
			confirmed('adjudication', 'GRANT', 'granted'),
		],
		'PROPOSAL_UNKNOWN',
	],
	[
		'one officer as both',
		[
			...UNTIL_DECISION,
			proposed('adjudication', 'GRANT'),
			confirmed('adjudication', 'GRANT', 'granted', FIRST),
		],
		'SAME_HUMAN_TWICE',
	],
	[
		'a step about somebody else',
		[
			opened,
			leaf(
				'vetting.advanced',
				{ caseId: CASE, from: 'requested', to: 'sponsored', act: 'SPONSOR' },
				{ subject: SECOND },
			),
		],
		'CASE_DIFFERS',
	],
])('%s is found', (_, leaves, code) => {
	expect(codes(leaves)).toEqual([code])
})
