import { describe, expect, test } from 'vitest'
import { ALL_LEVELS, charterInput, charterWith } from '#test/factories/charter.ts'
import { charterSchema } from '#workflows/charter/charter.schema.ts'
import {
	CLEARANCE_SCHEMES,
	findLevel,
	levelAtLeast,
	levelsFrom,
	MARKINGS,
	reachesMarking,
} from '#workflows/charter/clearance-schemes.ts'

describe('false friends', () => {
	test.each([
		['ES', 'S', 'HPS Secreto', 'top-secret'],
		['ES', 'R', 'HPS Reservado', 'secret'],
		['RO', 'SEC', 'Secret', 'confidential'],
		['RO', 'SS', 'Strict secret', 'secret'],
		['IT', 'R', 'Riservato', 'restricted'],
		['IT', 'RR', 'NOS Riservatissimo', 'confidential'],
		['NL', 'A', 'VGB A', 'top-secret'],
		['NL', 'C', 'VGB C', 'confidential'],
		['SE', 'SK1', 'Säkerhetsklass 1', 'top-secret'],
		['SE', 'SK3', 'Säkerhetsklass 3', 'confidential'],
		['UK', 'CTC', 'CTC', 'restricted'],
	])('%s %s is %s, which is %s', (scheme, id, name, marking) => {
		expect(findLevel(scheme, id)).toMatchObject({ name, marking })
		const above = MARKINGS[MARKINGS.findIndex((other) => other === marking) + 1]
		expect(reachesMarking(scheme, id, marking as (typeof MARKINGS)[number])).toBe(true)
		if (above) expect(reachesMarking(scheme, id, above)).toBe(false)
	})

	test.each([
		['ES', 'S', 'R'],
		['IT', 'RR', 'R'],
		['NL', 'A', 'C'],
		['NL', 'A', 'B'],
		['RO', 'SS', 'SEC'],
		['SE', 'SK1', 'SK3'],
		['SE', 'SK1', 'SK2'],
		['DE', 'U3', 'U2'],
	])('in %s, %s lies above %s', (scheme, higher, lower) => {
		expect(levelAtLeast(scheme, higher, lower)).toBe(true)
		expect(levelAtLeast(scheme, lower, higher)).toBe(false)
	})

	test('the United Kingdom clears nobody for OFFICIAL', () => {
		const { UK } = CLEARANCE_SCHEMES
		expect(UK?.levels.map(({ id }) => id)).toEqual(['BPSS', 'CTC', 'SC', 'ESC', 'DV', 'EDV', 'AC'])
		expect(UK?.levels.filter(({ id, name }) => /^O|official/i.test(`${id} ${name}`))).toEqual([])
		expect(findLevel('UK', 'OFFICIAL')).toBeNull()
	})

	test('what stands beside the ladder equals only itself', () => {
		expect(levelsFrom('UK', 'AC')).toEqual(['AC'])
		expect(levelsFrom('NO', 'AK')).toEqual(['AK'])
		expect(levelAtLeast('UK', 'EDV', 'AC')).toBe(false)
		expect(levelAtLeast('UK', 'AC', 'BPSS')).toBe(false)
	})
})

describe('ladders', () => {
	test('what no scheme knows is never enough, names that every object has included', () => {
		expect(levelAtLeast('ES', 'toString', 'R')).toBe(false)
		expect(levelAtLeast('ES', 'S', 'toString')).toBe(false)
		expect(levelAtLeast('constructor', 'S', 'S')).toBe(false)
		expect(levelsFrom('constructor', 'S')).toEqual([])
		expect(findLevel('toString', 'S')).toBeNull()
		expect(reachesMarking('XX', 'S', 'unclassified')).toBe(false)
	})

	test.each(ALL_LEVELS)('%s %s is met by itself, and by nothing that is meant for less', (scheme, id) => {
		const above = levelsFrom(scheme, id)
		const marking = findLevel(scheme, id)?.marking ?? 'top-secret'
		expect(above).toContain(id)
		for (const higher of above) {
			expect(reachesMarking(scheme, higher, marking)).toBe(true)
			if (higher !== id) expect(levelAtLeast(scheme, id, higher)).toBe(false)
		}
	})
})

describe('accepting a clearance of another nation for DE U2', () => {
	const accepting = (scheme: string, level: string, state: string) => ({
		role: {
			clearance: {
				anyOf: [{ scheme: 'DE', level: 'U2' }],
				acceptEquivalent: [{ scheme, level, agreement: 'pact' }],
			},
		},
		rest: { agreements: { pact: { title: 'Pact', parties: ['DE', state] } } },
	})

	test.each([
		['RO', 'SEC', 'RO', 'RO SEC (Secret) is confidential'],
		['IT', 'R', 'IT', 'IT R (Riservato) is restricted'],
		['IT', 'RR', 'IT', 'IT RR (NOS Riservatissimo) is confidential'],
		['SE', 'SK3', 'SE', 'SE SK3 (Säkerhetsklass 3) is confidential'],
		['NL', 'C', 'NL', 'NL C (VGB C) is confidential'],
		['UK', 'CTC', 'GB', 'UK CTC (CTC) is restricted'],
	])('%s %s is refused under an agreement with %s', (scheme, level, state, message) => {
		const { role, rest } = accepting(scheme, level, state)
		const parsed = charterSchema.safeParse(charterInput(role, rest))
		expect(parsed.error?.issues.map(({ path, message: text }) => ({ path: path.join('.'), text }))).toEqual([
			{
				path: 'roles.admin.clearance.acceptEquivalent.0.level',
				text: `${message}, below the secret that the role asks for: names that look alike are not equal.`,
			},
		])
	})

	test.each([
		['RO', 'SS', 'RO'],
		['IT', 'S', 'IT'],
		['ES', 'R', 'ES'],
		['SE', 'SK2', 'SE'],
		['NL', 'B', 'NL'],
		['UK', 'SC', 'GB'],
		['UK', 'DV', 'GB'],
	])('%s %s is as high, and may be accepted under one with %s', (scheme, level, state) => {
		const { role, rest } = accepting(scheme, level, state)
		expect(charterWith(role, rest).roles.admin?.clearance.acceptEquivalent).toHaveLength(1)
	})

	test('a role that handles more than the accepted level reaches is refused as well', () => {
		const { role, rest } = accepting('ES', 'R', 'ES')
		const parsed = charterSchema.safeParse(charterInput({ ...role, handles: 'top-secret' }, rest))
		expect(parsed.error?.issues.map(({ message }) => message)).toContain(
			'The role handles top-secret, and ES R does not reach that: ask for a higher level.',
		)
	})
})
