import { parse, type Filter } from 'scim2-parse-filter'
import type { ScimColumn, ScimComparison, ScimCondition } from '#db/queries/scim.ts'
import { SCIM_COLUMNS } from '#db/queries/scim.ts'
import { CORE, TEXTS } from './attributes.ts'
import { ScimError } from './errors.ts'

const LONGEST = 2000
const COLUMNS: Readonly<Record<string, ScimColumn>> = {
	...TEXTS,
	id: 'id',
	active: 'active',
	emails: 'email',
	'emails.value': 'email',
	'meta.created': 'created',
	'meta.lastmodified': 'lastModified',
}
const ORDERED: ReadonlySet<string> = new Set(['gt', 'ge', 'lt', 'le'])

const invalid = (detail: string) => new ScimError(400, 'invalidFilter', detail)

/** A filter of RFC 7644, section 3.4.2.2, as a condition on what is stored. invalidFilter where it cannot be one. */
export function readFilter(text: string): ScimCondition {
	if (text.length > LONGEST) throw invalid(`A filter has at most ${LONGEST} characters.`)
	let tree: Filter
	try {
		// The parser leaves JSON's escapes of characters as they are.
		tree = parse(
			text.replaceAll(/\\u(?!0022|005c)([0-9a-f]{4})/gi, (_, hex: string) =>
				String.fromCharCode(Number.parseInt(hex, 16)),
			),
		)
	} catch {
		throw invalid('The filter cannot be read. An example: userName eq "a@b.example" and active eq true')
	}
	return conditionOf(tree, '')
}

/** The column of an attribute to sort by; null where the standard lets the server decide. */
export function readOrder(sortBy: string): ScimColumn {
	const column = columnOf(sortBy, '')
	if (column === undefined || column === 'type')
		throw new ScimError(400, 'invalidValue', `Nothing can be sorted by ${sortBy} here.`)
	return column
}

function columnOf(path: string, prefix: string): ScimColumn | 'type' | undefined {
	const lower = `${prefix}${path}`.toLowerCase()
	const core = `${CORE.toLowerCase()}:`
	const name = lower.startsWith(core) ? lower.slice(core.length) : lower
	if (name === 'emails.type' || name === 'emails.primary') return 'type'
	return COLUMNS[name]
}

function conditionOf(filter: Filter, prefix: string): ScimCondition {
	switch (filter.op) {
		case 'and':
		case 'or':
			return { op: filter.op, of: filter.filters.map((inner) => conditionOf(inner, prefix)) }
		case 'not':
			return { op: 'not', of: conditionOf(filter.filter, prefix) }
		case '[]':
			return conditionOf(filter.valFilter, `${prefix}${filter.attrPath}.`)
		case 'pr': {
			const column = known(filter.attrPath, prefix)
			return { op: 'pr', column: column === 'type' ? 'email' : column }
		}
		default:
			return comparison(filter, prefix)
	}
}

function known(path: string, prefix: string): ScimColumn | 'type' {
	const column = columnOf(path, prefix)
	if (column === undefined) throw invalid(`Nothing can be filtered by ${prefix}${path} here.`)
	return column
}

function comparison(
	{ op, attrPath, compValue }: { op: string; attrPath: string; compValue: unknown },
	prefix: string,
): ScimCondition {
	const column = known(attrPath, prefix)
	// The one address that is kept is the primary one, of type "work".
	if (column === 'type') {
		const is = typeof compValue === 'string' ? compValue.toLowerCase() === 'work' : compValue === true
		return (op === 'eq') === is ? { op: 'pr', column: 'email' } : { op: 'never' }
	}
	const { type } = SCIM_COLUMNS[column]
	const comparing = op as ScimComparison
	if (compValue === null && (op === 'eq' || op === 'ne')) return { op: comparing, column, value: null }
	if (type === 'boolean') {
		const value = typeof compValue === 'string' ? /^true$/i.test(compValue) : compValue
		if (typeof value !== 'boolean' || (op !== 'eq' && op !== 'ne'))
			throw invalid(`${attrPath} can be compared by eq and ne with true or false.`)
		return { op: comparing, column, value }
	}
	if (typeof compValue !== 'string') throw invalid(`${attrPath} is compared with a string in quotes.`)
	if (type === 'text' || type === 'exact') return { op: comparing, column, value: compValue }
	const instant = new Date(compValue)
	if (Number.isNaN(instant.getTime()) || (op !== 'eq' && op !== 'ne' && !ORDERED.has(op)))
		throw invalid(`${attrPath} is compared by eq, ne, gt, ge, lt or le with a date and time.`)
	return { op: comparing, column, value: instant }
}
