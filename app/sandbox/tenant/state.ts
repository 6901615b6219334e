import {
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** What the tenant was asked to do with one role assignment, and what came of it. Times are epoch milliseconds. */
export type StoredRequest = {
	id: string
	action: 'adminAssign' | 'adminUpdate' | 'adminRemove'
	principalId: string
	roleDefinitionId: string
	directoryScopeId: string
	justification: string | null
	ticketNumber: string | null
	ticketSystem: string | null
	targetScheduleId: string | null
	createdAt: number
	/** When an assignment becomes effective. */
	provisionAt: number
	endAt: number | null
	expirationType: 'noExpiration' | 'afterDateTime' | 'afterDuration'
	removedAt: number | null
	canceledAt: number | null
}

export type TenantState = { requests: StoredRequest[]; sessionsRevoked: Record<string, number> }

/** The tenant's memory in one file, written whole, synced and renamed before an answer leaves. */
export function openState(directory: string): { state: TenantState; save: () => void } {
	mkdirSync(directory, { recursive: true, mode: 0o700 })
	const file = join(directory, 'tenant.json')
	const state: TenantState = existsSync(file)
		? (JSON.parse(readFileSync(file, 'utf8')) as TenantState)
		: { requests: [], sessionsRevoked: {} }
	return {
		state,
		save() {
			const draft = `${file}.draft`
			const handle = openSync(draft, 'w', 0o600)
			try {
				writeSync(handle, JSON.stringify(state))
				fsyncSync(handle)
			} finally {
				closeSync(handle)
			}
			renameSync(draft, file)
		},
	}
}
