import type { Permission } from './permissions.ts'

/** What a token may be given to do. There is none that decides: a decision takes a passkey. */
export const API_SCOPES = [
	'requests:read',
	'requests:write',
	'grants:read',
	'grants:end',
	'findings:read',
] as const
export type ApiScope = (typeof API_SCOPES)[number]

/** How long a token may work at most, in days. */
export const LONGEST_TOKEN_DAYS = 90

/** What of a person's own rights a scope passes on. What is one's own needs no permission, only the scope. */
const PASSES_ON: Readonly<Record<ApiScope, readonly Permission[]>> = {
	'requests:read': ['request:read_all'],
	'requests:write': ['request:file'],
	'grants:read': ['grant:read_all'],
	'grants:end': [],
	'findings:read': ['finding:read'],
}

/** What somebody may do through a token: what they may do themselves at this moment, as far as its scopes pass it on. */
export function permissionsThrough(
	scopes: readonly ApiScope[],
	own: ReadonlySet<Permission>,
): ReadonlySet<Permission> {
	return new Set(scopes.flatMap((scope) => PASSES_ON[scope]).filter((permission) => own.has(permission)))
}
