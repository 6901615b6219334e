import { expect, test } from 'vitest'
import { isAskedLookDue } from '#app/jobs/reconcile-loop.server.ts'

test('a look that fails leaves what was asked for, and is tried again only after a while', () => {
	const at = (seconds: number) => new Date(seconds * 1000)
	const due = (asked: number | null, last: number | null, well: number | null, now: number) =>
		isAskedLookDue(
			{
				askedAt: asked === null ? null : at(asked),
				lastAt: last === null ? null : at(last),
				lastWellAt: well === null ? null : at(well),
			},
			at(now),
		)
	expect(due(null, 0, 0, 100)).toBe(false)
	expect(due(10, null, null, 10)).toBe(true)
	expect(due(10, 5, 5, 10)).toBe(true)
	expect(due(10, 8, 8, 10)).toBe(false)
	expect(due(10, 11, 11, 100)).toBe(false)
	// The last one failed.
	expect(due(10, 11, 5, 20)).toBe(false)
	expect(due(10, 11, 5, 41)).toBe(true)
})
