import { plusMs, type Instant } from '../shared/instants.ts'

/** Access tokens live for 60 to 90 minutes, at random; nobody can take one back. */
const TOKEN_MS = 90 * 60_000
/** With continuous access evaluation they live for up to 28 hours: changes of roles are not among what it tells of. */
export const EVALUATED_TOKEN_MS = 28 * 3_600_000
/** It does tell that sessions were ended, within so long. */
const EVALUATION_MS = 15 * 60_000

/** Until when tokens that were given out before the end of an access may still carry it. */
export type TokenTail = {
	/** At services and applications without continuous access evaluation. */
	plain: Instant
	/** At those with it. */
	evaluated: Instant
}

/**
 * How long what was signed in before may outlive the removal, at most (Microsoft's published lifetimes of access tokens and
 * delays of continuous access evaluation; a tenant's own token lifetime policy may say otherwise).
 */
export function tokenTail({
	removedAt,
	sessionsEndedAt,
}: {
	removedAt: Instant
	/** When Entra ID was told to end the person's sessions; null where it was not, or not after the removal. */
	sessionsEndedAt: Instant | null
}): TokenTail {
	const isEnded = sessionsEndedAt !== null && sessionsEndedAt >= removedAt
	return {
		plain: plusMs(removedAt, TOKEN_MS),
		evaluated: isEnded ? plusMs(sessionsEndedAt, EVALUATION_MS) : plusMs(removedAt, EVALUATED_TOKEN_MS),
	}
}
