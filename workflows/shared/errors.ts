/** Codes are part of the interface: add freely, never rename, never reuse. */
const KIND_OF = {
	NOT_FOUND: 'not_found',
	FORBIDDEN: 'forbidden',
	SIGN_IN_REQUIRED: 'sign_in',
	TOO_MANY_ATTEMPTS: 'throttled',
	INVALID_INPUT: 'rule',
	ILLEGAL_TRANSITION: 'conflict',
	STALE_VERSION: 'conflict',
	DUPLICATE: 'conflict',
	INELIGIBLE: 'rule',
	ROLE_NOT_REQUESTABLE: 'rule',
	SEVERAL_REFUSED: 'rule',
	KEY_REUSED: 'rule',
	NOTHING_TO_REPEAT: 'rule',
	TOKEN_TOO_LONG: 'rule',
	TOO_MANY_TOKENS: 'conflict',
	DURATION_TOO_LONG: 'rule',
	DURATION_TOO_SHORT: 'rule',
	TICKET_MALFORMED: 'rule',
	ALREADY_REQUESTED: 'conflict',
	WINDOW_LAPSED: 'conflict',
	EXTENSION_LATE: 'conflict',
	NOTHING_TO_EXTEND: 'conflict',
	EXTENSION_OPEN: 'conflict',
	TOO_FAR_AHEAD: 'rule',
	NO_DRIFT: 'conflict',
	START_PAST: 'rule',
	START_TOO_FAR: 'rule',
	CHARTER_SUPERSEDED: 'conflict',
	QUORUM_UNREACHABLE: 'rule',
	DURATION_LENGTHENED: 'rule',
	WINDOW_PASSED: 'conflict',
	TOO_LATE_TO_DECIDE: 'conflict',
	NOT_OF_ONE_KIND: 'rule',
	ABSENCE_PERIOD: 'rule',
	ABSENCE_OVERLAPS: 'conflict',
	STAND_IN_UNFIT: 'rule',
	OWN_REQUEST: 'rule',
	ALREADY_DECIDED: 'conflict',
	STAGE_CLOSED: 'conflict',
	LINK_INVALID: 'rule',
	CHALLENGE_INVALID: 'rule',
	ASSERTION_REFUSED: 'rule',
	PASSKEY_UNKNOWN: 'rule',
	PASSKEY_CLONED: 'rule',
	PASSKEY_REVOKED: 'rule',
	LAST_PASSKEY: 'rule',
	PERSON_IN_USE: 'conflict',
	SUSPENDED: 'forbidden',
	ALREADY_SUSPENDED: 'conflict',
	NOT_SUSPENDED: 'conflict',
	SAME_OFFICER: 'rule',
	ALREADY_PROPOSED: 'conflict',
	PERSON_DEACTIVATED: 'rule',
	LAST_OFFICER: 'conflict',
	ATTESTATION_REFUSED: 'rule',
	CHARTER_INVALID: 'rule',
	CHARTER_LOCKOUT: 'rule',
	AMENDMENT_VERSION: 'rule',
	AMENDMENT_OUTDATED: 'conflict',
	AMENDMENT_LATE: 'rule',
	AMENDMENT_OPEN: 'conflict',
	NOTHING_CHANGED: 'rule',
	ALREADY_SIGNED: 'conflict',
	CASE_UNDERWAY: 'conflict',
	OWN_CASE: 'rule',
	DIRECT_LINE: 'rule',
	CASE_SPONSOR: 'rule',
	EVIDENCE_MISSING: 'rule',
	PROPOSAL_OPEN: 'conflict',
	PROPOSAL_GONE: 'conflict',
	SECOND_OFFICER: 'rule',
	CLEARANCE_STOPPED: 'conflict',
	TARGET_NOT_CONNECTED: 'rule',
	TENANT_UNREAD: 'conflict',
	READING_UNDER_WAY: 'conflict',
	FILES_REFUSED: 'rule',
	FILES_TOO_MANY: 'rule',
	FILES_GONE: 'conflict',
	FILES_OTHER_TENANT: 'rule',
	EXPORTED_LATER: 'rule',
	REPORT_FAILED: 'conflict',
	BUNDLE_INVALID: 'rule',
	NOTHING_IN_FORCE: 'conflict',
	BREAK_GLASS_NOT_ALLOWED: 'rule',
	BREAK_GLASS_DEBT: 'conflict',
	BREAK_GLASS_CLOSED: 'conflict',
	OWN_USE: 'rule',
	ALREADY_SIGNED_USE: 'conflict',
	REVIEW_TOO_EARLY: 'conflict',
	NOT_REVIEWER: 'rule',
	NOT_SECOND_OFFICER: 'rule',
	OFFLINE_OVERLAPS: 'conflict',
	BOUNDARY_KNOWN: 'conflict',
	BOUNDARY_CLOSED: 'conflict',
	OWN_HOLDING: 'rule',
	FINDING_CLOSED: 'conflict',
	TASK_MENDED: 'rule',
	FINDING_WATCHED: 'rule',
	FINDING_OWN: 'rule',
	FINDING_UNREAD: 'rule',
	FINDING_FIXED: 'rule',
	FINDING_REASON: 'rule',
	FINDING_NOT_ASKED: 'conflict',
	LOCKBOX_CLOSED: 'conflict',
	LOCKBOX_RULED_OUT: 'rule',
	LOCKBOX_REASON: 'rule',
	LOCKBOX_KNOWN: 'conflict',
	LOCKBOX_UNREADABLE: 'rule',
	LOCKBOX_NOT_BY_HAND: 'rule',
	UNAVAILABLE: 'unavailable',
	RECORD_BACKLOG: 'unavailable',
} as const

export type ErrorCode = keyof typeof KIND_OF
export type ErrorKind = (typeof KIND_OF)[ErrorCode]

/**
 * An expected failure. `message` is English, for logs and tests; the page looks its words up by `code` and fills
 * them from `details`. Throwing (rather than returning) is what makes a transaction roll back.
 */
export class DomainError extends Error {
	override readonly name = 'DomainError'
	readonly code: ErrorCode
	readonly details: Readonly<Record<string, unknown>>

	constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
		super(message)
		this.code = code
		this.details = details
	}

	get kind(): ErrorKind {
		return KIND_OF[this.code]
	}
}

/** Whether this text, which may come from an address, is one of the codes. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(KIND_OF, text)

/** The page bundle and the server each load this module, so `instanceof` would miss the other copy's errors. */
export function isDomainError(error: unknown): error is DomainError {
	return (
		error instanceof Error && error.name === 'DomainError' && 'code' in error && String(error.code) in KIND_OF
	)
}
