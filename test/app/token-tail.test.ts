import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { TokenTail } from '#app/components/token-tail.tsx'
import { WordsProvider } from '#app/messages/text.tsx'
import { LANGUAGES, type Language } from '#app/messages/create-text.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { tokenTail } from '#workflows/grants/token-tail.ts'

/** Until when tokens that were given out before may outlive an access that has ended, as whoever looks at it reads it. */

const REMOVED = '2026-11-30T08:00:00.000Z'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Until when, at most: without continuous access evaluation, with it, and with it where the sessions were ended a minute later. */
const PLAIN = '2026-11-30T09:30:00.000Z'
const EVALUATED = '2026-12-01T12:00:00.000Z'
const EVALUATED_ENDED = '2026-11-30T08:16:00.000Z'

const WORDS = {
	en: {
		title: 'Tokens given out before',
		plain: 'Without continuous access evaluation',
		evaluated: 'With continuous access evaluation',
		live: /Whoever was signed in may still carry it in a token, at the latest until:/,
		ended: /has been told to end the sessions\. A token from before may still carry it/,
	},
	de: {
		title: 'Zuvor ausgestellte Token',
		plain: 'Ohne fortlaufende Zugriffsevaluierung',
		evaluated: 'Mit fortlaufender Zugriffsevaluierung',
		live: /Wer angemeldet war, trägt sie womöglich noch in einem Token, spätestens bis:/,
		ended: /wurde angewiesen, die Sitzungen zu beenden\. Ein Token von vorher/,
	},
} as const

function shown(language: Language, { afterMs, isEnded }: { afterMs: number; isEnded: boolean }): string {
	const sessionsEndedAt = isEnded ? plusMs(REMOVED, MINUTE) : null
	const tail = createElement(TokenTail, {
		grant: { tokenTail: tokenTail({ removedAt: REMOVED, sessionsEndedAt }), sessionsEndedAt },
	})
	const words = { language, timeZone: 'Europe/Berlin', now: plusMs(REMOVED, afterMs), children: tail }
	return renderToStaticMarkup(createElement(WordsProvider, words))
}
/** Until when it says, by the words before. */
const untilIn = (html: string): Record<string, string> => {
	const found: Record<string, string> = {}
	for (const [, words = '', at = ''] of html.matchAll(/<dt>([^<]+)<\/dt><dd><time dateTime="([^"]+)">/gi))
		found[words] = at
	return found
}

describe.each(LANGUAGES)('in %s', (language) => {
	const words = WORDS[language]

	test.each([
		['at once', false, MINUTE, { plain: PLAIN, evaluated: EVALUATED }],
		['at once, where the sessions were ended', true, MINUTE, { plain: PLAIN, evaluated: EVALUATED_ENDED }],
		['after an hour, where the sessions were ended', true, HOUR, { plain: PLAIN }],
		['after two hours', false, 2 * HOUR, { evaluated: EVALUATED }],
	] as const)('%s it says until when, and of nothing that is over', (_, isEnded, afterMs, until) => {
		const html = shown(language, { afterMs, isEnded })
		expect(html).toContain(words.title)
		expect(html).toMatch(isEnded ? words.ended : words.live)
		expect(untilIn(html)).toEqual(
			Object.fromEntries(Object.entries(until).map(([key, at]) => [words[key as 'plain' | 'evaluated'], at])),
		)
	})

	test.each([
		['the sessions were ended', true, 2 * HOUR],
		['they were not, and a day and four hours have passed', false, 28 * HOUR + 1],
	])('where %s, and nothing can carry it any more, it says nothing', (_, isEnded, afterMs) => {
		expect(shown(language, { afterMs, isEnded })).toBe('')
	})
})

test('of an access that has not ended it says nothing', () => {
	const tail = createElement(TokenTail, { grant: { tokenTail: null, sessionsEndedAt: null } })
	const words = { language: 'en', timeZone: 'UTC', now: REMOVED, children: tail } as const
	expect(renderToStaticMarkup(createElement(WordsProvider, words))).toBe('')
})
