import type { Instant } from '../shared/instants.ts'
import type { AssuranceCode } from './assurance-codes.ts'
import type { DriftAnswer } from './drift-answer.ts'
import type { Place } from './place.ts'

/**
 * Why an access is being ended. `lapse`: a fact that the permit rests on changed or ran out; `suspension`: an officer
 * stopped the person; `drift`: Entra holds something else than was approved, and nobody accepted it.
 */
export type EndCause =
	'deadline' | 'requester' | 'security_officer' | 'charter' | 'lapse' | 'suspension' | 'drift'

/** What a read-back found otherwise than approved. */
export type DriftKind = 'missing' | 'not_ours' | 'end' | 'scope'
export type Drift = {
	what: DriftKind
	/** The end that Entra states; null where it states none, or lists nothing. */
	seenEndsAt: Instant | null
}

/** An end that was approved by a request of its own and is to take the place of the present one. */
export type Extension = { requestId: string; endsAt: Instant }

export type GrantContext = {
	grantId: string
	requestId: string
	personId: string
	principalId: string
	place: Place
	durationMs: number
	/** When it was approved; null in those of version 1. */
	openedAt: Instant | null
	/** When it is to begin; null: at once. */
	startAt: Instant | null
	/** Fixed just before the first call to the tenant, so that every retry asks for the same end; moved by extensions. */
	endsAt: Instant | null
	startsAt: Instant | null
	tenantRequestId: string | null
	tenantInstanceId: string | null
	/** The tenant's id of the confirmed assignment: it stays where the request that made it is listed no more. */
	scheduleId: string | null
	/** The extension whose end Entra is being asked for; null while there is none. */
	extension: Extension | null
	/** Extensions that Entra has confirmed, and the ones that came to nothing, each by its request. */
	extended: readonly (Extension & { at: Instant })[]
	notExtended: readonly { requestId: string; code: string; at: Instant }[]
	/**
	 * What Entra holds otherwise than approved, since when, and what silence about it does (absent in those before version 7); null
	 * while it does not.
	 */
	drift: (Drift & { since: Instant; answer?: DriftAnswer }) | null
	/** When silence about a deviation ended it; null where it did not. What the guard against mass removal counts. */
	unansweredAt: Instant | null
	/** What an officer has accepted, so that it raises no second alarm. */
	acceptedDrift: Drift | null
	/** Why the access is being ended; null while it is not. */
	cause: EndCause | null
	endedBy: string | null
	/** Since when its removal is owed, however often it was put off; null while it is not, and in those before version 6. */
	endingSince: Instant | null
	/** When the next attempt to remove is due; null unless postponed. */
	retryAt: Instant | null
	/** When the kill switch last sent the removal; null where it did not. */
	killSwitchAt: Instant | null
	/** What Entra ID lacked when it was given, though the charter does not refuse for it. */
	warned: readonly AssuranceCode[]
	/** The tenant's code for a refused assignment, or ours for what speaks against it; null otherwise. */
	failure: string | null
	closedAt: Instant | null
}

type Identity = Pick<
	GrantContext,
	'grantId' | 'requestId' | 'personId' | 'principalId' | 'place' | 'durationMs'
>
/** With `startAt`, it begins then, `openedAt` being now; without, at once. */
export type GrantInput = Identity & { openedAt?: Instant; startAt?: Instant | null }

const NOT_YET = {
	openedAt: null,
	startAt: null,
	endsAt: null,
	startsAt: null,
	tenantRequestId: null,
	tenantInstanceId: null,
	scheduleId: null,
	extension: null,
	extended: [],
	notExtended: [],
	drift: null,
	unansweredAt: null,
	acceptedDrift: null,
	cause: null,
	endedBy: null,
	endingSince: null,
	retryAt: null,
	killSwitchAt: null,
	warned: [],
	failure: null,
	closedAt: null,
} as const satisfies Partial<GrantContext>

/** What a grant knows when it is opened. */
export const beginContext = (input: GrantInput): GrantContext => ({
	...NOT_YET,
	...input,
	openedAt: input.openedAt ?? null,
	startAt: input.startAt ?? null,
})

/** Of a grant before version 3: directory roles were all there was. */
type RoleContext = Omit<Identity, 'place'> & { roleDefinitionId: string; directoryScopeId: string }

/** What is stored of a grant. Those of version 1 lack what came later: a start, extensions, drift. */
export type StoredContext = Partial<GrantContext> & (Identity | RoleContext)

/** The context of a stored grant in today's form. */
export function upgradeContext(stored: StoredContext): GrantContext {
	if (!('roleDefinitionId' in stored)) return { ...NOT_YET, ...(stored as Identity) }
	const { roleDefinitionId, directoryScopeId, ...rest } = stored
	return { ...NOT_YET, ...rest, place: { kind: 'role', roleDefinitionId, directoryScopeId } }
}
