import {
	readValues,
	FACT_RULES,
	type FactKind,
	type FactValues,
	type FieldProblem,
} from '../facts/fact-kinds.ts'
import { validityProblem } from '../facts/check-validity.ts'
import { identitySchema, type Identity } from '../identity.schema.ts'
import type { Column } from './columns.ts'

export type Cells = Readonly<Record<string, string>>
/** `about`: what it clashes with: the line, or the people. */
export type RowProblem = FieldProblem & { about?: string }

const FORMULA = /^[=+@\t\r\uff1d\uff0b\uff20]/
const MINUS = /^[-\uff0d]/

/**
 * The cells of a row by the names of their columns, and what no cell may hold: the begin of a formula, which no name,
 * number or key has, and NUL. Cells are trimmed afterwards, so that a leading TAB is seen.
 */
export function readCells(
	columns: readonly Column[],
	raw: readonly string[],
): { cells: Cells; problems: RowProblem[] } {
	const problems: RowProblem[] = []
	if (raw.length !== columns.length)
		problems.push({ field: 'row', problem: 'CELL_COUNT', about: `${raw.length}/${columns.length}` })
	const cells: Record<string, string> = {}
	columns.forEach(({ name, type }, i) => {
		const value = raw[i] ?? ''
		if (value.includes('\0')) problems.push({ field: name, problem: 'NUL_CHARACTER' })
		else if (FORMULA.test(value) || (type !== 'free' && MINUS.test(value)))
			problems.push({ field: name, problem: 'FORMULA' })
		cells[name] = value.replaceAll('\0', '').trim()
	})
	return { cells, problems }
}

/** A day as `2026-11-24`, as the instant at which it begins in UTC; null where it is none. */
export function readDay(text: string): Date | null {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
	const day = new Date(`${text}T00:00:00.000Z`)
	return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? day : null
}

export type ReadFact = {
	person: string
	/** Who vouches for a clearance, as the file names them; empty for nobody. */
	sponsor: string
	values: FactValues[FactKind]
	validFrom: Date
	validUntil: Date | null
	evidence: string
}

const FLAGS: Readonly<Record<string, boolean>> = {
	'': false,
	no: false,
	false: false,
	'0': false,
	yes: true,
	true: true,
	'1': true,
}

/** Reads a row as a fact by the rules by which one is recorded; otherwise everything that is wrong with it. */
export function readFactRow(
	kind: FactKind,
	columns: readonly Column[],
	cells: Cells,
	now: Date,
): { fact: ReadFact } | { problems: RowProblem[] } {
	const problems: RowProblem[] = []
	const { person = '', sponsor = '', validFrom: begins = '', validUntil: ends = '', evidence = '' } = cells
	if (person === '') problems.push({ field: 'person', problem: 'MISSING' })
	const said: Record<string, unknown> = {}
	for (const { name, type } of columns) {
		const text = cells[name] ?? ''
		if (['person', 'sponsor', 'validFrom', 'validUntil', 'evidence'].includes(name)) continue
		if (type === 'list') said[name] = text.split(/[\s,;]+/).filter(Boolean)
		else if (type === 'flag') {
			const flag = FLAGS[text.toLowerCase()]
			if (flag === undefined) problems.push({ field: name, problem: 'YES_OR_NO' })
			said[name] = flag ?? false
		} else said[name] = text
	}
	if (kind === 'employment') {
		said.under = said.under === '' || said.under === undefined ? null : said.under
		said.flowDown ??= false
	}
	const read = readValues(kind, said)
	if ('problem' in read) problems.push(read)
	const validFrom = readDay(begins)
	const validUntil = ends === '' ? null : readDay(ends)
	if (validFrom === null) problems.push({ field: 'validFrom', problem: begins === '' ? 'MISSING' : 'DAY' })
	if (ends !== '' && validUntil === null) problems.push({ field: 'validUntil', problem: 'DAY' })
	else if (validFrom !== null) {
		const problem = validityProblem({ validFrom, validUntil }, FACT_RULES[kind], now)
		if (problem !== null) problems.push(problem)
	}
	if (evidence === '') problems.push({ field: 'evidence', problem: 'EVIDENCE_NEEDED' })
	else if (evidence.length > 200) problems.push({ field: 'evidence', problem: 'TOO_LONG' })
	if (problems.length > 0 || 'problem' in read || validFrom === null) return { problems }
	return { fact: { person, sponsor, values: read.values, validFrom, validUntil, evidence } }
}

/** Reads a row as who somebody is, by the rules of the form; otherwise everything that is wrong with it. */
export function readPersonRow(
	cells: Cells,
): { identity: Identity; manager: string } | { problems: RowProblem[] } {
	const parsed = identitySchema.safeParse({ personnelNumber: '', ...cells })
	if (parsed.success) return { identity: parsed.data, manager: cells.manager ?? '' }
	return {
		problems: parsed.error.issues.map(({ path, message }) => ({
			field: String(path[0]),
			problem: message.replace('errors.', '').replace('required', 'MISSING'),
		})),
	}
}
