import type { Tx } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import { hasOpenRequest } from '#db/queries/requests.ts'
import { judgeRequester } from '#workflows/access/judge-access.ts'
import type { Charter, RoleAccess } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import type { Deps } from '../deps.ts'
import { askedStart, requestableAccess, type AskedForm } from './asked-access.server.ts'
import { demandRoute, findRoute } from './route-request.server.ts'

/** What all requests of one form have in common, as it is judged. */
export type FilingBasis = {
	charter: CharterInForce
	requesterId: string
	/** Who files it for the requester; null where the requester does. */
	filedBy: string | null
	facts: PersonFacts
	filerFacts: PersonFacts | undefined
	startAt: Date | null
	at: Date
}

/** What a role that may be filed was judged by. */
export type JudgedRole = { role: string; access: RoleAccess; verdict: Verdict }

/**
 * What stands against the form as a whole: NOT_FOUND, CHARTER_SUPERSEDED, START_PAST, START_TOO_FAR. The caller holds the
 * charter and has locked the people.
 */
export async function filingBasis(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	form: { beneficiaryId?: string | undefined; startAt?: Date | null; charterVersion?: number | undefined },
): Promise<FilingBasis> {
	const at = deps.now()
	const requesterId = form.beneficiaryId ?? actor.personId
	const filedBy = requesterId === actor.personId ? null : actor.personId
	const charter = await deps.charters.inForce(tx)
	if (form.charterVersion !== undefined && form.charterVersion !== charter.version)
		throw new DomainError('CHARTER_SUPERSEDED', 'Another charter version has come into force.', {
			version: charter.version,
		})
	const startAt = askedStart(form.startAt ?? null, at)
	const known = await factsOf(tx, [actor.personId, requesterId])
	const facts = known.get(requesterId)
	if (!facts) throw new DomainError('NOT_FOUND', 'No such person.', { id: requesterId })
	const filerFacts = filedBy === null ? undefined : known.get(filedBy)
	return { charter, requesterId, filedBy, facts, filerFacts, startAt, at }
}

/** Judges one role of a form under the charter in force; throws the reason why it cannot be filed. */
export async function judgeRole(tx: Tx, basis: FilingBasis, asked: AskedForm): Promise<JudgedRole> {
	const { charter, requesterId, filedBy, facts, filerFacts, startAt, at } = basis
	const { role, durationSeconds } = asked
	const access = requestableAccess(charter, asked)
	if (filedBy !== null) demandFiler(charter.charter, filerFacts, role, at)
	const verdict = judgeAsked(charter.charter, facts, { role, durationSeconds, filedBy, startAt }, at)
	if (await hasOpenRequest(tx, requesterId, role))
		throw new DomainError('ALREADY_REQUESTED', 'A request or a grant of this role is still open.')
	const without = [requesterId, ...(filedBy === null ? [] : [filedBy])]
	demandRoute(charter.charter, await findRoute(tx, charter.charter, role, without, at))
	return { role, access, verdict }
}

/** Whoever asks for somebody else must be one who may ask. */
function demandFiler(charter: Charter, facts: PersonFacts | undefined, role: string, at: Date): void {
	const verdict = facts
		? judge(charter, facts, {
				role,
				part: 'requester',
				at: at.toISOString(),
				durationMs: 0,
				standing: true,
			})
		: null
	if (!verdict?.permit)
		throw new DomainError('INELIGIBLE', 'The charter does not allow this person to ask for the role.', {
			denials: verdict?.denials ?? [],
		})
}

/** The verdict on whom it benefits, now and, where a start is asked for, then. INELIGIBLE with the reasons otherwise. */
export function judgeAsked(
	charter: Charter,
	facts: PersonFacts,
	{
		role,
		durationSeconds,
		filedBy,
		startAt,
	}: { role: string; durationSeconds: number; filedBy: string | null; startAt: Date | null },
	at: Date,
): Verdict {
	const part = filedBy === null ? ('requester' as const) : ('beneficiary' as const)
	const verdict = judgeRequester(charter, facts, { role, durationSeconds, part }, at.toISOString())
	// Where somebody will be then nobody knows; what they hold then is known.
	const then =
		startAt === null
			? verdict
			: judge(charter, facts, {
					role,
					part,
					at: startAt.toISOString(),
					durationMs: durationSeconds * 1000,
					standing: true,
				})
	for (const each of [verdict, then])
		if (!each.permit)
			throw new DomainError('INELIGIBLE', 'The charter does not allow this request.', {
				denials: each.denials,
			})
	return verdict
}
