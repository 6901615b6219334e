import {
	insertAppointment,
	insertAttendance,
	insertCitizenship,
	insertClearance,
	insertEmployment,
	insertFacilityAuthorisation,
	insertResidence,
} from '#db/queries/people.ts'
import type { Tx } from '#db/client.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import type { Attendance, PersonFacts, Validity } from '#workflows/charter/facts.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'

const EVIDENCE = 'sample organisation'

/** Stores what is known of a person, each fact with its entry of the record. */
export async function loadFacts(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	facts: PersonFacts,
	at: Date,
): Promise<void> {
	const recorder: Recorder = {
		tx,
		row: ({ validFrom, validUntil }) => ({
			id: deps.newId(),
			personId: facts.personId,
			validFrom: new Date(validFrom),
			validUntil: validUntil === null ? null : new Date(validUntil),
			recordedAt: at,
			recordedBy: null,
			evidence: EVIDENCE,
		}),
		enter: async (kind, open, sealed) => {
			await recordEntry(tx, deps, { kind, subject: facts.personId, actor: null, open, sealed, at })
		},
	}
	await loadStanding(recorder, facts)
	for (const fact of facts.briefings) await loadAttendance(recorder, 'briefing', fact)
	for (const fact of facts.training) await loadAttendance(recorder, 'training', fact)
	await loadWork(recorder, facts)
}

type Row = {
	id: string
	personId: string
	validFrom: Date
	validUntil: Date | null
	recordedAt: Date
	recordedBy: null
	evidence: string
}
type Recorder = {
	tx: Tx
	row: (fact: Validity) => Row
	enter: <K extends EntryKind>(kind: K, open: LeafOf<K>['open'], sealed: SealedOf<K>) => Promise<void>
}

const open = ({ id }: Row) => ({ factId: id, recordedBy: null })
const interval = ({ validFrom, validUntil }: Validity) => ({ validFrom, validUntil })
const evident = (fact: Validity) => ({ ...interval(fact), evidence: EVIDENCE })

/** What a person is: citizen, resident, cleared. */
async function loadStanding({ tx, row, enter }: Recorder, facts: PersonFacts): Promise<void> {
	for (const fact of facts.citizenships) {
		const { country } = fact
		const stored = row(fact)
		await insertCitizenship(tx, { ...stored, country })
		await enter('person.citizenship_recorded', open(stored), { fact: { country, ...evident(fact) } })
	}
	for (const fact of facts.residences) {
		const { country, status } = fact
		const stored = row(fact)
		await insertResidence(tx, { ...stored, country, status })
		await enter('person.residence_recorded', open(stored), { fact: { country, status, ...evident(fact) } })
	}
	for (const fact of facts.clearances) {
		const { scheme, level, issuer, state } = fact
		const stored = row(fact)
		await insertClearance(tx, { ...stored, scheme, level, issuer, state })
		const sealed = { fact: { scheme, level, issuer, state, ...evident(fact) } }
		await enter('person.clearance_recorded', open(stored), sealed)
	}
}

async function loadAttendance(
	{ tx, row, enter }: Recorder,
	attendance: 'briefing' | 'training',
	fact: Attendance,
): Promise<void> {
	const { key } = fact
	const stored = row(fact)
	await insertAttendance(tx, { ...stored, kind: attendance, key })
	await enter('person.attendance_recorded', { ...open(stored), attendance, key }, { fact: evident(fact) })
}

/** Where a person works, and as what. */
async function loadWork({ tx, row, enter }: Recorder, facts: PersonFacts): Promise<void> {
	for (const fact of facts.employments) {
		const { employer, under, flowDown } = fact
		const stored = row(fact)
		await insertEmployment(tx, { ...stored, employer, under, flowDown })
		const sealed = { fact: { employer, under, flowDown, ...evident(fact) } }
		await enter('person.employment_recorded', open(stored), sealed)
	}
	for (const fact of facts.appointments) {
		const { role } = fact
		const stored = row(fact)
		await insertAppointment(tx, { ...stored, role })
		await enter('person.appointed', { ...open(stored), role }, { fact: interval(fact) })
	}
	for (const fact of facts.facilities) {
		const { facility } = fact
		const stored = row(fact)
		await insertFacilityAuthorisation(tx, { ...stored, facility })
		await enter('person.facility_authorised', { ...open(stored), facility }, { fact: interval(fact) })
	}
}
