import type { FindingKind } from '../../charter/entra.schema.ts'
import type { Marking } from '../../charter/clearance-schemes.ts'
import type { FindingFamily, FindingStanding } from '../../grants/differences.ts'
import {
	isClosedFinding,
	type FindingState,
	type Missed,
	type OrderedBy,
} from '../../grants/finding-context.ts'
import type { FindingStep } from '../../ledger/finding-envelope.schema.ts'
import { msBetween, type Instant } from '../../shared/instants.ts'
import type { PrincipalKind } from '../../tenant/picture-holdings.ts'
import type { EntryRef } from './access-record.ts'

/** What became of a finding, as far as Entra has confirmed it. */
export type FindingOutcome =
	| 'seen_once'
	| 'open'
	| 'accepted'
	| 'ending'
	| 'not_confirmed'
	| 'removed'
	| 'gone'
	| 'explained'
	| 'never_confirmed'

export type FindingDecision = {
	officer: { id: string; name: string }
	step: FindingStep
	/** Null where it was erased, or nothing was said. */
	reason: string | null
	/** Until when it is accepted; null in the other steps. */
	acceptedUntil: Instant | null
	at: Instant
	entry: EntryRef
}

/** An event of a finding with its entry, and the state that it led to. */
export type FindingEvent = EntryRef & { kind: string; state: FindingState; at: Instant }

/**
 * What Entra ID held otherwise than approved, from its first sighting to its end, as every export tells it. For which reasons
 * the charter refuses a holder is no part of it: that would tell of their vetting.
 */
export type FindingRecord = {
	/** `at`: when it was first seen. */
	finding: { id: string; number: number; at: Instant }
	family: FindingFamily
	/** As it was last seen, the most dangerous first; and as it was first seen. */
	kinds: readonly FindingKind[]
	kindsWhenFound: readonly FindingKind[]
	standing: FindingStanding
	/** Whose account; a rule of the tenant is nobody's. */
	holder: {
		/** The person of ours behind the account; null where there is none. */
		person: { id: string; name: string; employer: string } | null
		objectId: string | null
		kind: PrincipalKind | null
		/** What the tenant calls an account that is none of ours; null where it is not known. */
		name: string | null
	}
	/** The group through which it is held; null: in their own name. */
	through: { id: string; name: string | null } | null
	/** Where, as the charter of that time names it; by its id where no role gives it. `scope` is a directory scope, or `member` or `owner`. */
	place: { kind: 'role' | 'group'; id: string; name: string; scope: string } | null
	policy: { id: string; name: string } | null
	/** Codes of what became weaker, of a rule of the tenant. */
	weakened: readonly string[]
	/** Charter roles that gave the place when it was found, and the highest marking that they reach; null where none does. */
	roles: readonly { key: string; title: string }[]
	handles: Marking | null
	/** What Entra states of the holding, and how many people have it through the group that holds it. */
	holds: { from: Instant | null; until: Instant | null; people: number }
	/** Our own access that it deviates from. */
	access: { grantId: string; requestId: string; requestNumber: number } | null
	/** The charter in force when it was found. */
	charter: { id: string; version: number; textSha256: string; organisation: string; boundary: string }
	/** `second` is when it was believed; null where it never was. */
	sightings: { first: Instant; second: Instant | null; last: Instant }
	/** When it became a finding again after it had been accepted, why, and when it was believed again. */
	reopened: readonly { at: Instant; why: 'acceptance_over' | 'worse'; second: Instant | null }[]
	/** What the charter says is done about it, as it was last judged. */
	reaction: {
		do: 'alert' | 'remove' | 'decide'
		withinSeconds: number | null
		otherwise: 'alert' | 'remove' | null
	}
	/** Until when an officer has time to decide; null where nobody is asked. */
	decideBy: Instant | null
	/** Nobody decided in time. */
	wasSilent: boolean
	/** Who looks after it. */
	owner: { id: string; name: string } | null
	decisions: readonly FindingDecision[]
	/** Null where no removal stands ordered. */
	removal: {
		orderedAt: Instant
		orderedBy: OrderedBy | null
		/** When a removal was first sent that Entra did not refuse; null before. */
		sentAt: Instant | null
		/** When Entra no longer listed it; null before, or when it never did so. */
		confirmedAt: Instant | null
		/** When the second application took over. */
		killSwitchAt: Instant | null
		failure: string | null
	} | null
	state: FindingState
	outcome: FindingOutcome
	closed: { at: Instant; why: Missed | null } | null
	/** From its first sighting to its end, in milliseconds; null while it is open. */
	tookMs: number | null
	/** Number of the finding about the same thing that was over before this one began; null where there was none. */
	earlier: number | null
	/** The entry that tells of it first, with the hash of its leaf. */
	entry: EntryRef & { leafHash: string | null }
	/** Every event with its entry, oldest first; empty where a format does not ask for them. */
	events: readonly FindingEvent[]
}

