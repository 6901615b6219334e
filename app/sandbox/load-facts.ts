import type { Tx } from '#db/client.ts'
import type { Deps } from '#app/services/deps.ts'
import { writeFact } from '#app/services/people/write-fact.server.ts'
import type { PersonFacts, Validity } from '#workflows/charter/facts.ts'
import type { FactKind, FactValues } from '#workflows/people/facts/fact-kinds.ts'

const EVIDENCE = 'sample organisation'

/** Stores what is known of a person, each fact with its entry of the record. */
export async function loadFacts(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	facts: PersonFacts,
	at: Date,
): Promise<void> {
	const load = async <K extends FactKind, F extends Validity>(
		kind: K,
		list: readonly F[],
		valuesOf: (fact: F) => FactValues[K] | Record<string, string>,
	) => {
		for (const fact of list)
			await writeFact(tx, deps, {
				kind,
				values: valuesOf(fact),
				personId: facts.personId,
				validFrom: new Date(fact.validFrom),
				validUntil: fact.validUntil === null ? null : new Date(fact.validUntil),
				evidence: EVIDENCE,
				evidenceFile: null,
				source: 'import',
				recordedBy: null,
				verifiedBy: null,
				corrects: null,
				at,
			})
	}
	await load('citizenship', facts.citizenships, ({ country }) => ({ country }))
	await load('residence', facts.residences, ({ country, status }) => ({ country, status }))
	await load('clearance', facts.clearances, ({ scheme, level, issuer, state }) => ({
		scheme,
		level,
		issuer,
		state,
	}))
	await load('briefing', facts.briefings, ({ key }) => ({ key }))
	await load('training', facts.training, ({ key }) => ({ key }))
	await load('employment', facts.employments, ({ employer, under, flowDown }) => ({
		employer,
		under,
		flowDown,
	}))
	await load('appointment', facts.appointments, ({ role }) => ({ role }))
	await load('facility', facts.facilities, ({ facility }) => ({ facility }))
}
