import { describe, expect, test } from 'vitest'
import { createFindingStory } from '#workflows/audit-export/finding-story.ts'
import type { CharterBook } from '#workflows/audit-export/charter-book.ts'
import type { ToldSignature } from '#workflows/audit-export/signatures.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { ShownDifference } from '#workflows/ledger/finding-parts.schema.ts'

const ID = '00000000-0000-7000-8000-000000000001'
const CHARTER = '00000000-0000-7000-8000-000000000002'
const HOLDER = '00000000-0000-7000-8000-000000000003'
const OFFICER = '00000000-0000-7000-8000-000000000004'
const OTHER = '00000000-0000-7000-8000-000000000005'
const KEY = '00000000-0000-7000-8000-000000000006'
const TIME = '2026-12-01T12:00:00.000Z'
const TEXT = 'ab'.repeat(32)

const shown: ShownDifference = {
	findingId: ID,
	kinds: ['outOfBand'],
	principalId: 'user-1',
	principalKind: 'user',
	place: { kind: 'role', roleDefinitionId: 'role-a', directoryScopeId: '/' },
	policy: null,
	standing: 'active',
	through: null,
	until: null,
	reasons: [],
}
const openings = { difference: { salt: '', record: shown } }

/** A story under a charter with this reaction, and the signatures that it asks to have checked. */
function start(reaction: unknown = 'remove') {
	const checked: ToldSignature[] = []
	const charters = {
		charterOf: () =>
			({ entra: { endSessions: false, findings: { outOfBand: reaction } } }) as unknown as Charter,
		hashes: new Map([[CHARTER, TEXT]]),
	} as unknown as CharterBook
	const story = createFindingStory(
		{
			check(told) {
				checked.push(told)
				return []
			},
		},
		charters,
	)
	const leaf = <K extends EntryKind>(kind: K, open: LeafOf<K>['open'], actor: string | null = null) =>
		({ v: 1, id: ID, kind, time: TIME, subject: HOLDER, actor, open, seals: {} }) as LeafOf<K>
	return {
		checked,
		story,
		opens: (kinds: ShownDifference['kinds'] = ['outOfBand']) =>
			story.tellOpened(
				leaf('finding.opened', {
					findingId: ID,
					family: 'holding',
					kinds,
					standing: 'active',
					roles: ['operator'],
					charterEntry: CHARTER,
				}),
				openings,
			),
		confirms: (outcome: 'ordered' | 'alerted' | 'awaiting', does: 'remove' | 'alert' | 'decide' = 'remove') =>
			story.tellConfirmed(
				leaf('finding.confirmed', {
					findingId: ID,
					kinds: ['outOfBand'],
					reaction: does,
					decideBy: null,
					charterEntry: CHARTER,
					outcome,
				}),
				openings,
			),
		removes: () => story.tellRemoving(leaf('finding.removing', { findingId: ID, orderedBy: 'rule' })),
		holds: () =>
			story.tellHeld(
				leaf('finding.held', { findingId: ID, most: 1, withinSeconds: 60, charterEntry: CHARTER }),
			),
		closes: (how: 'removed' | 'gone') => story.tellClosed(leaf('finding.closed', { findingId: ID, how })),
		decides: (
			step: 'remove' | 'ask_release' | 'release' | 'accept',
			actor: string,
			outcome: 'ordered' | 'held' | 'removing' | 'accepted',
			differenceSha256 = digestOf(shown),
		) => {
			const envelope = {
				v: 1,
				purpose: 'finding.decision',
				nonce: 'n'.repeat(43),
				step,
				findings: [{ findingId: ID, differenceSha256 }],
				officerId: actor,
				reasonSha256: digestOf({ nonce: 'n'.repeat(43), reason: 'Because' }),
				acceptedUntil: null,
				charterTextSha256: TEXT,
				expiresAt: TIME,
			}
			const assertion = { credentialId: 'AA', authenticatorData: 'AA', clientDataJson: 'AA', signature: 'AA' }
			return story.tellDecided(
				leaf(
					'finding.decided',
					{
						findingId: ID,
						step,
						acceptedUntil: null,
						credentialEntry: KEY,
						charterEntry: CHARTER,
						outcome,
					},
					actor,
				),
				{
					evidence: { salt: '', record: { envelope, assertion } },
					reason: { salt: '', record: { text: 'Because' } },
				},
			)
		},
	}
}
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)

describe('findings in a log', () => {
	test('hold together where the charter removes, and the guard lets it pass', () => {
		const log = start()
		expect([...log.opens(), ...log.confirms('ordered'), ...log.removes(), ...log.closes('removed')]).toEqual(
			[],
		)
		expect(log.story.counts()).toEqual({ findings: 1, findingsRemoved: 1 })
	})
	test('a removal that the charter does not order, or nobody, is refused', () => {
		const mild = start('alert')
		mild.opens()
		expect(codes(mild.confirms('ordered'))).toEqual(['FINDING_RULE'])
		const unordered = start()
		unordered.opens()
		unordered.confirms('alerted', 'alert')
		expect(codes(unordered.removes())).toEqual(['FINDING_UNORDERED'])
	})
	test('what was never sent is not removed', () => {
		const log = start()
		log.opens()
		log.confirms('ordered')
		expect(codes(log.closes('removed'))).toEqual(['FINDING_UNSENT'])
	})
	test('what the guard held is sent only with two different officers', () => {
		const alone = start()
		alone.opens()
		alone.confirms('ordered')
		alone.holds()
		expect(codes(alone.removes())).toEqual(['FINDING_HELD'])
		const two = start()
		two.opens()
		two.confirms('ordered')
		two.holds()
		two.decides('ask_release', OFFICER, 'held')
		expect(codes(two.decides('release', OFFICER, 'removing'))).toEqual(['FINDING_ONE_OFFICER'])
		const good = start()
		good.opens()
		good.confirms('ordered')
		good.holds()
		expect([
			...good.decides('ask_release', OFFICER, 'held'),
			...good.decides('release', OTHER, 'removing'),
			...good.closes('removed'),
		]).toEqual([])
	})
	test('nobody decides on what they hold, and the signature is for what was shown', () => {
		const own = start('alert')
		own.opens()
		own.confirms('alerted', 'alert')
		expect(codes(own.decides('remove', HOLDER, 'ordered'))).toEqual(['FINDING_OWN'])
		const log = start('alert')
		log.opens()
		log.confirms('alerted', 'alert')
		expect(log.decides('remove', OFFICER, 'ordered')).toEqual([])
		expect(log.checked.map(({ isAgreed }) => isAgreed)).toEqual([true])
		const other = start('alert')
		other.opens()
		other.confirms('alerted', 'alert')
		other.decides('remove', OFFICER, 'ordered', 'cd'.repeat(32))
		expect(other.checked.map(({ isAgreed }) => isAgreed)).toEqual([false])
	})
	test('steps on what was not found, twice found, told otherwise or over are refused', () => {
		const none = start()
		expect(codes(none.removes())).toEqual(['FINDING_UNKNOWN'])
		const log = start()
		log.opens()
		expect(codes(log.opens(['permanent']))).toEqual(['FINDING_AGAIN', 'FINDING_DIFFERS'])
		log.closes('gone')
		expect(codes(log.closes('gone'))).toEqual(['FINDING_OVER'])
	})
})
