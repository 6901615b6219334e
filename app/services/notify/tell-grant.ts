import type { GrantContext } from '#workflows/grants/grant-context.ts'
import type { GrantEntry } from '../access/step-grant.server.ts'
import { menders } from '../tenant/menders.ts'
import type { Telling } from './notify.server.ts'

/** Whom a step of a grant is to be told, and what: only what the tenant has confirmed, refused or left open. */
export function tellingsOfGrant(
	{ kind, open }: GrantEntry,
	{ personId, requestId, endsAt, cause }: GrantContext,
	at: Date,
): Telling[] {
	const told = { to: [personId], about: { type: 'request', id: requestId }, at } as const
	switch (kind) {
		case 'grant.confirmed':
			// Nobody is told of an access that is first seen when it is being taken away.
			return cause !== null ? [] : [{ ...told, kind: 'access_active', deadline: endsAt }]
		case 'grant.extended':
			return [{ ...told, kind: 'access_extended', deadline: endsAt }]
		case 'grant.drifted':
			return [{ ...told, kind: 'access_drifted', to: [personId, { duty: 'security_officer' }] }]
		case 'grant.failed':
			return [{ ...told, kind: 'access_failed', to: [personId, ...menders(open.code)], code: open.code }]
		case 'grant.removal_not_confirmed':
			return [{ ...told, kind: 'removal_not_confirmed', to: [personId, { duty: 'security_officer' }] }]
		case 'grant.ended':
			return open.how === 'never_active' ? [] : [{ ...told, kind: 'access_ended' }]
		default:
			return []
	}
}
