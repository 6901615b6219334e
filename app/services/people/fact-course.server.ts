import { noteCourse, type FactRow } from '#db/queries/fact-rows.ts'
import type { Tx } from '#db/client.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { currentFact, demandReason, invalid, onPerson } from './record-fact.server.ts'

type Step = { personId: string; factId: string; reason: string }

/** Approves a journey before its departure, or refuses it. Nobody decides on their own. */
export async function decideTravel(
	deps: Deps,
	actor: Actor,
	{ personId, factId, reason, verdict }: Step & { verdict: 'approved' | 'refused' },
): Promise<void> {
	await step(deps, actor, { personId, factId, reason, kind: 'travel' }, async (tx, fact, at) => {
		if (verdict === 'approved' && fact.validFrom <= at)
			throw invalid({ field: 'reason', problem: 'TRAVEL_BEGUN' })
		await once(noteCourse(tx, fact, 'decidedAt', { verdict, decidedAt: at, decidedBy: actor.personId }))
		return { kind: 'person.travel_decided', open: { factId, verdict } }
	})
}

/** Notes what was learnt when somebody came back from a journey. */
export async function debriefTravel(deps: Deps, actor: Actor, travel: Step): Promise<void> {
	await step(deps, actor, { ...travel, kind: 'travel' }, async (tx, fact, at) => {
		if (fact.validFrom > at) throw invalid({ field: 'reason', problem: 'NOT_DEPARTED' })
		await once(noteCourse(tx, fact, 'debriefedAt', { debriefedAt: at, debriefedBy: actor.personId }))
		return { kind: 'person.travel_debriefed', open: { factId: fact.id } }
	})
}

/** Notes what follows from a reported event. */
export async function triageEvent(deps: Deps, actor: Actor, event: Step): Promise<void> {
	await step(deps, actor, { ...event, kind: 'event' }, async (tx, fact, at) => {
		const triage = { triagedAt: at, triagedBy: actor.personId, outcome: event.reason }
		await once(noteCourse(tx, fact, 'triagedAt', triage))
		return { kind: 'person.event_triaged', open: { factId: fact.id } }
	})
}

type StepEntry =
	| { kind: 'person.travel_decided'; open: { factId: string; verdict: 'approved' | 'refused' } }
	| { kind: 'person.travel_debriefed' | 'person.event_triaged'; open: { factId: string } }

async function step(
	deps: Deps,
	actor: Actor,
	{ personId, factId, reason, kind }: Step & { kind: 'travel' | 'event' },
	take: (tx: Tx, fact: FactRow, at: Date) => Promise<StepEntry>,
): Promise<void> {
	demandReason(reason)
	await onPerson(deps, actor, personId, async (tx) => {
		const fact = await currentFact(tx, { personId, kind, factId })
		const at = deps.now()
		const entry = await take(tx, fact, at)
		const said = { subject: personId, actor: actor.personId, sealed: { basis: { reason } }, at }
		if (entry.kind === 'person.travel_decided') await recordEntry(tx, deps, { ...entry, ...said })
		else await recordEntry(tx, deps, { ...entry, ...said })
	})
}

async function once(isFirst: Promise<boolean>): Promise<void> {
	if (!(await isFirst)) throw new DomainError('STALE_VERSION', 'Somebody else was faster.')
}
