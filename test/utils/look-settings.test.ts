import { expect, test } from 'vitest'
import { readConfig } from '#app/config.server.ts'

const read = (environment: Record<string, string>) => readConfig(environment, '/nowhere')

test('the tenant is compared every minute, its rules every hour, and groups are asked about every ten seconds', () => {
	expect(read({})).toMatchObject({ reconcileMs: 60_000, rulesMs: 3_600_000, groupDeltaMs: 10_000 })
	expect(read({ CHARTERKEEP_RULES_SECONDS: '86400' }).rulesMs).toBe(86_400_000)
})

test.each([
	['59', 'must be 60 seconds or more'],
	['86401', 'must be 86400 seconds at most'],
	['90.5', 'must be a whole number of seconds'],
	['hourly', 'must be a number of seconds'],
])('rules every %s seconds are refused by name', (value, sentence) => {
	expect(() => read({ CHARTERKEEP_RULES_SECONDS: value })).toThrow(`CHARTERKEEP_RULES_SECONDS ${sentence}`)
})
