import type { Tx } from '#db/client.ts'
import {
	insertFact,
	insertFacts,
	retractFact,
	type FactRow,
	type NewFact,
	type StoredValues,
} from '#db/queries/fact-rows.ts'
import { FACT_RULES, type FactKind, type FactValues } from '#workflows/people/facts/fact-kinds.ts'
import type { FactSource } from '#workflows/ledger/primitives.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'
import { recordEntries, recordEntry, type AnyEntry } from '../record-entry.server.ts'

export type WrittenFact<K extends FactKind = FactKind> = {
	kind: K
	/** Values as they are stored are taken as they are, so that a fact of before a value was asked for can be ended. */
	values: FactValues[K] | StoredValues
	personId: string
	validFrom: Date
	validUntil: Date | null
	evidence: string
	evidenceFile: { id: string; sha256: string } | null
	source: FactSource
	/** Null for what came by itself: an import, a feed. */
	recordedBy: string | null
	/** Null where nobody has seen the original yet. */
	verifiedBy: string | null
	corrects: string | null
	at: Date
}

/**
 * Adds a fact of any kind with its entry of the record, and checks nothing: whoever calls has read the values
 * (`readValues`), holds the person locked, and calls `factsChanged` afterwards. Gives the id of the fact.
 */
export async function writeFact<K extends FactKind>(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	fact: WrittenFact<K>,
	factId = deps.newId(),
): Promise<string> {
	await insertFact(tx, rowOf(fact, factId))
	await recordEntries(tx, deps, entriesOf(fact, factId))
	return factId
}

/** As `writeFact`, for many of one kind, with a few statements whatever their number. */
export async function writeFacts(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	kind: FactKind,
	facts: readonly WrittenFact[],
): Promise<void> {
	const named = facts.map((fact) => ({ fact, id: deps.newId() }))
	await insertFacts(
		tx,
		kind,
		named.map(({ fact, id }) => rowOf(fact, id)),
	)
	await recordEntries(
		tx,
		deps,
		named.flatMap(({ fact, id }) => entriesOf(fact, id)),
	)
}

function rowOf<K extends FactKind>(fact: WrittenFact<K>, id: string): NewFact<K> {
	const { values, at, evidenceFile, verifiedBy, ...base } = fact
	return {
		...base,
		id,
		values: values as FactValues[K],
		recordedAt: at,
		evidenceFileId: evidenceFile?.id ?? null,
		verifiedAt: verifiedBy === null ? null : at,
		verifiedBy,
	}
}

function entriesOf(fact: WrittenFact, factId: string): AnyEntry[] {
	const { kind, values, at, evidenceFile, verifiedBy } = fact
	const { entry, open } = FACT_RULES[kind]
	const said = Object.entries(values).filter(([name, value]) => value !== null || name === 'under')
	const recorded: AnyEntry = {
		kind: entry,
		subject: fact.personId,
		actor: fact.recordedBy,
		// The parts of an entry are checked against the schema of its kind when it is sealed.
		open: {
			factId,
			recordedBy: fact.recordedBy,
			source: fact.source,
			...(fact.corrects === null ? {} : { corrects: fact.corrects }),
			...(kind === 'briefing' || kind === 'training' ? { attendance: kind } : {}),
			...Object.fromEntries(said.filter(([name]) => open.includes(name))),
		},
		sealed: {
			fact: {
				...Object.fromEntries(said.filter(([name]) => !open.includes(name))),
				validFrom: fact.validFrom.toISOString(),
				validUntil: fact.validUntil?.toISOString() ?? null,
				evidence: fact.evidence,
				...(evidenceFile === null ? {} : { evidenceSha256: evidenceFile.sha256 }),
			},
		},
		at,
	}
	if (verifiedBy === null) return [recorded]
	const verified = { kind: 'person.fact_verified', subject: fact.personId, actor: verifiedBy } as const
	return [recorded, { ...verified, open: { factId }, sealed: {}, at }]
}

/** Notes that a fact is known to be wrong from now on, with its entry; STALE_VERSION where somebody was faster. */
export async function takeBackFact(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	fact: Pick<FactRow, 'id' | 'kind' | 'personId'>,
	{ by, reason, supersededBy, at }: { by: string; reason: string; supersededBy: string | null; at: Date },
): Promise<void> {
	if (!(await retractFact(tx, fact, { at, by, reason })))
		throw new DomainError('STALE_VERSION', 'This fact was taken back meanwhile.', { factId: fact.id })
	await recordEntry(tx, deps, {
		kind: 'person.fact_retracted',
		subject: fact.personId,
		actor: by,
		open: { factId: fact.id, supersededBy },
		sealed: { basis: { reason } },
		at,
	})
}
