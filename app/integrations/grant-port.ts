import type { Place } from '#workflows/grants/place.ts'

/** One assignment at the tenant, and the grant that it belongs to. */
export type GrantTarget = {
	/** Charterkeep's grant id; travels as `ticketInfo.ticketNumber`, the only idempotency mark that PIM offers. */
	grantId: string
	/** Object id of the user. */
	principalId: string
	place: Place
	/** The tenant's id of the assignment, once it was confirmed: it is ours, though its request be listed no more. */
	scheduleId?: string | null
}

export type AssignOrder = GrantTarget & {
	/** The tenant's own expiry (`afterDateTime`), the backstop behind our timer. */
	endsAt: Date
	justification: string
}

/** What became of one write. `unknown` is neither success nor failure: read back and compare. */
export type WriteOutcome =
	| { kind: 'accepted'; requestId: string; status: string }
	/** `RoleAssignmentExists`: something holds this role; read back to learn whether it is ours. */
	| { kind: 'exists' }
	/** `RoleAssignmentDoesNotExist`: nothing to remove, perhaps; read back. */
	| { kind: 'absent' }
	/** Not now, but later: throttled, a principal not yet replicated, or `ActiveDurationTooShort`. */
	| { kind: 'later'; code: string; retryAfterMs: number | null }
	/** A definite no, for a reason that a retry will not mend. */
	| { kind: 'refused'; code: string; message: string }
	| { kind: 'unknown'; message: string }

/** What the tenant holds for one target. */
export type Sighting = {
	/**
	 * Our own request, found by the grant id; its status is the tenant's word. It made the assignment, or was to change its end:
	 * one that is still to make it stands before all others.
	 */
	assignRequest: { requestId: string; status: string; makes: boolean } | null
	/** The active instance for principal and place, whoever made it. */
	active: {
		instanceId: string
		scheduleId: string
		startsAt: Date | null
		endsAt: Date | null
		/** Every grant of Charterkeep's that rests on it, by the marks on its requests. */
		grantIds: readonly string[]
	} | null
	/** True when `active` came of a request of ours, or is what was confirmed as ours; where the tenant marks nothing, whenever something is there. */
	activeIsOurs: boolean
	/** Places other than ours in which an assignment of ours is active. */
	elsewhere: readonly Place[]
	/** The tenant lists a removal of ours that it took: there was something to remove. Not there: nobody knows. */
	isRemovalTaken?: boolean
}

/**
 * What a connector of one kind of place must be able to do. Writes never retry by themselves; reads throw
 * `GrantPortUnavailable`.
 */
export interface PlacePort {
	assign(order: AssignOrder): Promise<WriteOutcome>
	/** Gives the assignment that stands for this target another end, and marks it as this grant's as well. */
	update(order: AssignOrder): Promise<WriteOutcome>
	remove(target: GrantTarget & { justification: string }): Promise<WriteOutcome>
	/** Takes back a request that the tenant has not acted on. */
	cancel(target: GrantTarget, requestId: string): Promise<WriteOutcome>
	/**
	 * What the tenant holds. Where `isRequestKnown`, what became of our request is known, and it is not looked for: the assignment is
	 * told by `scheduleId` alone, which saves a call.
	 */
	read(target: GrantTarget, how?: { isRequestKnown?: boolean }): Promise<Sighting>
}

/** Eligibility, which nothing here ever gives: it is only taken away where a charter says so. */
export interface EligibilityPort {
	remove(target: GrantTarget & { justification: string }): Promise<WriteOutcome>
	/** Whether this principal could activate the place, in their own name. */
	isHeld(target: GrantTarget): Promise<boolean>
}

/** Assignments as the directory keeps them, beside the lists of PIM. */
export interface AssignmentPort {
	/** Whether this principal has the role at this scope by an assignment, however it was made; never of a place in a group. */
	isListed(target: GrantTarget): Promise<boolean>
}

/** One schedule of an assignment: what is active has one, and what is still to begin. */
export type Schedule = {
	scheduleId: string
	startsAt: Date | null
	/** The request to cancel, where the tenant has granted it and made no assignment of it yet; null: it is removed. */
	cancel: string | null
}

/** What the tenant is to give, or gives, by a schedule. */
export interface SchedulePort {
	/** Schedules of this principal at this place, in their own name, that are not over. */
	read(target: GrantTarget): Promise<readonly Schedule[]>
}

/** The connector of a tenant, for places of every kind. */
export interface GrantPort extends PlacePort {
	readonly eligibilities: EligibilityPort
	readonly schedules: SchedulePort
	readonly assignments: AssignmentPort
	/** Ends refresh tokens and sessions of the user; access tokens live on for a few minutes. */
	revokeSessions(principalId: string): Promise<void>
	/**
	 * A second application that can only remove, for when the first one cannot; null where none is set up. It reads nothing, so
	 * that its "accepted" and "absent" say only that the tenant took the call.
	 */
	readonly killSwitch: Pick<PlacePort, 'remove'> | null
}

/** The tenant could not be read now; nothing is known. */
export class GrantPortUnavailable extends Error {
	override readonly name = 'GrantPortUnavailable'
	readonly retryAfterMs: number | null
	/** The tenant's word for why, or ours where nothing was sent; null where nobody said. */
	readonly code: string | null
	/** It is this way of asking that does not work: the same may be found out by another one. */
	readonly isOfThisCall: boolean

	constructor(
		message: string,
		retryAfterMs: number | null = null,
		{
			code = null,
			isOfThisCall = false,
			...options
		}: ErrorOptions & { code?: string | null; isOfThisCall?: boolean } = {},
	) {
		super(message, options)
		this.retryAfterMs = retryAfterMs
		this.code = code
		this.isOfThisCall = isOfThisCall
	}
}
