import { expect, test } from 'vitest'
import { accountsOf } from '#app/services/findings/known-accounts.server.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { emptyPicture } from '#workflows/tenant/tenant-picture.ts'
import { ALWAYS, AT, charterInput, charterWith, operator } from '#test/factories/charter.ts'

test('whoever has a role for whom others ask is not refused it, and whoever has no part in it is', () => {
	const { access } = charterInput().roles.admin ?? {}
	if (!access) throw new Error('The charter of the tests has no role that is asked for.')
	const charter = charterWith({ access: { ...access, benefits: ['chief'] } })
	const refusals = (facts: PersonFacts) =>
		accountsOf(
			charter,
			{
				people: new Map(),
				mirror: new Map(),
				facts: new Map([['p', facts]]),
				picture: emptyPicture('tenant', AT),
			},
			AT,
		).refusals('p', 'admin')
	expect(refusals(operator({ appointments: [{ role: 'chief', ...ALWAYS }] }))).toEqual([])
	expect(refusals(operator())).toEqual([])
	expect(refusals(operator({ appointments: [] }))).toEqual(['APPOINTMENT'])
})
