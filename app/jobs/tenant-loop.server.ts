import type { Deps } from '#app/services/deps.ts'
import { readMethods } from '#app/services/tenant/read-methods.server.ts'
import { syncTenantGroups } from '#app/services/tenant/sync-groups.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { tellCertificates } from '#app/services/tenant/tell-certificates.server.ts'
import { createLockedLoop } from './locked-loop.server.ts'

const TICK_MS = 2000
const METHODS_TICK_MS = 10_000
const CERTIFICATES_TICK_MS = 600_000

/**
 * Follows the users of the tenant, their authentication methods, and every `groupsMs` what changes in governed groups, one process at
 * a time, and warns of certificates that end. Whether anything is due stands in the database, so asking for a round is a row, and a
 * worker that was killed is followed by the next.
 */
export function startTenantLoop(deps: Deps, groupsMs: number): { stop: () => Promise<void> } {
	let stopped = false
	const mayGoOn = () => !stopped
	const loop = (lock: string, work: () => Promise<unknown>) =>
		createLockedLoop(deps, { lock, trouble: 'the tenant could not be followed' }, work)
	const users = loop('tenant.users', () => syncTenantUsers(deps, { mayGoOn }))
	const certificates = loop('tenant.certificates', () => tellCertificates(deps))
	const methods = loop('tenant.methods', () => readMethods(deps, { mayGoOn }))
	const groups = loop('tenant.groups', () => syncTenantGroups(deps, { everyMs: groupsMs, mayGoOn }))
	users.wake()
	certificates.wake()
	groups.wake()
	const ticks = [
		setInterval(() => certificates.wake(), CERTIFICATES_TICK_MS),
		setInterval(() => users.wake(), TICK_MS),
		setInterval(() => methods.wake(), METHODS_TICK_MS),
		setInterval(() => groups.wake(), TICK_MS),
	]
	return {
		async stop() {
			stopped = true
			for (const tick of ticks) clearInterval(tick)
			await Promise.all([users.stop(), methods.stop(), groups.stop(), certificates.stop()])
		},
	}
}
