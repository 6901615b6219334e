import { createHash } from 'node:crypto'
import type { ScimUserRow } from '#db/queries/scim.ts'
import { canonicalJson, type Json } from '#workflows/shared/canonical-json.ts'
import { CHARTERKEEP, CORE, ENTERPRISE, type Draft } from './attributes.ts'

const given = <T extends Record<string, unknown>>(parts: T): Partial<T> =>
	Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null)) as Partial<T>

/** What is stored of a person, as a draft that a PATCH changes. */
export const draftOf = ({ said, ...row }: ScimUserRow): Draft => ({
	userName: row.userName,
	externalId: said?.externalId ?? null,
	displayName: row.displayName,
	givenName: said?.givenName ?? null,
	familyName: said?.familyName ?? null,
	email: said?.email ?? null,
	active: said?.active ?? true,
	employeeNumber: said?.employeeNumber ?? null,
	organization: row.organization,
	managerId: said?.managerId ?? null,
	entraObjectId: row.entraObjectId,
})

export type ScimUser = Record<string, unknown> & {
	id: string
	meta: { resourceType: 'User'; created: string; lastModified: string; version: string; location: string }
}

/** A person as a SCIM user (RFC 7643, section 4.1). `base` is the address of `/scim/v2`. */
export function representUser(row: ScimUserRow, base: string): ScimUser {
	const draft = draftOf(row)
	const { givenName, familyName } = draft
	const name = given({ givenName, familyName })
	const formatted = [givenName, familyName].filter((part) => part !== null).join(' ')
	const user = {
		schemas: [CORE, ENTERPRISE, CHARTERKEEP],
		id: row.id,
		...given({ externalId: draft.externalId, userName: draft.userName, displayName: draft.displayName }),
		...(formatted === '' ? {} : { name: { formatted, ...name } }),
		active: draft.active,
		...(draft.email === null ? {} : { emails: [{ value: draft.email, type: 'work', primary: true }] }),
		[ENTERPRISE]: given({
			employeeNumber: draft.employeeNumber,
			organization: draft.organization,
			manager:
				draft.managerId === null
					? null
					: { value: draft.managerId, $ref: `${base}/Users/${draft.managerId}` },
		}),
		[CHARTERKEEP]: { entraObjectId: draft.entraObjectId },
	}
	return {
		...user,
		meta: {
			resourceType: 'User',
			created: row.createdAt.toISOString(),
			lastModified: (row.said?.updatedAt ?? row.createdAt).toISOString(),
			location: `${base}/Users/${row.id}`,
			version: versionOf(user),
		},
	}
}

/** A weak entity tag of what a client sees: it changes with that, whoever changed it. */
const versionOf = (user: Json) =>
	`W/"${createHash('sha256').update(canonicalJson(user)).digest('base64url').slice(0, 22)}"`

const EXTENSIONS = [ENTERPRISE, CHARTERKEEP]

/** The attribute names in `attributes` or `excludedAttributes`, as paths into the resource. */
function pathsOf(names: string): string[][] {
	return names.split(',').flatMap((raw) => {
		const name = raw.trim()
		if (name === '') return []
		const lower = name.toLowerCase()
		const extension = EXTENSIONS.find((urn) => lower.startsWith(urn.toLowerCase()))
		if (extension !== undefined) {
			const rest = lower.slice(extension.length + 1)
			return [[extension.toLowerCase(), ...(rest === '' ? [] : rest.split('.'))]]
		}
		const core = lower.startsWith(`${CORE.toLowerCase()}:`) ? lower.slice(CORE.length + 1) : lower
		return [core.split('.')]
	})
}

/** Only what was asked for (RFC 7644, section 3.9). `schemas` and `id` are always returned. */
export function project(
	user: Record<string, unknown>,
	{ attributes, excludedAttributes }: { attributes: string | null; excludedAttributes: string | null },
): Record<string, unknown> {
	if (attributes === null && excludedAttributes === null) return user
	const keep = attributes !== null
	const paths = pathsOf(attributes ?? excludedAttributes ?? '')
	const { schemas, id, ...rest } = user
	return { schemas, id, ...(pick(rest, paths, keep) as Record<string, unknown>) }
}

function pick(value: unknown, paths: readonly string[][], keep: boolean): unknown {
	if (Array.isArray(value)) return value.map((entry: unknown) => pick(entry, paths, keep))
	if (typeof value !== 'object' || value === null) return value
	const kept: Record<string, unknown> = {}
	for (const [key, inner] of Object.entries(value)) {
		const here = paths.filter(([first]) => first === key.toLowerCase())
		const isWhole = here.some((path) => path.length === 1)
		if (here.length === 0 ? !keep : isWhole && keep) kept[key] = inner
		else if (here.length > 0 && !isWhole)
			kept[key] = pick(
				inner,
				here.map((path) => path.slice(1)),
				keep,
			)
	}
	return kept
}
