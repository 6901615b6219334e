import { CLOSED_GRANT_STATES } from '../grants/grant-states.ts'
import type { NoticeKind } from './notice-kinds.ts'

/** How a request and its access stand now, as far as it bears on what somebody was told of them. */
export type Standing = {
	isClosed: boolean
	/** The stage that may decide now. */
	stage: number
	/** Who has decided. */
	deciders: readonly string[]
	/** State of the access; null where there is none. */
	grantState: string | null
}

/** Why a notice no longer matters. */
export const OUTDATED = ['DECIDED', 'STAGE_OVER', 'YOU_DECIDED', 'ANSWERED', 'OVER', 'CONFIRMED'] as const
export type Outdated = (typeof OUTDATED)[number]

const ASKS_FOR_DECISION = new Set<NoticeKind>([
	'decision_needed',
	'decision_reminder',
	'decision_escalated',
	'decision_delegated',
	'information_answered',
])
const OVER: ReadonlySet<string> = new Set(CLOSED_GRANT_STATES)
/** Entra held it and holds it no longer. */
const REMOVED: ReadonlySet<string> = new Set(['ended', 'expired', 'revoked'])

/**
 * Why it would only mislead to mail this notice now, since what it asks for is done or what it says no longer holds;
 * null while it matters. What tells of an end always does.
 */
export function outdatedBy(
	{ kind, personId, stage }: { kind: NoticeKind; personId: string; stage: number | null },
	now: Standing,
): Outdated | null {
	if (ASKS_FOR_DECISION.has(kind)) {
		if (now.isClosed) return 'DECIDED'
		if (now.deciders.includes(personId)) return 'YOU_DECIDED'
		return stage !== null && stage !== now.stage ? 'STAGE_OVER' : null
	}
	if (kind === 'information_asked') return now.isClosed ? 'ANSWERED' : null
	if (kind === 'access_active' || kind === 'access_ends_soon' || kind === 'access_extended')
		return now.grantState !== null && OVER.has(now.grantState) ? 'OVER' : null
	if (kind === 'removal_not_confirmed')
		return now.grantState !== null && REMOVED.has(now.grantState) ? 'CONFIRMED' : null
	return null
}
