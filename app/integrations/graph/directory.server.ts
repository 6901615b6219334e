import { GraphError, type Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { methodKindOf, type MethodKind } from '#workflows/people/authentication-methods.ts'
import type { UserChange } from '#workflows/people/tenant-users.ts'
import {
	DirectoryUnavailable,
	type ChangesPage,
	type DirectoryPort,
	type RoleHolder,
} from '../directory-port.ts'
import { equals } from './client.server.ts'
import type { Capability } from './clouds.ts'
import { NoAnswer } from './https-fetch.server.ts'
import { refusalOf } from './outcome.server.ts'

const DELTA = '/users/delta'
const FIRST_PAGE = `${DELTA}?$select=id,userPrincipalName,displayName,accountEnabled,userType`
/** Nobody registers so many methods that more pages are needed. */
const MAX_METHOD_PAGES = 5

const ROLE_LISTS = [
	['active', '/roleManagement/directory/roleAssignmentScheduleInstances'],
	['eligible', '/roleManagement/directory/roleEligibilityScheduleInstances'],
] as const
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
const deltaSchema = z.object({
	value: z.array(userSchema),
	'@odata.nextLink': z.string().nullish(),
	'@odata.deltaLink': z.string().nullish(),
})
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
const methodsSchema = z.object({
	value: z.array(z.object({ '@odata.type': z.string().nullish() })),
	'@odata.nextLink': z.string().nullish(),
})

/** A delta token that is too old or of another state: 410, or one of these with another status. */
const RESYNC = new Set([
	'syncstatenotfound',
	'resyncrequired',
	'syncstateinvalid',
	'directory_resyncrequired',
])
const NO_SUCH_USER = new Set(['Request_ResourceNotFound', 'ResourceNotFound', 'userNotFound', 'itemNotFound'])

/** Users of the tenant by delta query, and their authentication methods, through Microsoft Graph. */
export function graphDirectory(
	client: Client,
	{ graphBaseUrl, tenantId, lacks }: { graphBaseUrl: string; tenantId: string; lacks: readonly Capability[] },
): DirectoryPort {
	/** What the cloud is known not to have is not called. */
	const demand = (capability: Capability) => {
		if (lacks.includes(capability)) throw new DirectoryUnavailable('unsupported', 'NotInThisCloud')
	}
	/** A link is followed as it was given, and only where it leads to: the token goes with it. */
	const isOurs = (link: string, path: RegExp) => {
		const url = URL.parse(link)
		return url !== null && url.origin === new URL(graphBaseUrl).origin && path.test(url.pathname)
	}
	const isDelta = (link: string) => isOurs(link, /^\/v1\.0\/users\/(?:microsoft\.graph\.)?delta(?:\(\))?$/)

	return {
		tenant: `${tenantId} ${graphBaseUrl}`,

		async changes(link): Promise<ChangesPage> {
			if (link !== null && !isDelta(link)) return { kind: 'resync', link: null }
			let answer: z.infer<typeof deltaSchema>
			try {
				answer = deltaSchema.parse(await client.api(link ?? FIRST_PAGE).get())
			} catch (error) {
				const location = link === null ? null : resyncOf(error)
				if (location === null) throw troubleOf(error)
				return { kind: 'resync', link: isDelta(location) && location !== link ? location : null }
			}
			const next = answer['@odata.nextLink']
			const then = next ?? answer['@odata.deltaLink']
			// A page that leads to itself would be read for ever; a delta link may stay the same where nothing has changed.
			if (!then || !isDelta(then) || (next && next === link))
				throw new DirectoryUnavailable('unavailable', 'BadLink')
			return {
				kind: 'page',
				changes: answer.value.map(changeOf),
				then: { kind: next ? 'next' : 'done', link: then },
			}
		},

		async roleHolders(roleDefinitionId): Promise<readonly RoleHolder[]> {
			demand('pim-roles')
			const holders: RoleHolder[] = []
			for (const [kind, list] of ROLE_LISTS) {
				const filter = equals('roleDefinitionId', roleDefinitionId).replaceAll(' ', '%20')
				let next: string | null = `${list}?$filter=${filter}`
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

		async methods(objectId): Promise<readonly MethodKind[] | null> {
			demand('authentication-methods')
			const kinds = new Set<MethodKind>()
			const path = `/users/${encodeURIComponent(objectId)}/authentication/methods`
			let next: string | null = path
			try {
				for (let pages = 0; next !== null && pages < MAX_METHOD_PAGES; pages++) {
					const answer: z.infer<typeof methodsSchema> = methodsSchema.parse(await client.api(next).get())
					for (const method of answer.value) kinds.add(methodKindOf(method['@odata.type']))
					next = answer['@odata.nextLink'] ?? null
					if (next !== null && !isOurs(next, /^\/v1\.0\/users\//))
						throw new DirectoryUnavailable('unavailable', 'BadLink')
				}
			} catch (error) {
				const refusal = refusalOf(error)
				if (refusal?.status === 404 && NO_SUCH_USER.has(refusal.code)) return null
				throw troubleOf(error)
			}
			// A list that was cut off must not pass for one without phishing-resistant methods.
			if (next !== null) throw new DirectoryUnavailable('unavailable', 'TooManyPages')
			return [...kinds].sort()
		},
	}
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

/** Where to begin anew ('' for the beginning) when an answer says that the token is worth nothing; null when it does not. */
function resyncOf(error: unknown): string | null {
	const refusal = refusalOf(error)
	if (refusal === null) return null
	if (refusal.status !== 410 && !RESYNC.has(refusal.code.toLowerCase())) return null
	return (error instanceof GraphError ? error.headers?.get('location') : null) ?? ''
}

/** What stands in the way, in our words and the tenant's. What is not understood is `unavailable`. */
export function troubleOf(error: unknown): DirectoryUnavailable {
	if (error instanceof DirectoryUnavailable) return error
	if (error instanceof NoAnswer) return new DirectoryUnavailable('unavailable', 'NoAnswer')
	if (error instanceof z.ZodError) return new DirectoryUnavailable('unavailable', 'UnreadableAnswer')
	const refusal = refusalOf(error)
	if (refusal === null) return new DirectoryUnavailable('unavailable', 'NoToken')
	const { status, code, message, retryAfterMs } = refusal
	const trouble = (): DirectoryUnavailable['trouble'] => {
		if (status === 429) return 'throttled'
		if (status === 403) return 'forbidden'
		// Graph answers an unknown part of an address with 400; a cloud without the service may say 404 or 501.
		if (status === 501 || (status === 400 && message.startsWith('Resource not found for the segment')))
			return 'unsupported'
		if (status === 404) return 'unsupported'
		return 'unavailable'
	}
	return new DirectoryUnavailable(trouble(), code.slice(0, 80), retryAfterMs)
}
