import type { Asked } from './surface.ts'

/** What an object of the tenant is; null where there is none of that id. */
export type TypeOf = (id: string) => 'user' | 'group' | 'servicePrincipal' | null

/** Rows with whose they are, where a call expands it: `$expand=principal($select=id)`, which is all that Graph takes. */
export function withPrincipal(
	rows: readonly Record<string, unknown>[],
	{ url }: Pick<Asked, 'url'>,
	typeOf: TypeOf,
): Record<string, unknown>[] {
	if (url.searchParams.get('$expand') !== 'principal($select=id)') return [...rows]
	return rows.map((row) => {
		const type = typeOf(String(row.principalId))
		const principal =
			type === null ? null : { '@odata.type': `#microsoft.graph.${type}`, id: row.principalId }
		return { ...row, principal }
	})
}
