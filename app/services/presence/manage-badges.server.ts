import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople, peopleCalled } from '#db/queries/people.ts'
import {
	adoptEvents,
	badgesOf,
	holdBadges,
	holderOf,
	insertBadge,
	returnBadge,
} from '#db/queries/presence.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { derivePresence } from './derive-presence.server.ts'

/**
 * Notes that a person holds a badge since `issuedAt`; events of the badge since then that belonged to nobody become
 * theirs. DUPLICATE where somebody holds it. Nobody gives a badge to themselves.
 */
export async function issueBadge(
	deps: Deps,
	actor: Actor,
	{ userPrincipalName, number, issuedAt }: { userPrincipalName: string; number: string; issuedAt: Date },
): Promise<void> {
	demand(actor, 'presence:manage')
	const [person] = (await peopleCalled(deps.database.db, userPrincipalName)).filter(
		(found) => found.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase(),
	)
	if (person === undefined)
		throw new DomainError('INVALID_INPUT', 'Nobody has this user principal name.', {
			field: 'person',
			problem: 'UNKNOWN_PERSON',
		})
	const personId = person.id
	demandOther(actor, personId)
	const at = deps.now()
	if (issuedAt > at)
		throw new DomainError('INVALID_INPUT', 'A badge was handed out by now.', {
			field: 'issuedAt',
			problem: 'IN_THE_FUTURE',
		})
	const badgeId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await holdBadges(tx, 'change')
		await lockPeople(tx, [personId], 'update')
		await insertBadge(tx, { id: badgeId, personId, number, issuedAt, recordedBy: actor.personId })
		await recordEntry(tx, deps, {
			kind: 'badge.issued',
			subject: personId,
			actor: actor.personId,
			open: { badgeId },
			sealed: { badge: { number } },
			at,
		})
		const first = await adoptEvents(tx, { number, personId, from: issuedAt })
		if (first !== null) {
			await derivePresence(tx, deps, personId, first, at)
			await factsChanged(tx, deps, [personId])
		}
	})
	deps.wake()
}

/** Notes that a badge was handed back or is lost: from now on it shows nobody, and what rested on its showing ends. */
export async function takeBadge(deps: Deps, actor: Actor, badgeId: string): Promise<void> {
	demand(actor, 'presence:manage')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await holdBadges(tx, 'change')
		const personId = await holderOf(tx, badgeId)
		demandOther(actor, personId)
		await lockPeople(tx, [personId], 'update')
		await returnBadge(tx, badgeId, at)
		await recordEntry(tx, deps, {
			kind: 'badge.returned',
			subject: personId,
			actor: actor.personId,
			open: { badgeId },
			sealed: {},
			at,
		})
		if ((await derivePresence(tx, deps, personId, at, at)) > 0) await factsChanged(tx, deps, [personId])
	})
	deps.wake()
}

export type BadgeView = { id: string; number: string; issuedAt: string; returnedAt: string | null }

/** The badges that a person holds and held, newest first. */
export async function showBadges({ database }: Deps, actor: Actor, personId: string): Promise<BadgeView[]> {
	demand(actor, 'presence:manage')
	return (await badgesOf(database.db, personId)).map(({ id, number, issuedAt, returnedAt }) => ({
		id,
		number,
		issuedAt: issuedAt.toISOString(),
		returnedAt: returnedAt?.toISOString() ?? null,
	}))
}

function demandOther(actor: Actor, personId: string): void {
	demand(actor, 'presence:manage')
	if (actor.personId === personId)
		throw new DomainError('FORBIDDEN', 'Nobody decides on their own badge.', {
			permission: 'presence:manage',
		})
}
