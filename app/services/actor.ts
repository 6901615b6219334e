import type { Permission } from '#workflows/people/permissions.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** Who is signed in, or whose token a program shows, with what they may do at this moment. */
export type Actor = {
	personId: string
	/** The session; of a program, which has none, its token. */
	sessionId: string
	/** The token that a program shows in their place. Absent for the person themselves. */
	tokenId?: string
	displayName: string
	permissions: ReadonlySet<Permission>
}

/** Throws FORBIDDEN unless the actor has the permission now. */
export function demand(actor: Actor, permission: Permission): void {
	if (!actor.permissions.has(permission)) {
		throw new DomainError('FORBIDDEN', 'Your duties do not allow this.', { permission })
	}
}

/** How an entry says that a program acted in the person's place, and by which token. */
export const byToken = ({ tokenId }: Pick<Actor, 'tokenId'>) => (tokenId === undefined ? {} : { tokenId })
