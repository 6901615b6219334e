import type { Permission } from '#workflows/people/permissions.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** Who is signed in, with what they may do at this moment. */
export type Actor = {
	personId: string
	sessionId: string
	displayName: string
	permissions: ReadonlySet<Permission>
}

/** Throws FORBIDDEN unless the actor has the permission now. */
export function demand(actor: Actor, permission: Permission): void {
	if (!actor.permissions.has(permission)) {
		throw new DomainError('FORBIDDEN', 'Your duties do not allow this.', { permission })
	}
}
