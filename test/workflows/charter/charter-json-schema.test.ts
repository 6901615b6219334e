import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { charterInput, type CharterInput } from '#test/factories/charter.ts'
import { charterJsonSchema, charterJsonSchemaText } from '#workflows/charter/published/charter-json-schema.ts'
import { WORDS, type JsonSchema } from '#workflows/charter/published/charter-words.ts'
import { charterSchema } from '#workflows/charter/charter.schema.ts'
import { CLEARANCE_SCHEMES } from '#workflows/charter/clearance-schemes.ts'
import { durationMs, parsePeriod } from '#workflows/shared/instants.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')
const CHARTERS = join(CHECKOUT, 'app/charters')
const charters = readdirSync(CHARTERS).filter((name) => name.endsWith('.yaml'))
const textOf = (name: string) => readFileSync(join(CHARTERS, name), 'utf8')

const schema = charterJsonSchema()
const definitions = schema.$defs as Record<string, JsonSchema>
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(schema)
/** Where the schema finds faults, as JSON pointers; empty when it finds none. */
const faults = (document: unknown): string[] => {
	validate(document)
	return (validate.errors ?? []).map(({ instancePath }) => instancePath)
}

/** The charter of the factory with one thing put at a path, or taken away from it. */
function changed(path: readonly (string | number)[], value: unknown): CharterInput {
	const charter = structuredClone(charterInput())
	let part = charter as unknown as Record<string | number, unknown>
	for (const step of path.slice(0, -1)) part = part[step] as typeof part
	const last = path.at(-1) ?? ''
	if (value === undefined) delete part[last]
	else part[last] = value
	return charter
}

describe('the published schema', () => {
	test('is what the charter language gives; else run: npm run charter -- schema --write', () => {
		expect(readFileSync(join(CHECKOUT, 'public/schemas/charter.schema.json'), 'utf8')).toBe(
			charterJsonSchemaText(),
		)
	})

	test.each(charters)('takes %s, which names it for editors', (name) => {
		expect(faults(parse(textOf(name)))).toEqual([])
		const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(textOf(name)) ?? []
		expect(join(CHARTERS, path)).toBe(join(CHECKOUT, 'public/schemas/charter.schema.json'))
	})

	test('says something of every key, and nothing of keys that there are not', () => {
		const silent: string[] = []
		const said = new Set<unknown>()
		const walk = (part: unknown, path: string): void => {
			if (typeof part !== 'object' || part === null) return
			const { properties, additionalProperties } = part as Record<string, JsonSchema | undefined>
			for (const [key, value] of Object.entries(properties ?? {})) {
				const { description } = value as JsonSchema
				said.add(description)
				if (description === undefined && !path.includes('known-level')) silent.push(`${path}/${key}`)
			}
			// Whoever mistypes a key is told so.
			if (properties && !path.includes('known-level')) expect(additionalProperties, path).toBe(false)
			for (const [key, value] of Object.entries(part)) walk(value, `${path}/${key}`)
		}
		walk(schema, '')
		expect(silent).toEqual([])
		const texts = Object.values(WORDS).map((words) => (typeof words === 'string' ? words : words.description))
		expect(texts.filter((text) => !said.has(text))).toEqual([])
	})
})

describe('an editor is told of', () => {
	const deny: [string, (string | number)[], unknown, string][] = [
		['an unknown section', ['extra'], {}, ''],
		['an unknown key in a role', ['roles', 'admin', 'clearence'], {}, '/roles/admin'],
		['an unknown key in a stage', ['roles', 'admin', 'access', 'stages', 0, 'quorom'], 1, '/stages/0'],
		['an unknown key in everyone', ['everyone'], { citizen: [] }, '/everyone'],
		['a missing section', ['roles'], undefined, ''],
		['a missing key', ['roles', 'admin', 'title'], undefined, '/roles/admin'],
		['a number as text', ['charter', 'version'], '1', '/charter/version'],
		['a list that is none', ['roles', 'admin', 'facilities'], 'hall', '/roles/admin/facilities'],
		['a key in capitals', ['roles', 'Admin'], charterInput().roles.admin, '/roles'],
		['a country in small letters', ['charter', 'jurisdiction'], 'de', '/charter/jurisdiction'],
		['a network that is none', ['facilities', 'hall', 'networks'], ['10.1.0.0'], '/networks/0'],
		['a duration in months', ['roles', 'admin', 'access', 'maximumDuration'], 'P1M', '/maximumDuration'],
		['a period of nothing', ['roles', 'admin', 'retention'], 'P0D', '/roles/admin/retention'],
		[
			'a scheme that is not known',
			['roles', 'admin', 'clearance', 'anyOf', 0],
			{ scheme: 'XX', level: 'U2' },
			'/scheme',
		],
		[
			'a level of another scheme',
			['roles', 'admin', 'clearance', 'anyOf', 0],
			{ scheme: 'NATO', level: 'U2' },
			'/level',
		],
		[
			'an acceptance without agreement',
			['roles', 'admin', 'clearance', 'acceptEquivalent'],
			[{ scheme: 'NATO', level: 'NS' }],
			'/acceptEquivalent/0',
		],
		['citizenship of nobody in particular', ['roles', 'admin', 'citizenship'], {}, '/citizenship'],
		['a caveat that is not known', ['everyone'], { caveats: ['EYES'] }, '/caveats/0'],
		['a title of spaces', ['charter', 'title'], '  ', '/charter/title'],
		['an assurance of silence', ['roles', 'admin', 'access', 'stages', 0, 'silence'], 'permit', '/silence'],
	]
	test.each(deny)('%s', (_, path, value, at) => {
		const document = changed(path, value)
		expect(faults(document).some((place) => place.endsWith(at))).toBe(true)
		expect(charterSchema.safeParse(document).success).toBe(false)
	})
})

describe('the schema and the charter language agree', () => {
	test('on every level of every scheme', () => {
		for (const [scheme, { levels }] of Object.entries(CLEARANCE_SCHEMES))
			for (const { id } of levels)
				expect(faults(changed(['roles', 'admin', 'clearance', 'anyOf'], [{ scheme, level: id }]))).toEqual([])
	})

	const written = fc
		.array(fc.constantFrom('P', 'T', 'Y', 'M', 'W', 'D', 'H', 'S', '0', '1', '30'), { maxLength: 8 })
		.map((parts) => `P${parts.join('')}`)
	const matches = (name: string, text: string) =>
		new RegExp(String(definitions[name]?.pattern), 'u').test(text)

	test('on what a duration and a period are', () => {
		fc.assert(
			fc.property(written, (text) => {
				expect(matches('duration', text), text).toBe(durationMs(text) !== null)
				const period = parsePeriod(text)
				expect(matches('period', text), text).toBe(period !== null && (period.months > 0 || period.ms > 0))
			}),
			{ numRuns: 5000 },
		)
	})
})
