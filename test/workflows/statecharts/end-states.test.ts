import { describe, expect, test } from 'vitest'
import { noteOf } from '#app/components/grant-notes.ts'
import { createText, LANGUAGES, type TextKey } from '#app/messages/create-text.ts'
import type { GrantView } from '#app/services/views.ts'
import { formats } from '#app/utils/format.ts'
import { CLOSED_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import type { EndCause } from '#workflows/grants/grant-context.ts'
import { isOpenLockbox, LOCKBOX_STATES } from '#workflows/lockbox/lockbox-context.ts'
import { MACHINES } from '#workflows/statecharts/machines.ts'

/** States of a machine that are the end, by the last part of their name. */
const endsOf = (machine: keyof typeof MACHINES): string[] =>
	Object.values<{ type: string; key: string }>(MACHINES[machine].states)
		.filter(({ type }) => type === 'final')
		.map(({ key }) => key)

/** Where the page says how it came out, for each machine that somebody asked something of. */
const SAID: Readonly<Record<string, (state: string) => string[]>> = {
	request: (state) => [`grants.state_request_${state}`],
	grant: (state) => [`grants.state_grant_${state}`],
	breakGlass: (state) => [`breakGlass.state_${state}`, `breakGlass.head_${state}`],
	amendment: (state) => [`amendments.state_${state}`],
	vetting: (state) => [`vetting.state_${state}`],
}
const CAUSES: readonly (EndCause | null)[] = [
	null,
	'deadline',
	'requester',
	'security_officer',
	'charter',
	'lapse',
	'suspension',
	'drift',
]

describe.each(LANGUAGES)('every end is explained (%s)', (language) => {
	const t = createText(language)
	const isSentence = (text: string) =>
		text.length > 3 && !/^[A-Za-z]+\.\w+$/.test(text) && !text.includes('{{')

	test.each(['request', 'grant', 'breakGlass', 'amendment', 'vetting'] as const)(
		'of the machine %s, each by a name of its own',
		(machine) => {
			const ends = endsOf(machine)
			expect(ends.length).toBeGreaterThan(1)
			const said = ends.map((state) =>
				(SAID[machine]?.(state) ?? []).map((key) => t(key as TextKey, { number: 7, name: 'N' })),
			)
			for (const texts of said)
				for (const text of texts) expect([text, isSentence(text)]).toEqual([text, true])
			expect(new Set(said.map(([name]) => name)).size).toBe(ends.length)
		},
	)

	test('of a request at the lockbox, by a name and a sentence, also where the provider could still say otherwise', () => {
		// What is over there stays a state that a provider's word can leave, so that no access is opened unseen.
		const ends = LOCKBOX_STATES.filter((state) => !isOpenLockbox(state))
		expect(ends).toEqual(expect.arrayContaining(endsOf('lockbox')))
		const said = ends.flatMap((state) => {
			const notes =
				state === 'accessEnded'
					? (['lockbox.note_accessEnded_clock', 'lockbox.note_accessEnded_provider'] as const)
					: ([`lockbox.note_${state}`] as const)
			return [t(`grants.state_lockbox_${state}`), ...notes.map((key) => t(key, { time: 'T' }))]
		})
		for (const text of said) expect([text, isSentence(text)]).toEqual([text, true])
		expect(new Set(said).size).toBe(said.length)
	})

	test('of a grant, whatever its cause, by a sentence that says why, and that it never began where it did not', () => {
		expect([...CLOSED_GRANT_STATES].sort()).toEqual(endsOf('grant').sort())
		const words = { t, format: formats(language, 'UTC') }
		const ended = (state: GrantView['state'], cause: EndCause | null, startsAt: string | null) =>
			noteOf(
				{
					state,
					cause,
					startsAt,
					wasThere: startsAt !== null,
					failure: 'PolicyRule',
					drift: null,
					trouble: null,
				} as GrantView,
				words,
			)
		const began = '2026-11-29T12:00:00.000Z'
		for (const state of CLOSED_GRANT_STATES)
			for (const cause of CAUSES) {
				const note = ended(state, cause, began)
				expect([state, cause, note, isSentence(note)]).toEqual([state, cause, note, true])
				if (state !== 'failed' && state !== 'voided') expect(ended(state, cause, null)).not.toBe(note)
			}
		const why = CAUSES.filter((cause) => cause !== null).map((cause) => ended('revoked', cause, began))
		expect(new Set(why).size).toBe(why.length)
	})
})
