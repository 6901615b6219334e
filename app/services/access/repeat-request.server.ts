import { findRequest, listRequests, requestsOfFiling, type RequestRow } from '#db/queries/requests.ts'
import { isDomainError, DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { RequestableRole } from '../views.ts'

/** What a request of before asked for, in its own terms. The ticket is not among it: one is for one occasion. */
export type Repeated = {
	/** The request that is repeated. */
	id: string
	number: number
	roles: string[]
	reason: string
	durationSeconds: number
	/** Whom it was for, where that was somebody else than who repeats it. */
	beneficiaryId: string | null
}

/** Why something of it does not fit any more. */
export type RepeatNote =
	| { what: 'role_gone'; title: string }
	| { what: 'not_allowed'; title: string }
	| { what: 'still_open'; title: string }
	| { what: 'shortened'; title: string; seconds: number }

/**
 * What this person asked for in a request of theirs, or in what they filed last, every role of that form. Nothing of it is
 * judged here: asking again is asking anew. NOTHING_TO_REPEAT where there is none; NOT_FOUND for a request of others.
 */
export async function repeatedRequest(deps: Deps, actor: Actor, which: string): Promise<Repeated> {
	const rows = which === 'last' ? await lastFiling(deps, actor) : [await ownRequest(deps, actor, which)]
	const [first] = rows
	// Break-glass and extensions are asked for where they belong.
	if (first === undefined || rows.some((row) => !isRepeatable(row)))
		throw new DomainError('NOTHING_TO_REPEAT', 'There is nothing that could be asked for again.')
	return {
		id: first.id,
		number: first.number,
		roles: rows.map(({ role }) => role),
		reason: first.reason,
		durationSeconds: first.durationSeconds,
		beneficiaryId: first.requesterId === actor.personId ? null : first.requesterId,
	}
}

/** Nobody decided on an access by break-glass, and an extension belongs to an access that has ended. */
export const isRepeatable = ({ context, extendsGrantId }: RequestRow) =>
	context.stages.length > 0 && extendsGrantId === null

async function ownRequest({ database }: Deps, actor: Actor, id: string): Promise<RequestRow> {
	const row = await findRequest(database.db, id)
	if (row.requesterId === actor.personId || row.filedBy === actor.personId) return row
	throw new DomainError('NOT_FOUND', 'No such request.', { id })
}

const LOOKED_AT = 20

async function lastFiling({ database }: Deps, actor: Actor): Promise<RequestRow[]> {
	const rows = await listRequests(database.db, { requesterId: actor.personId }, LOOKED_AT)
	const last = rows.find((row) => isRepeatable(row) && (row.filedBy ?? row.requesterId) === actor.personId)
	if (last === undefined) return []
	return last.filingKey === null ? [last] : requestsOfFiling(database.db, last.filingKey)
}

/**
 * The form filled from a request of before, as the charter in force has it now, and what of it does not fit any more; null
 * where there is nothing to repeat.
 */
export async function showRepeated(
	deps: Deps,
	actor: Actor,
	which: string,
	roles: readonly RequestableRole[],
	titles: (role: string) => string,
): Promise<{ number: number; fields: Record<string, string>; notes: RepeatNote[] } | null> {
	let repeated: Repeated
	try {
		repeated = await repeatedRequest(deps, actor, which)
	} catch (error) {
		if (isDomainError(error)) return null
		throw error
	}
	const notes: RepeatNote[] = []
	const fitting: RequestableRole[] = []
	for (const key of repeated.roles) {
		const role = roles.find((each) => each.key === key)
		if (role === undefined) notes.push({ what: 'role_gone', title: titles(key) })
		else if (!role.verdict.permit) notes.push({ what: 'not_allowed', title: role.title })
		else if (role.isOpenAlready) notes.push({ what: 'still_open', title: role.title })
		else fitting.push(role)
	}
	const shortest = fitting.reduce<RequestableRole | null>(
		(least, role) => (least === null || role.maximumSeconds < least.maximumSeconds ? role : least),
		null,
	)
	const seconds = Math.min(repeated.durationSeconds, shortest?.maximumSeconds ?? Infinity)
	if (shortest !== null && seconds < repeated.durationSeconds)
		notes.push({ what: 'shortened', title: shortest.title, seconds })
	return {
		number: repeated.number,
		fields: {
			role: fitting.map(({ key }) => key).join(','),
			reason: repeated.reason,
			durationMinutes: String(Math.floor(seconds / 60)),
			...(repeated.beneficiaryId === null ? {} : { beneficiary: repeated.beneficiaryId }),
		},
		notes,
	}
}
