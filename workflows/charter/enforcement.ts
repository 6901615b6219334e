import { canonicalJson } from '../shared/canonical-json.ts'
import { durationMs, earliest, msBetween, plusMs, type Instant } from '../shared/instants.ts'
import type { Charter, RoleAccess } from './charter.schema.ts'
import { judge, type JudgeUnder } from './eligibility.ts'
import type { PersonFacts } from './facts.ts'
import { roleOf } from './term.ts'
import type { ClauseCode, ClauseResult } from './verdict.ts'

/** Why a request or an access does not stand: a clause it fails, or what a charter changed about the role itself. */
export type EndReason = string

/** Whether something stands, and until when if nothing changes: at `until` it no longer does. Null: no end is known. */
export type Permit = { reasons: EndReason[]; until: Instant | null }

/**
 * `waiting`: a request that waits for decisions. `scheduled`: an approved access that begins later, judged for then.
 * `starting`: one that is about to be sent to the tenant. `running`: one that the tenant may hold.
 */
export type Phase = 'waiting' | 'scheduled' | 'starting' | 'running'

/**
 * What is not asked in a phase. Working hours come again by themselves, so a request may wait through the night and is
 * tested on them when it is decided. Other live access is tested when an access is decided on and when it starts; from
 * then on it is the other one that must not begin. Presence is asked throughout: it is a fact, and leaving ends it; only
 * of what is scheduled it is asked at its start, since nobody need stay until then.
 */
export const LEFT_OUT: Readonly<Record<Phase, ReadonlySet<ClauseCode>>> = {
	waiting: new Set(['WORKING_HOURS', 'SEPARATION_ACTIVE']),
	scheduled: new Set(['PRESENCE', 'WORKING_HOURS', 'SEPARATION_ACTIVE']),
	starting: new Set(),
	running: new Set(['SEPARATION_ACTIVE', 'DURATION']),
}
/** What a look ahead leaves out: nobody knows who will be where. */
const MOMENTARY: ReadonlySet<ClauseCode> = new Set(['PRESENCE', 'WORKING_HOURS', 'SEPARATION_ACTIVE'])

/** What is to be judged. `remainingMs`: how much of the access is left; of one that has not begun, all of it. */
export type Resting = {
	role: string
	/** The role's access as it was agreed to. */
	agreed: RoleAccess | undefined
	facts: PersonFacts
	at: Instant
	phase: Phase
	remainingMs: number
	/** Whether whom it benefits asked for themselves; left out, they did. */
	part?: 'requester' | 'beneficiary'
	/** Judged ahead of its time, as for the impact of an amendment. */
	isAhead?: boolean
}

/**
 * Whether a waiting request or an access stands under this charter, with every reason when it does not. What has not
 * begun must be permitted for the whole of its duration, so it falls as soon as nobody could approve it any more; what
 * runs must be permitted at each of its moments. A request whose approval or target the charter changes falls as well:
 * it would be decided by rules that are no longer in force.
 */
export function permitUnder(charter: Charter, resting: Resting, judgeUnder: JudgeUnder = judge): Permit {
	const { role, agreed, facts, at, phase, remainingMs, part = 'requester', isAhead = false } = resting
	const access = roleOf(charter, role)?.access
	if (!access) return { reasons: ['ROLE_GONE'], until: null }
	const length = phase === 'running' ? 0 : Math.max(0, remainingMs)
	const { clauses } = judgeUnder(charter, facts, { role, part, at, durationMs: length })
	const asked = clauses.filter(({ code }) => !LEFT_OUT[phase].has(code) && !(isAhead && MOMENTARY.has(code)))
	const isSame = (key: keyof RoleAccess) =>
		agreed !== undefined && canonicalJson(plain(agreed[key])) === canonicalJson(plain(access[key]))
	const reasons = [
		...asked.filter(({ satisfied }) => !satisfied).map(({ code }) => code),
		...(phase === 'running' && remainingMs > (durationMs(access.maximumDuration) ?? 0) ? ['DURATION'] : []),
		...(isSame('entra') ? [] : ['TARGET_CHANGED']),
		...(phase === 'waiting' && !isSame('stages') ? ['APPROVAL_CHANGED'] : []),
	]
	return { reasons, until: earliest(asked.map((clause) => endOf(clause, length))) }
}

/** The first moment at which the clause no longer holds for so long. Presence is asked of the moment alone. */
function endOf({ code, until }: ClauseResult, length: number): Instant | null {
	if (until === null || length === 0 || code === 'PRESENCE') return until
	return plusMs(until, 1 - length)
}

/** The strictest of several: everything that any of them denies for, and the first end. */
export function strictestPermit(permits: readonly Permit[]): Permit {
	return {
		reasons: [...new Set(permits.flatMap(({ reasons }) => reasons))],
		until: earliest(permits.map(({ until }) => until)),
	}
}

/**
 * Whether an approval still counts that was given while the request waits: a quorum is of people who may decide when
 * the last of them does. Where its giver was at that moment does not matter any more.
 */
export function approvalUnder(
	charter: Charter,
	{
		role,
		stage,
		group,
		escalated,
		facts,
		at,
	}: { role: string; stage: number; group?: number; escalated?: boolean; facts: PersonFacts; at: Instant },
	judgeUnder: JudgeUnder = judge,
): Permit {
	const verdict = judgeUnder(charter, facts, {
		role,
		part: 'approver',
		stage,
		...(group ? { group } : {}),
		...(escalated ? { escalated } : {}),
		at,
		durationMs: 0,
		standing: true,
	})
	return verdict.permit
		? { reasons: [], until: verdict.until }
		: { reasons: ['APPROVER_LAPSED'], until: null }
}

/** How much of an access is left, in milliseconds: until it ends, or all of it where it has not begun. */
export function remainingOf(endsAt: Instant | null, durationSeconds: number, at: Instant): number {
	return endsAt === null ? durationSeconds * 1000 : Math.max(0, msBetween(at, endsAt))
}

/** Without keys that say nothing, which have no JSON form. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as null
