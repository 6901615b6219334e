import { FACT_KINDS, FACT_RULES, isFactKind, type FactKind } from '../facts/fact-kinds.ts'

/** What a file may hold: who people are, or facts of one kind about people who are known. */
export const IMPORT_KINDS = ['people', ...FACT_KINDS] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]
export const isImportKind = (text: string): text is ImportKind => text === 'people' || isFactKind(text)

/** At most so many rows, beside the line of names, and so many bytes are read at once. */
export const MOST_ROWS = 200_000
export const MOST_BYTES = 48_000_000

/** `free`: words of people, which may begin with a hyphen. `list`: several, separated by spaces. */
export type ColumnType = 'text' | 'free' | 'day' | 'list' | 'flag'
export type Column = {
	name: string
	type: ColumnType
	/** The file must have the column. */
	required: boolean
	example: string
}

const must = (name: string, example: string, type: ColumnType = 'text'): Column => ({
	name,
	type,
	required: true,
	example,
})
const may = (name: string, example: string, type: ColumnType = 'text'): Column => ({
	name,
	type,
	required: false,
	example,
})

const VALUES: Readonly<Record<FactKind, readonly Column[]>> = {
	citizenship: [must('country', 'DE'), must('document', 'passport'), must('issuer', 'Stadt Bonn')],
	residence: [must('country', 'DE'), must('status', 'resident')],
	clearance: [
		must('scheme', 'DE'),
		must('level', 'U2'),
		must('issuer', 'BfV'),
		must('state', 'granted'),
		may('post', ''),
		may('sponsor', ''),
	],
	readIn: [must('caveat', 'ATOMAL')],
	briefing: [must('key', 'nato-brief')],
	training: [must('key', 'annual-awareness')],
	agreement: [must('key', 'nda'), must('party', 'Ministry of the Interior')],
	employment: [
		must('employer', 'Subcontractor GmbH'),
		may('under', 'Prime GmbH'),
		may('flowDown', 'yes', 'flag'),
	],
	appointment: [must('role', 'operator')],
	facility: [must('facility', 'bonn-1')],
	travel: [must('countries', 'CH IT', 'list'), must('itinerary', 'Zurich, then Milan by train', 'free')],
	visit: [
		must('host', 'Rijkswaterstaat, The Hague'),
		must('country', 'NL'),
		must('contact', 'Jan de Vries, security office'),
		must('purpose', 'Meeting on the shared platform', 'free'),
		must('scheme', 'DE'),
		must('level', 'U2'),
	],
	event: [
		must('event', 'foreign-contact'),
		must('severity', 'low'),
		must('reporter', 'self'),
		must('details', 'Met a former colleague abroad', 'free'),
	],
}

const PEOPLE: readonly Column[] = [
	must('displayName', 'Zoë Ångström'),
	must('userPrincipalName', 'zoe.angstrom@agency.example'),
	must('entraObjectId', '4b2f3c1e-5a6d-4c7b-8e9f-0a1b2c3d4e5f'),
	must('employer', 'Federal Agency'),
	may('personnelNumber', 'P-10442'),
	may('manager', 'P-10001'),
]

/** The columns of a file of this kind, in the order of its template. */
export function columnsOf(what: ImportKind): readonly Column[] {
	if (what === 'people') return PEOPLE
	const { needsEnd } = FACT_RULES[what]
	return [
		must('person', 'P-10442'),
		...VALUES[what],
		must('validFrom', '2026-11-01', 'day'),
		needsEnd ? must('validUntil', '2026-11-15', 'day') : may('validUntil', '', 'day'),
		must('evidence', 'HR file 12/2026', 'free'),
	]
}

/** What is wrong with a file as a whole; `about` is the column or the name that is meant, `nearest` the one known. */
export type FileProblem = { problem: string; line?: number; about?: string; nearest?: string }

/** Capitals, spaces and hyphens do not count in the name of a column. */
const plain = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '')

/** The columns of a line of names, in its order; all that is wrong with it otherwise. */
export function readHeader(
	what: ImportKind,
	names: readonly string[],
): { columns: readonly Column[] } | { problems: FileProblem[] } {
	const known = columnsOf(what)
	const problems: FileProblem[] = []
	const columns: Column[] = []
	for (const raw of names) {
		const name = raw.trim().slice(0, 100)
		const column = known.find((one) => plain(one.name) === plain(name))
		if (column === undefined) {
			const nearest = nearestOf(name, known)
			problems.push({ problem: 'UNKNOWN_COLUMN', about: name, ...(nearest ? { nearest } : {}) })
		} else if (columns.includes(column)) problems.push({ problem: 'REPEATED_COLUMN', about: column.name })
		else columns.push(column)
		if (problems.length >= 50) break
	}
	for (const column of known)
		if (column.required && !columns.includes(column))
			problems.push({ problem: 'MISSING_COLUMN', about: column.name })
	return problems.length > 0 ? { problems } : { columns }
}

const nearestOf = (name: string, known: readonly Column[]) =>
	known
		.map((column) => ({ name: column.name, far: distance(plain(name), plain(column.name)) }))
		.sort((a, b) => a.far - b.far)[0]?.name

/** How many letters must be added, left out or changed (Levenshtein). */
function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i)
	for (let i = 1; i <= a.length; i++) {
		const next = [i]
		for (let j = 1; j <= b.length; j++)
			next.push(
				Math.min(
					(row[j] ?? 0) + 1,
					(next[j - 1] ?? 0) + 1,
					(row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
				),
			)
		row = next
	}
	return row[b.length] ?? 0
}
