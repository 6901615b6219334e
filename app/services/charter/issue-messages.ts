import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]
/** A problem of form in words; `isKey` where the key is wrong and not what stands behind it. */
export type FormProblem = { path: Path; message: string; isKey: boolean }

/**
 * What to give to `safeParse`, and how to read what it finds. Messages of the schema itself are kept; the others are
 * written here, for somebody who has never heard of schemas.
 */
export function formReader() {
	const knownKeys = new Map<readonly string[], string[]>()
	const error: z.core.$ZodErrorMap = (issue) => {
		if (issue.code === 'unrecognized_keys') {
			const { shape } = (issue.inst as z.core.$ZodType | undefined)?._zod.def as { shape?: object }
			knownKeys.set(issue.keys, Object.keys(shape ?? {}))
		}
		return ''
	}
	const read = (issue: Issue, value: unknown, above: Path = []): FormProblem[] => {
		const path = [...above, ...issue.path]
		const found = valueAt(value, path)
		switch (issue.code) {
			case 'unrecognized_keys':
				return issue.keys.map((key) => ({
					path: [...path, key],
					message: unknownKey(key, knownKeys.get(issue.keys) ?? []),
					isKey: true,
				}))
			case 'invalid_key':
				return [{ path, message: issue.issues[0]?.message || 'This is no name for it.', isKey: true }]
			case 'invalid_union':
				return branchFor(issue.errors, found).flatMap((inner) => read(inner, value, path))
			default:
				return [{ path, message: issue.message || messageOf(issue, found, path), isKey: false }]
		}
	}
	return { error, read }
}

/** Of several ways in which a part may be written, the one that comes nearest to what stands there. */
function branchFor(branches: readonly (readonly Issue[])[], found: unknown): readonly Issue[] {
	const isOtherKind = (issues: readonly Issue[]) =>
		issues.some(
			({ code, path }) =>
				path.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && isSection(found))),
		)
	const faults = (issues: readonly Issue[]) =>
		issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)
	const fitting = branches.filter((issues) => !isOtherKind(issues))
	return [...(fitting.length > 0 ? fitting : branches)].sort((a, b) => faults(a) - faults(b))[0] ?? []
}

const isSection = (value: unknown) => typeof value === 'object' && value !== null

function messageOf(issue: Issue, found: unknown, path: Path): string {
	switch (issue.code) {
		case 'invalid_type':
			return path.length === 0 ? WHOLE : wrongType(issue.expected, found, path)
		case 'invalid_value':
			return found === undefined ? missing(path) : oneOf(issue.values, found)
		case 'too_small':
			return issue.origin === 'array'
				? `Name at least ${issue.minimum}.`
				: issue.origin === 'string'
					? 'Write something here, or take the key out.'
					: `Write a number of at least ${issue.minimum}.`
		case 'too_big':
			return issue.origin === 'array'
				? `Name at most ${issue.maximum}.`
				: issue.origin === 'string'
					? `Write at most ${issue.maximum} characters.`
					: `Write a number of at most ${issue.maximum}.`
		case 'invalid_format':
			return FORMATS[issue.format] ?? 'This is not written in the form that is expected here.'
		default:
			return 'This cannot be said here: correct it.'
	}
}

const WHOLE =
	'A charter begins with its sections: write charter, facilities and roles, each with what it holds.'
const FORMATS: Readonly<Record<string, string>> = {
	date: 'Write a day of the calendar as 2026-11-23.',
	uuid: 'Write an identifier such as 729827e3-9c14-49f7-bb1b-9608f156bbb8.',
}
const EXPECTED: Readonly<Record<string, string>> = {
	string: 'Write text here; in quotes if it would be read as something else.',
	number: 'Write a number here, without quotes.',
	int: 'Write a whole number here.',
	boolean: 'Write true or false here.',
	array: 'Write a list here, each entry after a hyphen or all in [ ].',
	object: 'Write keys and what they hold here, indented below.',
	record: 'Write names and what they hold here, indented below.',
}

const missing = (path: Path) => `The key ${String(path.at(-1))} is missing: add it.`

function wrongType(expected: string, found: unknown, path: Path): string {
	if (found === undefined) return missing(path)
	const what = EXPECTED[expected] ?? 'This is of the wrong kind: correct it.'
	return found === null ? `Nothing is written here. ${what}` : what
}

function oneOf(values: readonly unknown[], found: unknown): string {
	const names = values.map(String)
	if (names.length === 1) return `Only ${names[0]} can be written here; otherwise leave the key out.`
	return `Use one of ${names.join(', ')}.${meant(String(found), names)}`
}

function unknownKey(key: string, known: readonly string[]): string {
	const near = meant(key, known)
	return `No key is called ${key} here.${near === '' ? ` Use ${known.join(', ')}.` : near}`
}

function meant(written: string, known: readonly string[]): string {
	const near = nearest(written, known)
	return near === null ? '' : ` Did you mean ${near}?`
}

/** The known word that takes the fewest changes, if those are few. */
function nearest(written: string, known: readonly string[]): string | null {
	if (written.length > 60) return null
	const allowed = Math.max(1, Math.floor(written.length / 3))
	const [first] = known
		.map((word) => ({ word, distance: distanceOf(written.toLowerCase(), word.toLowerCase()) }))
		.filter(({ distance }) => distance <= allowed)
		.sort((a, b) => a.distance - b.distance)
	return first?.word ?? null
}

/** Letters to add, take out or change (Levenshtein). */
function distanceOf(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i)
	for (let i = 1; i <= a.length; i++) {
		const next = [i]
		for (let j = 1; j <= b.length; j++)
			next.push(
				Math.min(
					(next[j - 1] ?? 0) + 1,
					(row[j] ?? 0) + 1,
					(row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
				),
			)
		row = next
	}
	return row[b.length] ?? 0
}

function valueAt(value: unknown, path: Path): unknown {
	return path.reduce<unknown>(
		(at, key) =>
			isSection(at) && Object.hasOwn(at, key) ? (at as Record<PropertyKey, unknown>)[key] : undefined,
		value,
	)
}
