import { describe, expect, test } from 'vitest'
import { createGrantStory } from '#workflows/audit-export/grant-story.ts'
import type { FiledRequest } from '#workflows/audit-export/request-story.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const START = '2026-11-23T12:00:00.000Z'
const MINUTE = 60_000
const at = (minutes: number) => plusMs(START, minutes * MINUTE)

const filed = (more: Partial<FiledRequest> = {}): FiledRequest => ({
	requester: 'p',
	filedBy: null,
	role: 'admin',
	durationSeconds: 1800,
	grantedSeconds: 1800,
	stages: [{ from: 'officer', quorum: 1 }],
	charterEntry: 'c',
	extendsGrant: null,
	sha256: null,
	sealed: null,
	decided: [{ stage: 0, group: 0, person: 'a', verdict: 'approve' }],
	openedAt: START,
	denied: false,
	...more,
})

function active(extension: Partial<FiledRequest> = {}) {
	const story = createGrantStory(
		new Map([
			['r', filed()],
			['x', filed({ extendsGrant: 'g', durationSeconds: 1200, grantedSeconds: 1200, ...extension })],
		]),
	)
	const open = { grantId: 'g', requestId: 'r', endsAt: at(30) }
	story.tellSending({ open } as LeafOf<'grant.sending'>)
	story.tellConfirmed({
		subject: 'p',
		open: { ...open, role: 'admin', startsAt: at(0) },
	} as LeafOf<'grant.confirmed'>)
	return story
}
const extended = (endsAt: string, grantId = 'g') =>
	({
		subject: 'p',
		open: { grantId, requestId: 'r', extensionRequestId: 'x', endsAt },
	}) as LeafOf<'grant.extended'>
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)

describe('an extension in the record', () => {
	test('holds with a request of its own that its whole quorum approved', () => {
		expect(active().tellExtended(extended(at(50)))).toEqual([])
	})

	test.each([
		['by more than was asked for', {}, at(51), ['GRANT_TOO_LONG']],
		['without its quorum', { decided: [] }, at(50), ['QUORUM']],
		['after a denial', { denied: true }, at(50), ['QUORUM']],
		['of another access', { extendsGrant: 'other' }, at(50), ['GRANT_DIFFERS']],
		['by a request that asks for an access of its own', { extendsGrant: null }, at(50), ['GRANT_DIFFERS']],
		['for somebody else', { requester: 'q' }, at(50), ['GRANT_DIFFERS']],
		['of another role', { role: 'other' }, at(50), ['GRANT_DIFFERS']],
	] as const)('is found %s', (_, request, endsAt, found) => {
		expect(codes(active(request as never).tellExtended(extended(endsAt)))).toEqual(found)
	})

	test('is found of an access that has ended or never was', () => {
		const story = active()
		story.tellEnded({ open: { grantId: 'g', requestId: 'r', how: 'removed' } } as LeafOf<'grant.ended'>)
		expect(codes(story.tellExtended(extended(at(50))))).toContain('GRANT_UNSENT')
		expect(codes(active().tellExtended(extended(at(50), 'none')))).toContain('GRANT_UNSENT')
	})

	test('adds up: a second one counts from the end that the first one gave', () => {
		const story = active()
		story.tellExtended(extended(at(50)))
		expect(story.tellExtended(extended(at(70)))).toEqual([])
		expect(codes(story.tellExtended(extended(at(91))))).toEqual(['GRANT_TOO_LONG'])
	})

	test('accepting what Entra holds is found where it makes the access longer', () => {
		const accepted = (endsAt: string) =>
			({ open: { grantId: 'g', requestId: 'r', endsAt } }) as LeafOf<'grant.drift_accepted'>
		expect(active().tellAccepted(accepted(at(20)))).toEqual([])
		expect(codes(active().tellAccepted(accepted(at(31))))).toEqual(['GRANT_TOO_LONG'])
	})

	test('a request for an extension gives no access of its own', () => {
		const story = createGrantStory(new Map([['x', filed({ extendsGrant: 'g' })]]))
		const open = { grantId: 'h', requestId: 'x', endsAt: at(30) }
		story.tellSending({ open } as LeafOf<'grant.sending'>)
		const confirmed = { subject: 'p', open: { ...open, role: 'admin', startsAt: at(0) } }
		expect(codes(story.tellConfirmed(confirmed as LeafOf<'grant.confirmed'>))).toEqual(['GRANT_DIFFERS'])
	})
})

describe('the kill switch in the record', () => {
	const used = (grantId = 'g', requestId = 'r') =>
		({ open: { grantId, requestId, why: 'CredentialRefused' } }) as LeafOf<'grant.kill_switch_used'>

	test('holds for an access that was sent, as often as it is used', () => {
		const story = active()
		expect(story.tellKillSwitch(used())).toEqual([])
		expect(story.tellKillSwitch(used())).toEqual([])
	})

	test('does not hold for one that was never sent, is of another request, or has ended', () => {
		const story = active()
		expect(codes(story.tellKillSwitch(used('other')))).toEqual(['GRANT_UNSENT'])
		expect(codes(story.tellKillSwitch(used('g', 'other')))).toEqual(['GRANT_UNSENT'])
		story.tellEnded({ open: { grantId: 'g', requestId: 'r', how: 'removed' } } as LeafOf<'grant.ended'>)
		expect(codes(story.tellKillSwitch(used()))).toEqual(['ENDED_TWICE'])
	})
})

describe('what holds an access up, in the record', () => {
	const heldUp = (code: string) =>
		({ subject: 'p', open: { grantId: 'g', requestId: 'r', code } }) as LeafOf<'grant.held_up'>

	test('is found after its end, but for sessions that live on', () => {
		const story = active()
		expect(story.tellHeldUp(heldUp('TooManyRequests'))).toEqual([])
		story.tellEnded({ open: { grantId: 'g', requestId: 'r', how: 'removed' } } as LeafOf<'grant.ended'>)
		expect(codes(story.tellHeldUp(heldUp('TooManyRequests')))).toEqual(['ENDED_TWICE'])
		expect(story.tellHeldUp(heldUp('SESSIONS_NOT_ENDED'))).toEqual([])
	})
})
