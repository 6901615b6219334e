import { describe, expect, test } from 'vitest'
import { CLEARANCE_SCHEMES } from '#workflows/charter/clearance-schemes.ts'
import { endedAt } from '#workflows/people/clearance-history.ts'
import { clearanceModelOf, proposedEnd, takesPlaceOf } from '#workflows/people/clearance-models.ts'
import { areInDirectLine, managersAbove, refusalToVet } from '#workflows/people/direct-line.ts'
import {
	ACTING_PARTIES,
	BRIEFING_OWED,
	CLOSED,
	DEBRIEF_OWED,
	statesOfTurn,
	UNDERWAY,
	whoMustAct,
} from '#workflows/people/vetting-case.acting.ts'
import { VETTING_PATH, VETTING_STATES } from '#workflows/people/vetting-case.events.ts'
import { checklistFor, EVIDENCE_ITEMS, missingFor } from '#workflows/people/vetting-checklists.ts'

describe('the direct line', () => {
	const managers = new Map<string, string | null>([
		['worker', 'lead'],
		['lead', 'head'],
		['head', null],
		['other', 'head'],
		['a', 'b'],
		['b', 'c'],
		['c', 'a'],
		['self', 'self'],
	])

	test.each([
		['worker', 'lead', true],
		['worker', 'head', true],
		['head', 'worker', true],
		['worker', 'other', false],
		['worker', 'nobody', false],
		['worker', 'worker', false],
		['a', 'c', true],
		['a', 'worker', false],
		['self', 'worker', false],
	])('%s and %s: %s', (one, two, expected) => {
		expect(areInDirectLine(managers, one, two)).toBe(expected)
	})

	test('a circle in the records ends where it closes', () => {
		expect(managersAbove(managers, 'a')).toEqual(['b', 'c'])
		expect(managersAbove(managers, 'self')).toEqual([])
	})

	test.each([
		['worker', 'worker', null, 'OWN_CASE'],
		['head', 'worker', null, 'DIRECT_LINE'],
		['worker', 'head', null, 'DIRECT_LINE'],
		['other', 'worker', 'other', 'CASE_SPONSOR'],
		['other', 'worker', 'lead', null],
	])('officer %s on the case of %s, sponsored by %s: %s', (officerId, subjectId, sponsorId, expected) => {
		expect(refusalToVet({ officerId, subjectId, sponsorId, managers })).toBe(expected)
	})
})

describe('who must act', () => {
	test('every state that waits for somebody is in exactly one of their lists', () => {
		for (const state of VETTING_STATES) {
			const party = whoMustAct(state, { papersAsked: false })
			const lists = ACTING_PARTIES.filter((each) => statesOfTurn(each).includes(state))
			expect(lists).toEqual(party === null ? [] : [party])
		}
	})

	test('papers that were asked for are the turn of the subject', () => {
		expect(whoMustAct('briefed_active', { papersAsked: true })).toBe('subject')
		expect(whoMustAct('submitted', { papersAsked: true })).toBe('subject')
	})

	test('a briefing is owed where only a briefing leads on, a debriefing where only that remains', () => {
		const actsFrom = (state: string) => VETTING_PATH.filter(([from]) => from === state).map(([, act]) => act)
		for (const state of BRIEFING_OWED) expect(actsFrom(state)).toEqual(['BRIEF'])
		for (const state of DEBRIEF_OWED) expect(actsFrom(state)).toContain('DEBRIEF')
		expect(UNDERWAY.filter((state) => CLOSED.includes(state))).toEqual([])
	})
})

