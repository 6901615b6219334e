import type { Reader } from '#db/client.ts'
import type { FindingRow } from '#db/queries/findings.ts'
import { namesOf } from '#db/queries/people.ts'
import { accountsById, type KnownAccount } from '#db/queries/reconcile-runs.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { dangerOf } from '#workflows/grants/differences.ts'
import { isClosedFinding, type FindingState } from '#workflows/grants/finding-context.ts'
import { msBetween } from '#workflows/shared/instants.ts'
import { foundPlaceView } from '../access/entra-place.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { stepsFor } from './finding-steps.server.ts'
import type { FindingSummary, HolderView } from './views.ts'

/** Who looks, at what, and what is known of the accounts in it. */
export type FindingLooker = {
	actor: Actor
	charter: Charter
	deps: Pick<Deps, 'tenant'>
	people: ReadonlyMap<string, string>
	accounts: ReadonlyMap<string, KnownAccount>
}

export async function findingLooker(
	deps: Deps,
	actor: Actor,
	reader: Reader,
	rows: readonly FindingRow[],
	others: readonly string[] = [],
): Promise<FindingLooker> {
	const personIds = rows.flatMap(({ context: { ownerId, difference, askedBy, askedBefore } }) =>
		[ownerId, difference.personId, askedBy, askedBefore].filter((id) => id !== null),
	)
	const accounts = rows.flatMap(({ context }) => context.difference.principalId ?? [])
	return {
		actor,
		charter: (await deps.charters.inForce(reader)).charter,
		deps,
		people: await namesOf(reader, [...new Set(personIds)]),
		accounts: await accountsById(reader, [...accounts, ...others]),
	}
}

export function summariseFinding(row: FindingRow, looker: FindingLooker): FindingSummary {
	const { context, state, id, number, family } = row
	const { difference } = context
	const { actor, charter, people } = looker
	const steps = stepsFor(actor, { row })
	return {
		id,
		number,
		family,
		state,
		kinds: difference.kinds,
		holder: holderOf(row, looker),
		through: difference.through === null ? null : (difference.names.through ?? difference.through),
		place:
			difference.place === null ? null : foundPlaceView(difference.place, charter, looker.deps.tenant.groups),
		policy: family === 'policy' ? (difference.names.policy ?? difference.key.slice('policy '.length)) : null,
		roles: difference.roles.map((role) => titleOf(charter, role)),
		standing: difference.standing,
		beginsAt: difference.standing === 'scheduled' ? difference.from : null,
		reaction: context.reaction,
		owner: context.ownerId === null ? null : (people.get(context.ownerId) ?? null),
		foundAt: row.createdAt.toISOString(),
		lastSeenAt: context.lastSeenAt,
		decideBy: state === 'awaiting' ? context.decideBy : null,
		isRemovable: difference.removal !== null,
		people: difference.people,
		needsYou: steps.includes('release')
			? 'release'
			: steps.includes('ask_release')
				? 'ask_release'
				: (state === 'awaiting' || state === 'alerted') && steps.length > 0
					? 'decide'
					: null,
		closedAt: isClosedFinding(state) ? context.closedAt : null,
		removedAfterMs:
			row.removedAt === null ? null : msBetween(row.createdAt.toISOString(), row.removedAt.toISOString()),
	}
}

function holderOf(
	{ context: { difference } }: FindingRow,
	{ actor, people, accounts }: FindingLooker,
): HolderView {
	const { principalId, principalKind, personId, names } = difference
	const known = principalId === null ? undefined : accounts.get(principalId)
	return {
		kind: principalKind,
		name:
			(personId === null ? undefined : people.get(personId)) ??
			names.principal ??
			known?.name ??
			known?.userPrincipalName ??
			null,
		personId: actor.permissions.has('people:read') ? personId : null,
		objectId: principalId,
	}
}

/** What must be looked at first: an alarm, what waits for people, what is being removed, what is only told. */
const URGENCY: readonly FindingState[] = [
	'notConfirmed',
	'held',
	'awaiting',
	'alerted',
	'referred',
	'postponed',
	'removing',
	'ordered',
	'seen',
	'accepted',
]

/** By danger: what must be looked at first, then the most dangerous, then what is so now before what begins soonest, then the oldest. */
export function byDanger(a: FindingSummary, b: FindingSummary): number {
	const urgency = (of: FindingSummary) => URGENCY.indexOf(of.state)
	const danger = (of: FindingSummary) => dangerOf(of.kinds[0] ?? 'missingGrant')
	const isAhead = (of: FindingSummary) => Number(of.standing === 'scheduled')
	const begin = (of: FindingSummary) => (of.beginsAt === null ? 0 : Date.parse(of.beginsAt))
	return (
		urgency(a) - urgency(b) ||
		danger(a) - danger(b) ||
		isAhead(a) - isAhead(b) ||
		begin(a) - begin(b) ||
		a.number - b.number
	)
}
