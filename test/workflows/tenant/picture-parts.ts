import {
	emptyPicture,
	PICTURE_PARTS,
	type PicturePart,
	type PictureUser,
	type TenantPicture,
} from '#workflows/tenant/tenant-picture.ts'
import type { GroupHolding, PictureGroup, RoleHolding } from '#workflows/tenant/picture-holdings.ts'

export const READ_AT = '2026-11-30T06:00:00.000Z'
export const GLOBAL_READER = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'

/** A picture in which everything was read, and nothing is there but what is given. */
export function pictureOf(
	given: Partial<Omit<TenantPicture, 'parts'>> = {},
	unread: readonly PicturePart[] = [],
): TenantPicture {
	const picture = { ...emptyPicture('tenant', READ_AT), ...given }
	for (const part of PICTURE_PARTS)
		picture.parts[part] = unread.includes(part)
			? { read: false, why: 'forbidden', code: 'Authorization_RequestDenied' }
			: { read: true }
	return picture
}

export const user = (objectId: string, given: Partial<PictureUser> = {}): PictureUser => ({
	objectId,
	displayName: objectId,
	userPrincipalName: `${objectId}@example.org`,
	accountEnabled: true,
	userType: 'member',
	syncedFromOnPremises: false,
	...given,
})

export const roleHolding = (principalId: string, given: Partial<RoleHolding> = {}): RoleHolding => ({
	principalId,
	principalKind: 'user',
	roleDefinitionId: GLOBAL_READER,
	directoryScopeId: '/',
	how: 'assigned',
	memberType: 'direct',
	from: null,
	until: null,
	isEndKnown: true,
	scheduleId: null,
	assignmentId: null,
	ticketNumbers: [],
	...given,
})

export const groupHolding = (
	groupId: string,
	principalId: string,
	given: Partial<GroupHolding> = {},
): GroupHolding => ({
	groupId,
	relation: 'member',
	principalId,
	principalKind: 'user',
	how: 'direct',
	from: null,
	until: null,
	isEndKnown: true,
	scheduleId: null,
	ticketNumbers: [],
	...given,
})

export const group = (objectId: string, given: Partial<PictureGroup> = {}): PictureGroup => ({
	objectId,
	displayName: objectId,
	exists: true,
	isRoleAssignable: true,
	managed: 'cloud',
	members: [],
	owners: [],
	unread: [],
	...given,
})
