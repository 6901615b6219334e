import { describe, expect, test } from 'vitest'
import { errorTitle, titled } from '#app/utils/page-title.ts'

const read = (meta: (args: never) => unknown, args: object) => meta(args as never)
const inLanguage = (language: string | null) => [
	{ id: 'root', data: language === null ? undefined : { language } },
	{ id: 'routes/x', data: {} },
]

describe('the title of a page', () => {
	test.each([
		['en', 'Request R-204 - Charterkeep'],
		['de', 'Antrag R-204 - Charterkeep'],
		['xx', 'Request R-204 - Charterkeep'],
		[null, 'Request R-204 - Charterkeep'],
	])('in %s is %s', (language, title) => {
		const meta = titled<() => Promise<{ number: number }>>('titles.request', ({ number }) => ({ number }))
		expect(read(meta, { matches: inLanguage(language), data: { number: 204 } })).toEqual([{ title }])
	})

	test.each([
		[{ status: 404 }, 'Not found - Charterkeep'],
		[{ status: 403 }, 'Not allowed - Charterkeep'],
		[{ status: 418 }, 'Something went wrong - Charterkeep'],
		[new Error('x'), 'Something went wrong - Charterkeep'],
	])('of an error says which: %o', (error, title) => {
		expect(read(errorTitle, { matches: inLanguage('en'), error })).toEqual([{ title }])
		expect(read(titled('titles.people'), { matches: inLanguage('en'), error, data: undefined })).toEqual([
			{ title },
		])
	})
})
