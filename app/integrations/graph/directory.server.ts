import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { methodKindOf, type MethodKind } from '#workflows/people/authentication-methods.ts'
import type { UserChange } from '#workflows/people/tenant-users.ts'
import { NOT_IN_THIS_CLOUD } from '#workflows/tenant/tenant-picture.ts'
import { DirectoryUnavailable, type DirectoryPort, type RoleHolder } from '../directory-port.ts'
import { equals } from './client.server.ts'
import type { Capability } from './clouds.ts'
import { readDelta } from './delta.server.ts'
import type { Lanes } from './lanes.server.ts'
import { readMethodLists, type MethodList } from './method-lists.server.ts'
import { troubleOf } from './trouble.server.ts'

const DELTA_PATHS = {
	users: /^\/v1\.0\/users\/(?:microsoft\.graph\.)?delta(?:\(\))?$/,
	groups: /^\/v1\.0\/groups\/(?:microsoft\.graph\.)?delta(?:\(\))?$/,
} as const
/** Members alone: owners are no part of what is asked for, so a new owner is found by a look. */
const firstOfGroups = (groupIds: readonly string[]) =>
	`/groups/delta?$filter=${groupIds
		.map((id) => equals('id', id))
		.join(' or ')
		.replaceAll(' ', '%20')}&$select=members`
const FIRST_PAGE = `/users/delta?$select=id,userPrincipalName,displayName,accountEnabled,userType`

const ROLE_LISTS = [
	['active', '/roleManagement/directory/roleAssignmentScheduleInstances'],
	['eligible', '/roleManagement/directory/roleEligibilityScheduleInstances'],
] as const
const ROLE_COLUMNS = 'id,principalId,roleDefinitionId,directoryScopeId,startDateTime,endDateTime'
/** No role that answers a provider has so many holders that more pages are needed. */
const MAX_ROLE_PAGES = 20
/** An assignment for a part of the tenant alone answers nothing for all of it. */
const WHOLE_TENANT = '/'

const userSchema = z.object({
	id: z.uuid(),
	userPrincipalName: z.string().max(1024).nullish(),
	displayName: z.string().max(1024).nullish(),
	accountEnabled: z.boolean().nullish(),
	userType: z.string().max(64).nullish(),
	'@removed': z.object({ reason: z.string().nullish() }).nullish(),
})
const groupSchema = z.object({ id: z.uuid() })
const roleHoldersSchema = z.object({
	value: z.array(
		z.object({
			principalId: z.string().max(64),
			roleDefinitionId: z.string().max(64),
			directoryScopeId: z.string().nullish(),
			startDateTime: z.string().nullish(),
			endDateTime: z.string().nullish(),
		}),
	),
	'@odata.nextLink': z.string().nullish(),
})

/** Users of the tenant by delta query, and their authentication methods, through Microsoft Graph. */
export function graphDirectory(
	client: Client,
	lanes: Lanes,
	{ graphBaseUrl, tenantId, lacks }: { graphBaseUrl: string; tenantId: string; lacks: readonly Capability[] },
): DirectoryPort {
	/** What the cloud is known not to have is not called. */
	const demand = (capability: Capability) => {
		if (lacks.includes(capability)) throw new DirectoryUnavailable('unsupported', NOT_IN_THIS_CLOUD)
	}
	/** A link is followed as it was given, and only where it leads to: the token goes with it. */
	const isOurs = (link: string, path: RegExp) => {
		const url = URL.parse(link)
		return url !== null && url.origin === new URL(graphBaseUrl).origin && path.test(url.pathname)
	}
	const isDelta = (link: string, of: 'users' | 'groups') => isOurs(link, DELTA_PATHS[of])

	async function methodsOf(
		objectIds: readonly string[],
	): Promise<(readonly MethodKind[] | null | DirectoryUnavailable)[]> {
		demand('authentication-methods')
		const lists = await readMethodLists({ client, lanes, graphBaseUrl }, 'methods', objectIds)
		return lists.map(kindsIn)
	}

	return {
		tenant: `${tenantId} ${graphBaseUrl}`,

		changes: (link) =>
			readDelta(client, {
				link,
				first: FIRST_PAGE,
				row: userSchema,
				isOurs: (each) => isDelta(each, 'users'),
				changeOf,
			}),

		groupChanges: (link, groupIds) =>
			readDelta(client, {
				link,
				first: firstOfGroups(groupIds),
				row: groupSchema,
				isOurs: (each) => isDelta(each, 'groups'),
				changeOf: ({ id }) => id.toLowerCase(),
			}),

		async roleHolders(roleDefinitionId): Promise<readonly RoleHolder[]> {
			demand('pim-roles')
			const holders: RoleHolder[] = []
			for (const [kind, list] of ROLE_LISTS) {
				const filter = equals('roleDefinitionId', roleDefinitionId).replaceAll(' ', '%20')
				let next: string | null = `${list}?$filter=${filter}&$select=${ROLE_COLUMNS}`
				try {
					for (let pages = 0; next !== null && pages < MAX_ROLE_PAGES; pages++) {
						const answer: z.infer<typeof roleHoldersSchema> = roleHoldersSchema.parse(
							await client.api(next).get(),
						)
						for (const row of answer.value)
							// What a tenant lists beside what was asked for, or for a part of it, is nobody's holding.
							if (row.roleDefinitionId === roleDefinitionId && row.directoryScopeId === WHOLE_TENANT)
								holders.push({
									objectId: row.principalId.toLowerCase(),
									kind,
									from: instantOf(row.startDateTime),
									until: instantOf(row.endDateTime),
								})
						next = answer['@odata.nextLink'] ?? null
						if (next !== null && !isOurs(next, /^\/v1\.0\/roleManagement\/directory\//))
							throw new DirectoryUnavailable('unavailable', 'BadLink')
					}
				} catch (error) {
					const trouble = troubleOf(error)
					// Who could activate it is told beside and counts for nothing; not every app may read it.
					if (kind === 'eligible' && (trouble.trouble === 'forbidden' || trouble.trouble === 'unsupported'))
						break
					throw trouble
				}
				// Part of a list must not pass for the whole of it: somebody who holds the role would be missing.
				if (next !== null) throw new DirectoryUnavailable('unavailable', 'TooManyPages')
			}
			return holders
		},

		async methods(objectId) {
			const [kinds = null] = await methodsOf([objectId])
			if (kinds instanceof DirectoryUnavailable) throw kinds
			return kinds
		},

		methodsOf,
	}
}

/** Every kind that is registered, each once; null where there is no such user. */
function kindsIn(list: MethodList): readonly MethodKind[] | null | DirectoryUnavailable {
	if (list === 'absent') return null
	if (list instanceof DirectoryUnavailable) return list
	return [...new Set(list.map((method) => methodKindOf(method['@odata.type'])))].sort()
}

/** An instant as the tenant writes it; one that cannot be read makes the answer unreadable. */
function instantOf(text: string | null | undefined): Date | null {
	if (text === null || text === undefined) return null
	const at = new Date(text)
	if (Number.isNaN(at.getTime())) throw new DirectoryUnavailable('unavailable', 'UnreadableAnswer')
	return at
}

function changeOf({ id, '@removed': removed, ...told }: z.infer<typeof userSchema>): UserChange {
	return {
		objectId: id.toLowerCase(),
		...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
		removed: removed ? (removed.reason === 'deleted' ? 'deleted' : 'soft_deleted') : null,
	}
}