describe('what a clearance hangs on', () => {
	test('the Swedish class and the French habilitation belong to a post, Australian and British clearances live by a sponsor', () => {
		expect(['SE', 'FR'].map((scheme) => clearanceModelOf(scheme).post)).toEqual([true, true])
		expect(['AU', 'UK'].map((scheme) => clearanceModelOf(scheme).sponsor)).toEqual([true, true])
		expect(clearanceModelOf('DE')).toEqual({ post: false, sponsor: false })
		expect(clearanceModelOf('constructor')).toEqual({ post: false, sponsor: false })
	})

	const held = (scheme: string, level: string, post: string | null = null) => ({ scheme, level, post })
	test.each([
		[held('DE', 'U3'), held('DE', 'U2'), true],
		[held('DE', 'U2'), held('NATO', 'NS'), false],
		// The Norwegian access clearances stand beside the ladder.
		[held('NO', 'AK'), held('NO', 'H'), false],
		[held('NO', 'AK'), held('NO', 'AK'), true],
		[held('SE', 'SK2', 'network'), held('SE', 'SK3', 'desk'), false],
		[held('SE', 'SK2', 'network'), held('SE', 'SK3', 'network'), true],
	])('%o takes the place of %o: %s', (fresh, old, expected) => {
		expect(takesPlaceOf(fresh, old)).toBe(expected)
	})

	test('an end is proposed in whole months where the scheme has a figure, and never where it has none', () => {
		expect(proposedEnd('UK', 'SC', '2026-11-24')).toBe('2036-11-24')
		expect(proposedEnd('UK', 'SC', '2024-02-29')).toBe('2034-02-28')
		expect(proposedEnd('SE', 'SK2', '2026-11-24')).toBeNull()
		expect(proposedEnd('UK', 'SC', 'soon')).toBeNull()
	})
})

describe('the history of a clearance', () => {
	test.each([
		[{ validFrom: 1, validUntil: null }, 5, { validFrom: 1, validUntil: 5 }],
		[{ validFrom: 1, validUntil: 9 }, 5, { validFrom: 1, validUntil: 5 }],
		[{ validFrom: 1, validUntil: 4 }, 5, { validFrom: 1, validUntil: 4 }],
		[{ validFrom: 5, validUntil: null }, 5, null],
		[{ validFrom: 7, validUntil: 9 }, 5, null],
	])('%o known to end at %i is %o', (fact, at, expected) => {
		expect(endedAt(fact, at)).toEqual(expected)
	})
})

describe('the checklist of a scheme', () => {
	const everyLevel = Object.entries(CLEARANCE_SCHEMES).flatMap(([scheme, { levels }]) =>
		levels.map(({ id }) => [scheme, id] as const),
	)

	test.each(everyLevel)(
		'%s %s asks for consent or is a mere briefing, for a certificate, non-disclosure and briefing',
		(scheme, level) => {
			const lines = checklistFor(scheme, level)
			const items = lines.map(({ item }) => item)
			expect(new Set(items).size).toBe(items.length)
			expect(items.every((item) => EVIDENCE_ITEMS.includes(item))).toBe(true)
			expect(items).toEqual(
				expect.arrayContaining(['application-form', 'certificate', 'non-disclosure', 'briefing']),
			)
			expect(missingFor('REFER', lines, new Set())).toEqual(
				lines.filter(({ neededFor }) => neededFor === 'REFER').map(({ item }) => item),
			)
		},
	)

	test('Germany includes the partner from Ü2 on, Sweden the classification of the post', () => {
		const items = (scheme: string, level: string) => checklistFor(scheme, level).map(({ item }) => item)
		expect(items('DE', 'U1')).not.toContain('partner-declaration')
		expect(items('DE', 'U2')).toContain('partner-declaration')
		expect(items('SE', 'SK3')).toContain('post-classification')
		expect(items('UK', 'SC')).toContain('sponsor-statement')
	})

	test('what is missing is named for the act that waits for it, and earlier evidence is not forgotten', () => {
		const lines = checklistFor('DE', 'U1')
		const referred = new Set(['application-form', 'consent', 'identity', 'residence-history', 'references'])
		expect(missingFor('REFER', lines, referred)).toEqual([])
		expect(missingFor('GRANT', lines, referred)).toEqual(['certificate'])
		expect(missingFor('GRANT', lines, new Set(['certificate']))).toContain('consent')
		expect(missingFor('BRIEF', lines, new Set([...referred, 'certificate']))).toEqual(['non-disclosure'])
		expect(missingFor('SUSPEND', lines, new Set())).toEqual([])
	})
})
