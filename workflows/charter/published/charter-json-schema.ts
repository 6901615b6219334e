import { z } from 'zod'
import { NATIONAL_CAVEATS } from '../caveats.ts'
import { charterShape } from '../charter.schema.ts'
import { CLEARANCE_SCHEMES } from '../clearance-schemes.ts'
import { cidr, country, duration, jurisdiction, key, party, period, prose, title } from '../parts.schema.ts'
import { citizenshipRule, clearanceRule, sharedRules } from '../person-rules.schema.ts'
import { COUNTRIES } from '../../people/countries.ts'
import { WORDS, type JsonSchema } from './charter-words.ts'

const CLOCK = String.raw`(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?`

/** What a refinement checks by a function, said again in JSON Schema as far as that can say it. */
const SAID_AGAIN: ReadonlyMap<unknown, JsonSchema> = new Map<unknown, JsonSchema>([
	[title, { pattern: String.raw`\S` }],
	[prose, { pattern: String.raw`\S` }],
	[country, { enum: COUNTRIES }],
	[jurisdiction, { enum: ['EU', ...COUNTRIES] }],
	[party, { enum: ['EU', 'NATO', ...COUNTRIES] }],
	[
		cidr,
		{ pattern: String.raw`^(?:\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/\d{1,3})$` },
	],
	[duration, { pattern: String.raw`^P(?!$)(?:\d+D)?${CLOCK}$` }],
	[period, { pattern: String.raw`^P(?=.*[1-9])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?${CLOCK}$` }],
	[citizenshipRule, { anyOf: oneRequired('anyOf', 'soleOf', 'unionCitizen', 'usPerson') }],
	[sharedRules.residence.unwrap(), { anyOf: oneRequired('anyOf', 'unionResident') }],
	[clearanceRule.shape.anyOf.element, { allOf: [{ $ref: '#/$defs/known-level' }] }],
	[
		clearanceRule.shape.acceptEquivalent.unwrap().element,
		{ allOf: [{ $ref: '#/$defs/known-level' }], required: ['scheme', 'level', 'agreement'] },
	],
	[
		sharedRules.caveats.unwrap().element,
		{ anyOf: [{ enum: NATIONAL_CAVEATS }, { pattern: '^REL TO [A-Z]{3}(?:, ?[A-Z]{3})*$' }] },
	],
])

/** Parts that are written once and referred to by name. */
const NAMED: readonly (readonly [string, z.ZodType, JsonSchema])[] = [
	['key', key, { description: 'Lower-case letters, digits and hyphens, 2 to 48 characters.' }],
	[
		'country',
		country,
		{ description: 'Two-letter country code in capitals (ISO 3166-1).', examples: ['DE', 'FR'] },
	],
	['network', cidr, { description: 'A network of IPv4 or IPv6.', examples: ['10.20.0.0/16'] }],
	['duration', duration, { description: 'ISO 8601, at most days.', examples: ['PT4H', 'PT30M', 'P2D'] }],
	['period', period, { description: 'ISO 8601, years and months too.', examples: ['P1Y', 'P6M', 'P30D'] }],
	['citizenship', citizenshipRule, {}],
	['clearance', clearanceRule, {}],
	['residence', sharedRules.residence.unwrap(), {}],
	['caveats', sharedRules.caveats.unwrap(), {}],
	['briefings', sharedRules.briefings.unwrap(), {}],
	['training', sharedRules.training.unwrap(), {}],
	['employer', sharedRules.employer.unwrap(), {}],
	['credential', sharedRules.credential.unwrap(), {}],
	['workingHours', sharedRules.workingHours.unwrap(), {}],
]

/**
 * The charter document as JSON Schema (draft 2020-12), for editors that complete and check it. It refuses nothing that
 * `charterSchema` takes; what only a look at the whole document shows (a role that is named but not described) is left
 * to `npm run charter -- check`.
 */
export function charterJsonSchema(): JsonSchema {
	const names = z.registry<{ id: string }>()
	for (const [id, part] of NAMED) names.add(part, { id })
	const made = z.toJSONSchema(charterShape, {
		io: 'input',
		target: 'draft-2020-12',
		metadata: names,
		override: ({ zodSchema, jsonSchema }) => {
			Object.assign(jsonSchema, SAID_AGAIN.get(zodSchema))
			// Formats that only zod knows, and the bounds of its numbers: the pattern says it, or nobody needs it.
			if (jsonSchema.pattern !== undefined) delete jsonSchema.format
			if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
		},
	}) as JsonSchema
	const { $schema, $defs, ...root } = made
	const definitions = Object.entries($defs as Record<string, JsonSchema>).map(([name, part]) => {
		const { id: _, ...rest } = part
		const said = NAMED.find(([id]) => id === name)?.[2]
		return [name, { ...said, ...withWords(rest, [name]) }] as const
	})
	return {
		$schema,
		$id: '/schemas/charter.schema.json',
		title: 'Sovereignty Charter',
		description:
			'Who may run a platform: roles, citizenship, clearances, facilities, approvals. An empty list means nobody, silence denies.',
		...withWords(root, []),
		$defs: { ...Object.fromEntries(definitions), 'known-level': knownLevel() },
	}
}

/** The file as it is published. */
export const charterJsonSchemaText = () => `${JSON.stringify(charterJsonSchema(), null, '\t')}\n`

function oneRequired(...keys: string[]): JsonSchema[] {
	return keys.map((one) => ({ required: [one] }))
}

/** Each scheme has levels of its own: an editor offers those of the scheme that is written. */
function knownLevel(): JsonSchema {
	const schemes = Object.entries(CLEARANCE_SCHEMES)
	return {
		properties: { scheme: { enum: schemes.map(([id]) => id) } },
		allOf: schemes.map(([id, { name, levels }]) => ({
			if: { properties: { scheme: { const: id } }, required: ['scheme'] },
			then: {
				properties: {
					level: {
						description: `${name}, lowest first: ${levels.map((l) => `${l.id} (${l.name})`).join(', ')}.`,
						enum: levels.map((l) => l.id),
					},
				},
			},
		})),
	}
}

/** The same with words on every key; the path is that of keys alone, without those that a charter chooses. */
function withWords(schema: JsonSchema, path: readonly string[]): JsonSchema {
	const inside = (part: unknown) =>
		typeof part === 'object' && part !== null && !Array.isArray(part)
			? withWords(part as JsonSchema, path)
			: part
	return Object.fromEntries(
		Object.entries(schema).map(([keyword, value]) => {
			if (keyword === 'properties') return [keyword, wordedProperties(value as JsonSchema, path)]
			if (keyword === 'items' || keyword === 'additionalProperties') return [keyword, inside(value)]
			return [keyword, keyword === 'anyOf' ? (value as unknown[]).map(inside) : value]
		}),
	)
}

const wordedProperties = (properties: JsonSchema, path: readonly string[]) =>
	Object.fromEntries(
		Object.entries(properties).map(([name, part]) => {
			const here = [...path, name]
			return [name, { ...wordsFor(here), ...withWords(part as JsonSchema, here) }]
		}),
	)

/** The words of the longest end of this path that has any. */
function wordsFor(path: readonly string[]): JsonSchema {
	for (let from = 0; from < path.length; from++) {
		const end = path.slice(from).join('.')
		const words = Object.hasOwn(WORDS, end) ? WORDS[end] : undefined
		if (words !== undefined) return typeof words === 'string' ? { description: words } : words
	}
	return {}
}
