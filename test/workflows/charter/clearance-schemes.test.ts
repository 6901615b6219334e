import { describe, expect, test } from 'vitest'
import { ALL_LEVELS, AT, charterInput, charterWith, cleared, operator } from '#test/factories/charter.ts'
import { charterSchema } from '#workflows/charter/charter.schema.ts'
import { compileCharter } from '#workflows/charter/compiled.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
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

describe('false friends in front of a charter that asks for a level of the European Union', () => {
	const STATES: Readonly<Record<string, string>> = { UK: 'GB' }
	const verdict = (asked: string, [scheme, accepted]: [string, string], held: string) => {
		const charter = charterWith(
			{
				clearance: {
					anyOf: [{ scheme: 'EU', level: asked }],
					acceptEquivalent: [{ scheme, level: accepted, agreement: 'pact' }],
				},
			},
			{ agreements: { pact: { title: 'Pact', parties: ['EU', STATES[scheme] ?? scheme] } } },
		)
		const facts = operator({ clearances: cleared(scheme, held) })
		const question = { role: 'admin', part: 'requester' as const, at: AT, durationMs: 0 }
		const plain = judge(charter, facts, question)
		const compiled = compileCharter(charter)
		expect(compiled.judge(prepareFacts(facts, compiled.symbols), question)).toEqual(plain)
		return plain.permit
	}

	test.each([
		['ES Secreto is its top secret', 'TS', 'ES', 'S', 'R'],
		['ES Reservado is its secret', 'S', 'ES', 'R', 'C'],
		['RO Secret is its confidential', 'C', 'RO', 'SEC', 'SSV'],
		['RO Strict secret is its secret', 'S', 'RO', 'SS', 'SEC'],
		['IT Riservatissimo is its confidential', 'C', 'IT', 'RR', 'R'],
		['SE class 1 is the highest', 'TS', 'SE', 'SK1', 'SK2'],
		['SE class 2 is in the middle', 'S', 'SE', 'SK2', 'SK3'],
		['NL screening A is the highest', 'TS', 'NL', 'A', 'B'],
		['NL screening B is in the middle', 'S', 'NL', 'B', 'C'],
	])('%s: permits it, and denies the one below', (_name, asked, scheme, level, below) => {
		expect(verdict(asked, [scheme, level], level)).toBe(true)
		expect(verdict(asked, [scheme, level], below)).toBe(false)
	})

	test('IT Riservato is its restricted, and permits for no more', () => {
		expect(verdict('R', ['IT', 'R'], 'R')).toBe(true)
		expect(verdict('R', ['IT', 'R'], 'RR')).toBe(true)
		for (const asked of ['C', 'S', 'TS'])
			expect(() => verdict(asked, ['IT', 'R'], 'R')).toThrow(/names that look/)
	})

	test.each([
		['TS', 'ES', 'R'],
		['S', 'RO', 'SEC'],
		['S', 'SE', 'SK3'],
		['TS', 'SE', 'SK2'],
		['S', 'NL', 'C'],
		['TS', 'NL', 'B'],
		['S', 'FR', 'DR'],
	])('EU %s cannot be had by %s %s, whatever an agreement says', (asked, scheme, level) => {
		expect(() => verdict(asked, [scheme, level], level)).toThrow(/names that look alike are not equal/)
	})

	test('UK OFFICIAL is no clearance: no charter accepts it, and who has it recorded is denied', () => {
		expect(() => verdict('R', ['UK', 'OFFICIAL'], 'OFFICIAL')).toThrow(/no such level as OFFICIAL/)
		expect(verdict('R', ['UK', 'BPSS'], 'OFFICIAL')).toBe(false)
	})

	test('a name that is the same in another scheme counts for nothing without an agreement', () => {
		const charter = charterWith({ clearance: { anyOf: [{ scheme: 'EU', level: 'S' }] } })
		const question = { role: 'admin', part: 'requester' as const, at: AT, durationMs: 0 }
		for (const [scheme, level] of ALL_LEVELS) {
			const facts = operator({ clearances: cleared(scheme, level) })
			expect(judge(charter, facts, question).permit).toBe(scheme === 'EU' && ['S', 'TS'].includes(level))
		}
	})
})
