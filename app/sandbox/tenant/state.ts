import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** What the tenant was asked to do with one role assignment, and what came of it. Times are epoch milliseconds. */
export type StoredRequest = {
	id: string
	action: 'adminAssign' | 'adminUpdate' | 'adminRemove'
	principalId: string
	/** What it is about, as the requests of its kind name it: a role and a scope, or a group and a relation. */
	place: Readonly<Record<string, string>>
	justification: string | null
	ticketNumber: string | null
	ticketSystem: string | null
	targetScheduleId: string | null
	createdAt: number
	/** When an assignment becomes effective. */
	provisionAt: number
	/** Whether it was asked for with a start that lay ahead. */
	beginsLater?: boolean
	/** Whether somebody who is eligible activated it by themselves. */
	isActivation?: boolean
	endAt: number | null
	expirationType: 'noExpiration' | 'afterDateTime' | 'afterDuration'
	removedAt: number | null
	canceledAt: number | null
	/** What somebody else in the tenant, or a failure, made of it: nothing is held by it. */
	decided?: string
	/** An assignment made past PIM: no request stands for it, and its schedule bears the id of the assignment. */
	isDirect?: boolean
}

/** A user of the tenant, and at which change of the directory they became so. */
export type StoredUser = {
	displayName: string | null
	userPrincipalName: string | null
	accountEnabled: boolean
	userType: string
	/** As Graph gives the reason: `changed` can be restored. */
	removed: 'changed' | 'deleted' | null
	seq: number
}

/** Somebody who could activate a role; where nothing is said they have not. */
export type StoredEligibility = { id: string; principalId: string; roleDefinitionId: string; from: number }
export type StoredGroupEligibility = {
	id: string
	principalId: string
	groupId: string
	accessId: 'member' | 'owner'
	from: number
}
/** Somebody who was put into a group outside of PIM, until they were taken out. */
type StoredMembership = {
	groupId: string
	relation: 'members' | 'owners'
	id: string
	addedAt: number
	removedAt: number | null
}
export type StoredPasskey = {
	aaGuid: string
	passkeyType: 'deviceBound' | 'synced'
	attestationLevel: 'attested' | 'notAttested'
}

export type TenantState = {
	requests: StoredRequest[]
	/** Of PIM for Groups. */
	groupRequests: StoredRequest[]
	memberships: StoredMembership[]
	sessionsRevoked: Record<string, number>
	/** Absent in a state that was stored before, like all that follows. */
	eligibilities?: StoredEligibility[]
	/** Who could activate a place in a group. */
	groupEligibilities?: StoredGroupEligibility[]
	/** FIDO2 methods by user; where nothing is said a key is bound to its device and attested. */
	passkeys?: Record<string, StoredPasskey[]>
}

export type DirectoryState = {
	/** Counts changes. */
	seq: number
	/** Tokens of another one are worth nothing. */
	epoch: number
	users: Record<string, StoredUser>
	methods: Record<string, string[]>
}

/** What the tenant knows of role assignments, in one file. */
export function openState(directory: string) {
	const opened = openFile<TenantState & OldGroups>(directory, 'tenant.json', {
		requests: [],
		groupRequests: [],
		memberships: [],
		sessionsRevoked: {},
	})
	// A file of before there were groups.
	opened.state.groupRequests ??= []
	opened.state.memberships ??= membershipsOf(opened.state)
	delete opened.state.groups
	opened.state.requests = opened.state.requests.map(upgraded)
	return opened
}

/** As who is in which group was stored before lists of it could lag. */
type OldGroups = { groups?: Record<string, Record<'members' | 'owners', string[]>> }
const membershipsOf = ({ groups = {} }: OldGroups): StoredMembership[] =>
	Object.entries(groups).flatMap(([groupId, lists]) =>
		(['members', 'owners'] as const).flatMap((relation) =>
			lists[relation].map((id) => ({ groupId, relation, id, addedAt: 0, removedAt: null })),
		),
	)

type OldRequest = StoredRequest & { roleDefinitionId?: string; directoryScopeId?: string }
const upgraded = ({ roleDefinitionId, directoryScopeId, ...request }: OldRequest): StoredRequest =>
	roleDefinitionId === undefined || directoryScopeId === undefined
		? request
		: { ...request, place: { roleDefinitionId, directoryScopeId } }

/** What the tenant knows of its users, in a file of its own: it is larger, and changes seldom. */
export const openDirectoryState = (directory: string) =>
	openFile<DirectoryState>(directory, 'directory.json', { seq: 0, epoch: 1, users: {}, methods: {} })

/**
 * Memory in one file, written whole, synced and renamed before an answer leaves: `save` asks for it, and `flush` waits.
 * What comes while it is being written is written together, so that many calls at once cost a few writings.
 */
function openFile<T extends object>(directory: string, name: string, initial: T) {
	mkdirSync(directory, { recursive: true, mode: 0o700 })
	const file = join(directory, name)
	const state = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : initial
	let isDirty = false
	let writing: Promise<void> | null = null
	async function write(): Promise<void> {
		// What is asked for within the same turn is written in one go.
		await Promise.resolve()
		isDirty = false
		const draft = `${file}.draft`
		const handle = await open(draft, 'w', 0o600)
		try {
			await handle.writeFile(JSON.stringify(state))
			await handle.sync()
		} finally {
			await handle.close()
		}
		await rename(draft, file)
	}
	/** Waits until all that was saved is on the disk. */
	async function flush(): Promise<void> {
		while (isDirty || writing !== null) {
			writing ??= write().finally(() => {
				writing = null
			})
			await writing
		}
	}
	return {
		state,
		save(): void {
			isDirty = true
		},
		flush,
	}
}
