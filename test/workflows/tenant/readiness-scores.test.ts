import { expect, test } from 'vitest'
import { wholePercent } from '#workflows/tenant/readiness/scores.ts'

test('a score in whole percent is what division without a remainder gives, whatever the numbers are', () => {
	expect([wholePercent(29 / 50), wholePercent(29 / 100), wholePercent(0), wholePercent(1)]).toEqual([
		58, 29, 0, 100,
	])
	for (let all = 1; all <= 1200; all++)
		for (let judged = 0; judged <= all; judged++) {
			const exact = (judged * 100 - ((judged * 100) % all)) / all
			if (wholePercent(judged / all) !== exact) expect.fail(`${judged} of ${all}`)
		}
})
