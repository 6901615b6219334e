import { describe, expect, test } from 'vitest'
import { NOTICE_KINDS } from '#workflows/notify/notice-kinds.ts'
import { mailPauseMs, serverPauseMs, webhookPauseMs } from '#workflows/notify/retry.ts'
import { outdatedBy } from '#workflows/notify/still-matters.ts'
import { webhookBody } from '#workflows/notify/webhook-body.ts'

const DAY = 86_400_000
const open = { isClosed: false, stage: 0, deciders: [], grantState: null }
const asked = { kind: 'decision_needed', personId: 'p', stage: 0 } as const

describe('a notice no longer matters', () => {
	test.each([
		['a decision while it is open', asked, open, null],
		['a decision once it is closed', asked, { ...open, isClosed: true }, 'DECIDED'],
		['a decision that the person has made', asked, { ...open, deciders: ['p'] }, 'YOU_DECIDED'],
		['a decision of a stage that is filled', asked, { ...open, stage: 1 }, 'STAGE_OVER'],
		[
			'a question on a closed request',
			{ ...asked, kind: 'information_asked' },
			{ ...open, isClosed: true },
			'ANSWERED',
		],
		['an end that is past', { ...asked, kind: 'access_ends_soon' }, { ...open, grantState: 'ended' }, 'OVER'],
		['an end to come', { ...asked, kind: 'access_ends_soon' }, { ...open, grantState: 'active' }, null],
		[
			'a removal that was confirmed',
			{ ...asked, kind: 'removal_not_confirmed' },
			{ ...open, grantState: 'ended' },
			'CONFIRMED',
		],
	] as const)('%s', (_, notice, now, reason) => {
		expect(outdatedBy(notice, now)).toBe(reason)
	})

	test('but break-glass, alarms and ends always do, until they are confirmed', () => {
		const over = { isClosed: true, stage: 3, deciders: ['p'], grantState: 'failed' }
		for (const kind of [
			'break_glass_used',
			'finding',
			'access_ended',
			'request_denied',
			'removal_not_confirmed',
		] as const)
			expect(outdatedBy({ ...asked, kind }, over)).toBeNull()
	})
})

test('retries come later each time, end after days, and a server is left alone for five minutes at most', () => {
	for (const pause of [mailPauseMs, webhookPauseMs]) {
		const pauses = []
		for (let n = 1, next = pause(n); next !== null; next = pause(++n)) pauses.push(next)
		expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
		const all = pauses.reduce((sum, ms) => sum + ms, 0)
		expect(all).toBeGreaterThan(3 * DAY)
		expect(all).toBeLessThan(5 * DAY)
	}
	expect([1, 2, 3, 50].map(serverPauseMs)).toEqual([10_000, 20_000, 40_000, 300_000])
})

test('what goes to others is what, which, when and where, in the form each of them reads', () => {
	const event = {
		kind: 'decision_needed',
		urgency: 'normal',
		subject: 'request',
		subjectId: 'id',
		number: 'R-7',
		at: '2026-11-29T15:10:00.000Z',
		deadline: null,
		link: 'https://access.example.gov/requests/id',
	} as const
	const words = { sentence: 'R-7: a decision is needed', deadline: 'By noon', open: 'Open' }
	expect(webhookBody('standard', event, words)).toEqual({
		type: 'decision_needed',
		timestamp: event.at,
		data: {
			urgency: 'normal',
			subject: 'request',
			subjectId: 'id',
			number: 'R-7',
			deadline: null,
			link: event.link,
		},
	})
	expect(webhookBody('teams', event, words)).toMatchObject({
		type: 'message',
		attachments: [
			{
				contentType: 'application/vnd.microsoft.card.adaptive',
				content: {
					type: 'AdaptiveCard',
					body: [{ text: words.sentence }, { text: 'By noon' }],
					actions: [{ type: 'Action.OpenUrl', url: event.link }],
				},
			},
		],
	})
	expect(webhookBody('slack', event, words)).toMatchObject({
		text: words.sentence,
		blocks: [{ type: 'section' }, { type: 'actions', elements: [{ type: 'button', url: event.link }] }],
	})
})

test('every kind has a name that the database can hold', () => {
	for (const kind of NOTICE_KINDS) expect(kind).toMatch(/^[a-z_]{3,40}$/)
})
