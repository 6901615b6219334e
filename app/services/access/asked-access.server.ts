import type { RoleAccess } from '#workflows/charter/charter.schema.ts'
import type { StageRule } from '#workflows/access/request-context.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import { signedPlace } from '#workflows/grants/place.ts'

/** Shortest access that may be asked for: Entra refuses active times under five minutes. */
export const SHORTEST_SECONDS = 600
/** How far ahead an access may be asked for: nobody knows much of who will be fit then. */
export const LATEST_START_DAYS = 30
/** So far back a start may lie and still mean "now": clocks differ, and forms take a while. */
const START_TOLERANCE_MS = 5 * 60_000

export type AskedForm = { role: string; reason: string; ticket: string; durationSeconds: number }

/**
 * What the charter says of the role that is asked for, when the form fits it: ROLE_NOT_REQUESTABLE, DURATION_TOO_LONG,
 * DURATION_TOO_SHORT or TICKET_MALFORMED otherwise.
 */
export function requestableAccess(
	{ charter }: Pick<CharterInForce, 'charter'>,
	{ role, ticket, durationSeconds }: AskedForm,
): RoleAccess {
	const access = Object.hasOwn(charter.roles, role) ? charter.roles[role]?.access : undefined
	if (!access) throw new DomainError('ROLE_NOT_REQUESTABLE', 'The charter has no such role to ask for.')
	const cap = (durationMs(access.maximumDuration) ?? 0) / 1000
	if (durationSeconds > cap)
		throw new DomainError('DURATION_TOO_LONG', 'Longer than the charter allows.', { maximumSeconds: cap })
	demandLongEnough(durationSeconds)
	if (!new RegExp(access.ticket.pattern).test(ticket)) {
		throw new DomainError('TICKET_MALFORMED', 'The ticket does not fit the pattern.', {
			example: access.ticket.example,
		})
	}
	return access
}

export function demandLongEnough(durationSeconds: number): void {
	if (durationSeconds < SHORTEST_SECONDS) {
		throw new DomainError('DURATION_TOO_SHORT', 'Shorter than Entra accepts.', {
			minimumSeconds: SHORTEST_SECONDS,
		})
	}
}

/** The start that is asked for; null for one that is now. START_PAST or START_TOO_FAR otherwise. */
export function askedStart(startAt: Date | null, at: Date): Date | null {
	if (startAt === null) return null
	const ahead = startAt.getTime() - at.getTime()
	if (ahead < -START_TOLERANCE_MS) throw new DomainError('START_PAST', 'The start has passed.')
	if (ahead > LATEST_START_DAYS * 86_400_000)
		throw new DomainError('START_TOO_FAR', 'The start lies too far ahead.', { days: LATEST_START_DAYS })
	return ahead <= 0 ? null : startAt
}

/** The stages of a role as a request copies them. */
export const stageRules = ({ stages }: RoleAccess): StageRule[] =>
	stages.map(({ from, quorum, within, alongside, denials, escalation }) => ({
		from,
		quorum,
		withinMs: durationMs(within) ?? 0,
		...(alongside ? { alongside } : {}),
		...(denials === undefined || denials === 1 ? {} : { denials }),
		...(escalation ? { escalation: { afterMs: durationMs(escalation.after) ?? 0, to: escalation.to } } : {}),
	}))

export type AskedRequest = AskedForm & {
	requestId: string
	requesterId: string
	filedBy: string | null
	startAt: Date | null
	/** The access that it asks to extend; null where it asks for one of its own. */
	extendsGrantId: string | null
	/** 1 as it was filed. */
	revision: number
}

/** What approvers see and sign the digest of; nothing about a request may change between sight and signature. */
export function sealedRequest(
	{
		requestId,
		requesterId,
		filedBy,
		role,
		durationSeconds,
		startAt,
		reason,
		ticket,
		extendsGrantId,
		revision,
	}: AskedRequest,
	access: RoleAccess,
	charterTextSha256: string,
) {
	return {
		requestId,
		requesterId,
		...(filedBy === null ? {} : { filedBy }),
		role,
		...signedPlace(access),
		durationSeconds,
		...(startAt === null ? {} : { startAt: startAt.toISOString() }),
		reason,
		ticket,
		...(extendsGrantId === null ? {} : { extendsGrantId }),
		...(revision === 1 ? {} : { revision }),
		charterTextSha256,
	}
}
