import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'

/** Whoever the picture names and a report may speak of. */
export type NamedAccount = { objectId: string; name: string | null; upn: string | null }

/** Names of those who hold something, and of the groups through which: a report itself holds ids alone. */
export function namesIn(picture: TenantPicture, ids: ReadonlySet<string>): NamedAccount[] {
	return [
		...picture.users
			.filter(({ objectId }) => ids.has(objectId))
			.map(({ objectId, displayName, userPrincipalName }) => ({
				objectId,
				name: displayName,
				upn: userPrincipalName,
			})),
		...[...picture.servicePrincipals, ...picture.groups]
			.filter(({ objectId }) => ids.has(objectId))
			.map(({ objectId, displayName }) => ({ objectId, name: displayName, upn: null })),
	]
}
