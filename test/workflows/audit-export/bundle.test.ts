import { expect, test } from 'vitest'
import { bundleOf, verify } from '#test/factories/bundle.ts'
import { LogFixture, logSigner, tellRequest } from '#test/factories/log.ts'

test('a bundle verifies', async () => {
	const log = new LogFixture()
	const people = ['operator', 'approver', 'chief'].map((role) => log.person(role)) as never
	for (let i = 0; i < 60; i++) tellRequest(log, people)
	const bytes = await bundleOf(log)
	const report = await verify(bytes, { vkey: logSigner().vkey })
	expect(report.failures).toEqual([])
	expect(report.unchecked).toEqual([])
	expect(report.verdict).toBe('verified')
	console.log(bytes.length, report.counts, JSON.stringify(report.accesses[0]))
})
