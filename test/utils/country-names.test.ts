import { expect, test } from 'vitest'
import { countryNames as german } from '#app/messages/de/country-names.ts'
import { countryNames as english } from '#app/messages/en/country-names.ts'
import { formats } from '#app/utils/format.ts'
import { COUNTRIES } from '#workflows/people/countries.ts'

test.each([
	['English', english],
	['German', german],
])('every country in use has one %s name, and no other has', (_, names) => {
	expect(Object.keys(names).sort()).toEqual([...COUNTRIES].sort())
	expect(new Set(Object.values(names)).size).toBe(COUNTRIES.length)
})

test('a country is called the same wherever a page is made', () => {
	expect(['DE', 'HK', 'XK', 'EU', 'YU'].map(formats('en', 'UTC').country)).toEqual([
		'Germany',
		'Hong Kong SAR China',
		'Kosovo',
		'European Union',
		'YU',
	])
	expect(formats('de', 'UTC').country('HK')).toBe('Sonderverwaltungsregion Hongkong')
})
