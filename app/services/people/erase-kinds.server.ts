import { createHash } from 'node:crypto'
import type { Reader, Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { deleteFactsOfKind, openingsOfKinds } from '#db/queries/erasure-by-kind.ts'
import { deleteOpenings, tiesOf, type PersonOpening, type Ties } from '#db/queries/erasure.ts'
import { discardWaitingImports } from '#db/queries/imports.ts'
import { endFileReadings } from '#db/queries/readiness-readings.ts'
import { lockPeople, namesOf } from '#db/queries/people.ts'
import { leaversDue } from '#db/queries/retention.ts'
import { erasedInEntries } from '#workflows/people/erasure.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { canonicalJson } from '#workflows/shared/canonical-json.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { demandReason, invalid } from './record-fact.server.ts'
import { cutoffsOf, dueOf, SHOWN, type DueKind } from './show-retention.server.ts'

export type KindsForm = { personIds: readonly string[]; kinds: readonly FactKind[]; reason: string }
/** What it comes to for one person. */
export type KindsRow = {
	personId: string
	name: string
	/** What stands in the way; null where nothing does. */
	problem: 'NOT_DUE' | 'PERSON_IN_USE' | 'OWN_FACTS' | null
	ties: Omit<Ties, 'usablePasskeys'>
	kinds: DueKind[]
	/** Sealed groups that are destroyed, and how many of them are copies that something was judged on. */
	groups: number
	judgements: number
}
export type KindsPreview = {
	rows: KindsRow[]
	facts: number
	/** Of exactly what was shown: what is erased is this or nothing. */
	digest: string
}
type Planned = KindsRow & { openings: PersonOpening[] }

/** What erasing these kinds of fact of these people would come to, person by person. Nothing is erased by this. */
export async function previewKinds(deps: Deps, actor: Actor, form: KindsForm): Promise<KindsPreview> {
	demandForm(actor, form)
	return shown(await planKinds(deps.database.db, deps, actor, form))
}

/**
 * Erases facts whose time of keeping is over, by kind: destroys what opens their entries and the copies that anything was
 * judged on, deletes them with the files they rest on, and records for each person which groups of which entries were
 * erased; of all of the people or of none. STALE_VERSION where it would come to anything else than was shown (`digest`):
 * somebody has come back, is tied to something that runs, or facts were added. Gives how many facts were erased.
 */
export async function eraseKinds(
	deps: Deps,
	actor: Actor,
	form: KindsForm & { digest: string; confirmation: string },
): Promise<{ facts: number }> {
	demandForm(actor, form)
	const facts = await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [...new Set(form.personIds)].sort(), 'update')
		const planned = await planKinds(tx, deps, actor, form)
		const preview = shown(planned)
		if (preview.digest !== form.digest || planned.some(({ problem }) => problem !== null))
			throw new DomainError('STALE_VERSION', 'This would come to something else by now than was shown.')
		if (form.confirmation !== String(preview.facts))
			throw invalid({ field: 'confirmation', problem: 'NUMBER_DIFFERS' })
		// Files that wait may tell of these people, and nobody can tell which do: they are brought again.
		await discardWaitingImports(tx, deps.now())
		await endFileReadings(tx, { askedBy: deps.now(), at: deps.now(), trouble: 'FILES_GONE' })
		for (const row of planned) await eraseOne(tx, deps, actor, row, form.reason)
		return preview.facts
	})
	deps.wake()
	return { facts }
}

async function planKinds(reader: Reader, deps: Deps, actor: Actor, form: KindsForm): Promise<Planned[]> {
	const ids = [...new Set(form.personIds)].sort()
	const names = await namesOf(reader, ids)
	const leavers = await leaversDue(reader, {
		at: deps.now(),
		cutoffs: cutoffsOf(deps),
		limit: ids.length,
		only: ids,
	})
	const due = await dueOf(reader, deps, leavers)
	const planned: Planned[] = []
	for (const personId of ids) {
		const name = names.get(personId)
		if (name === undefined) throw new DomainError('NOT_FOUND', 'No such person.', { personId })
		const kinds = (due.get(personId) ?? []).filter(({ kind }) => form.kinds.includes(kind))
		const { usablePasskeys: _, ...ties } = await tiesOf(reader, personId)
		const openings = await openingsOfKinds(
			reader,
			personId,
			kinds.map(({ kind }) => kind),
		)
		planned.push({
			personId,
			name,
			problem:
				personId === actor.personId
					? 'OWN_FACTS'
					: kinds.length === 0
						? 'NOT_DUE'
						: Object.values(ties).some((n) => n > 0)
							? 'PERSON_IN_USE'
							: null,
			ties,
			kinds,
			groups: openings.length,
			judgements: openings.filter(({ group }) => group === 'eligibility').length,
			openings,
		})
	}
	return planned
}

function shown(planned: readonly Planned[]): KindsPreview {
	const rows = planned.map(({ openings: _, ...row }) => row)
	const clean = rows.filter(({ problem }) => problem === null)
	return {
		rows,
		facts: clean.flatMap(({ kinds }) => kinds).reduce((sum, { facts }) => sum + facts, 0),
		digest: createHash('sha256').update(canonicalJson(clean)).digest('hex'),
	}
}

async function eraseOne(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ personId, kinds, openings }: Planned,
	reason: string,
): Promise<void> {
	const gone = await deleteOpenings(tx, openings)
	let facts = 0
	for (const { kind } of kinds) facts += await deleteFactsOfKind(tx, personId, kind)
	// Under the lock nobody adds or erases: anything else is a fault of ours, and nothing may go without its entry.
	if (gone.length !== openings.length || gone.length === 0 || facts === 0)
		throw new Error('What was erased is not what was planned.')
	const order = new Map(openings.map(({ entryId }, position) => [entryId, position]))
	gone.sort((a, b) => (order.get(a.entryId) ?? 0) - (order.get(b.entryId) ?? 0))
	for (const erased of erasedInEntries(gone))
		await recordEntry(tx, deps, {
			kind: 'record.erased',
			subject: personId,
			actor: actor.personId,
			open: { erased },
			sealed: { basis: { ground: 'retention_over', reason } },
			at: deps.now(),
		})
}

function demandForm(actor: Actor, { personIds, kinds, reason }: KindsForm): void {
	demand(actor, 'record:erase')
	if (personIds.length === 0) throw invalid({ field: 'people', problem: 'CHOOSE_PEOPLE' })
	if (personIds.length > SHOWN) throw invalid({ field: 'people', problem: 'TOO_MANY_PEOPLE' })
	if (kinds.length === 0) throw invalid({ field: 'kinds', problem: 'CHOOSE_KINDS' })
	demandReason(reason)
}