/** What became of it in few words; `open` is whatever nobody has answered for and nothing takes away yet. */
export function findingOutcome(state: FindingState): FindingOutcome {
	switch (state) {
		case 'seen':
			return 'seen_once'
		case 'alerted':
		case 'awaiting':
		case 'referred':
		case 'held':
			return 'open'
		case 'accepted':
			return 'accepted'
		case 'ordered':
		case 'removing':
		case 'postponed':
			return 'ending'
		case 'notConfirmed':
			return 'not_confirmed'
		case 'removed':
		case 'gone':
		case 'explained':
			return state
		case 'neverConfirmed':
			return 'never_confirmed'
	}
}

/** Whether it was ever believed: one look may have seen what another did not. */
export const wasBelieved = ({ sightings }: FindingRecord): boolean => sightings.second !== null

/** Whether it still stands, and nobody answers for it. */
export const isUnanswered = ({ state }: FindingRecord): boolean =>
	!isClosedFinding(state) && state !== 'accepted' && state !== 'seen'

type Turn = { kind: string; state: FindingState; at: Instant }

/**
 * When a finding was first believed, and each time it was a finding anew, told from its events in order. What was accepted is
 * one again when the time is over, or when it becomes worse.
 */
export function sightingsOf(turns: readonly Turn[]): {
	second: Instant | null
	reopened: FindingRecord['reopened']
} {
	let second: Instant | null = null
	const reopened: { at: Instant; why: 'acceptance_over' | 'worse'; second: Instant | null }[] = []
	for (const { kind, state, at } of turns) {
		const last = reopened.at(-1)
		if (kind === 'finding.confirmed' && last !== undefined) last.second ??= at
		else if (kind === 'finding.confirmed') second ??= at
		else if (kind === 'finding.acceptance_over') reopened.push({ at, why: 'acceptance_over', second: null })
		else if (kind === 'finding.changed' && state === 'seen') reopened.push({ at, why: 'worse', second: null })
	}
	return { second, reopened }
}

/** From the first sighting to the end, in milliseconds; null while there is none. */
export const tookMs = (foundAt: Instant, closedAt: Instant | null): number | null =>
	closedAt === null ? null : msBetween(foundAt, closedAt)

/** Whose it is in few words: a name where there is one, an object id otherwise; nobody's is the tenant's. */
export const holderName = ({ holder: { person, name, objectId } }: Pick<FindingRecord, 'holder'>): string =>
	person?.name ?? name ?? objectId ?? 'the tenant'

/**
 * Who has it in a few words, or how they stand to it: what could be activated, or begins later, is held by nobody yet, and what is
 * missing by nobody any more.
 */
export function heldText(
	record: Pick<FindingRecord, 'family' | 'kinds' | 'holder' | 'standing' | 'holds'>,
): string {
	const name = holderName(record)
	if (record.family === 'policy') return 'A rule of the tenant'
	if (record.kinds.includes('missingGrant')) return `Not held by ${name}`
	switch (record.standing) {
		case 'active':
			return `Held by ${name}`
		case 'eligible':
			return `Could be activated by ${name}`
		case 'scheduled':
			return `To be held by ${name} from ${record.holds.from ?? 'a time that Entra ID does not state'} on`
	}
}

/** What it is about in few words: where, or which rule. */
export const aboutName = ({ place, policy }: Pick<FindingRecord, 'place' | 'policy'>): string =>
	policy?.name ?? (place === null ? '' : `${place.name} ${place.scope}`)
