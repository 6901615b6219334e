import type { GraphRow } from '#workflows/tenant/graph-rows.ts'
import { policyGroupIds } from '#workflows/tenant/assemble-picture.ts'
import type { RawTenant } from '#workflows/tenant/raw-tenant.ts'
import type { MemberOf } from '../tenant-port.ts'
import { saysAbsent } from './outcome.server.ts'
import type { ListReader, ListsReader } from './read-list.server.ts'

const ROLE = '#microsoft.graph.directoryRole'

/** What somebody is in, also through other groups. */
export async function readMemberOf(read: ListReader, objectId: string): Promise<MemberOf> {
	const list = await read(
		'memberOf',
		`/users/${encodeURIComponent(objectId)}/transitiveMemberOf?$select=id,roleTemplateId&$top=999`,
	)
	return list.read ? memberOf(list.rows) : list
}

/** Of what the application may not read Graph tells type and id alone: a role without its template is not known. */
function memberOf(rows: readonly GraphRow<'memberOf'>[]): Extract<MemberOf, { read: true }> {
	const roles = rows.filter((row) => row['@odata.type'] === ROLE)
	const templates = roles.flatMap(({ roleTemplateId }) =>
		roleTemplateId ? [roleTemplateId.toLowerCase()] : [],
	)
	return {
		read: true,
		groups: rows.filter((row) => row['@odata.type'] !== ROLE).map(({ id }) => id.toLowerCase()),
		roles: templates.length === roles.length ? templates : null,
	}
}

/** Everybody in the groups that policies turn on, where nothing else has them read: twenty groups in a call. */
export async function readPolicyGroups(
	readLists: ListsReader,
	raw: Pick<RawTenant, 'conditionalAccess' | 'groupLists'>,
): Promise<RawTenant['policyGroups']> {
	const ids = policyGroupIds(raw.conditionalAccess).filter((id) => !raw.groupLists.has(id))
	const lists = await readLists(
		'groupTransitiveMembers',
		ids.map((id) => `/groups/${encodeURIComponent(id)}/transitiveMembers?$select=id&$top=999`),
	)
	return new Map(
		lists.map((list, index) => [
			ids[index] ?? '',
			!list.read && saysAbsent(list.code) ? { read: true, rows: [] } : list,
		]),
	)
}
