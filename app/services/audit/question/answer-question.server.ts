import { countOffline } from '#db/queries/break-glass.ts'
import { countProviderAccesses } from '#db/queries/lockbox-lists.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { createAnswer, type AnswerCounts, type Period } from '#workflows/audit-export/answer.ts'
import { parseCheckpointBody } from '#workflows/ledger/checkpoint.ts'
import { toBase64 } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../../actor.ts'
import type { Deps } from '../../deps.ts'
import { sequencePending } from '../../ledger/sequence.server.ts'
import { recordRead } from '../record-read.server.ts'
import { charterSpans, laidAccesses } from './lay-accesses.server.ts'

/** What is asked: one charter's boundary and a period, given in a named time zone. */
export type Question = { charterId: string; from: Date; until: Date; zone: string }

/** The answer, with everything that it depends on. */
export type Answer = {
	charterId: string
	boundary: string
	/** As asked; `until` is excluded. */
	period: Period
	zone: string
	/** When this was known: facts recorded or corrected later may change it, and accesses are counted up to then. */
	knownAt: Instant
	/** The state of the record that holds everything counted: how many entries, and the root of their tree in base64. */
	checkpoint: { size: number; root: string }
	counts: AnswerCounts
}

/** The boundaries that can be asked about, and the one in force first. */
export async function questionCharters({ database, charters }: Deps, actor: Actor) {
	demand(actor, 'record:export')
	const { charterId, charter } = await charters.inForce(database.db)
	return [{ charterId, boundary: charter.charter.boundary }]
}

/**
 * How many accesses the boundary saw in the period, and of how many it holds that the charter then in force permitted
 * them at every moment. Counted in one pass over what is known now, as of the newest checkpoint. That it was asked is an
 * entry of the record.
 */
export async function answerQuestion(deps: Deps, actor: Actor, question: Question): Promise<Answer> {
	demand(actor, 'record:export')
	const answer = await countAnswer(deps, question)
	await recordRead(deps, actor, {
		view: 'question',
		rows: answer.counts.accesses,
		filter: questionText(question),
	})
	return answer
}

/** The same without an entry, for who records the answer in another way. */
export async function countAnswer(deps: Deps, { charterId, from, until, zone }: Question): Promise<Answer> {
	if (until <= from)
		throw new DomainError('INVALID_INPUT', 'The period ends before it begins.', {
			field: 'until',
			problem: 'ENDS_BEFORE_IT_BEGINS',
		})
	const spans = await charterSpans(deps, charterId)
	// What has happened until now belongs in: give it its index first, so that the checkpoint covers what is counted.
	await sequencePending(deps)
	const checkpoint = await latestCheckpoint(deps.database.db)
	const head = parseCheckpointBody(`${checkpoint?.note.split('\n\n')[0] ?? ''}\n`)
	if (!head) throw new DomainError('UNAVAILABLE', 'The record has no checkpoint yet.')
	const knownAt = deps.now()
	const period = { from: from.toISOString(), until: until.toISOString() }
	const counted = createAnswer()
	for await (const { laid } of laidAccesses(deps, { charterId, period: untilNow(period, knownAt) }))
		counted.add(laid)
	const within = untilNow(period, knownAt)
	const providers = await countProviderAccesses(deps.database.db, { charterId, ...within })
	const offline = await countOffline(deps.database.db, { charterId, ...within })
	return {
		charterId,
		boundary: spans.at(-1)?.charter.charter.boundary ?? charterId,
		period,
		zone,
		knownAt: knownAt.toISOString(),
		checkpoint: { size: head.size, root: toBase64(head.root) },
		counts: {
			...counted.counts(),
			offline: offline.uses,
			offlineOwed: offline.owed,
			lockbox: providers.accesses,
			lockboxOutOfBand: providers.outOfBand,
		},
	}
}

/** Nothing is known of the time that lies ahead: a period that reaches into it is answered until now. */
export function untilNow({ from, until }: Period, now: Date): Period {
	const at = now.toISOString()
	return { from, until: until < at ? until : at }
}

/** A question as texts, for the record. */
export function questionText({ charterId, from, until, zone }: Question): Record<string, string> {
	return { charter: charterId, from: from.toISOString(), until: until.toISOString(), zone }
}
