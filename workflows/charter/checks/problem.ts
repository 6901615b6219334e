import type { Charter } from '../charter.schema.ts'

/** Something that must be mended before a charter can be used: where it stands, and what to do. */
export type Problem = { path: (string | number)[]; message: string }

/** Problems of references to roles or facilities that the charter does not have. */
export function unknownNames(
	charter: Charter,
	kind: 'roles' | 'facilities',
	path: (string | number)[],
	names: readonly string[],
): Problem[] {
	return names.flatMap((name, i) =>
		Object.hasOwn(charter[kind], name) ? [] : [unknownName(kind, [...path, i], name)],
	)
}

/** The problem of one such reference. */
export function unknownName(kind: 'roles' | 'facilities', path: (string | number)[], name: string): Problem {
	const word = kind === 'roles' ? 'role' : 'facility'
	return { path, message: `No ${word} is called ${name}: add it under ${kind}, or correct the name.` }
}
