import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { insertCharterVersion } from '#db/queries/charter.ts'
import {
	insertAppointment,
	insertCitizenship,
	insertClearance,
	insertFacilityAuthorisation,
	insertPerson,
	isPopulated,
} from '#db/queries/people.ts'
import type { Tx } from '#db/client.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { readOrganisation, type SamplePerson } from './read-organisation.ts'

type Loader = Pick<Deps, 'database' | 'now' | 'newId' | 'randomBytes'>

const EVIDENCE = 'sample organisation'
const DAY_MS = 86_400_000

const text = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')

/** The texts of an organisation: its charter and its people. */
export type OrganisationTexts = { charterYaml: string; peopleYaml: string }

/** The sample organisation that comes with Charterkeep. */
export const sampleTexts = (): OrganisationTexts => ({
	charterYaml: text('../charters/tax-administration.yaml'),
	peopleYaml: text('organisation.yaml'),
})

/**
 * Creates the record and loads an organisation into an empty database, in one transaction; does nothing when people
 * are there already. Gives whether it loaded. Dates of the texts are relative to now.
 */
export async function loadOrganisation(
	deps: Loader,
	{ charterYaml: yaml, peopleYaml }: OrganisationTexts,
	log: { origin: string; rpId: string; webOrigin: string },
): Promise<boolean> {
	const at = deps.now()
	const { charter, textSha256 } = readCharter(yaml)
	const persons = readOrganisation(peopleYaml, at)
	return deps.database.withTx(async (tx) => {
		if (await isPopulated(tx)) return false
		await recordEntry(tx, deps, {
			kind: 'record.created',
			subject: null,
			actor: null,
			open: log,
			sealed: {},
			at,
		})
		const { id: charterId, version } = charter.charter
		const entryId = await recordEntry(tx, deps, {
			kind: 'charter.in_force',
			subject: null,
			actor: null,
			open: { charterId, version, textSha256 },
			sealed: { text: { yaml } },
			at,
		})
		await insertCharterVersion(tx, {
			id: deps.newId(),
			charterId,
			version,
			yaml,
			textSha256,
			inForceFrom: at,
			entryId,
		})
		for (const person of persons) await loadPerson(tx, deps, person, at)
		return true
	})
}

async function loadPerson(tx: Tx, deps: Loader, person: SamplePerson, at: Date): Promise<void> {
	const { id, displayName, userPrincipalName, entraObjectId, employer } = person
	await insertPerson(tx, {
		id,
		displayName,
		userPrincipalName,
		entraObjectId,
		employer,
		persona: person.persona ?? null,
		createdAt: at,
	})
	const about = { subject: id, actor: null, at }
	await recordEntry(tx, deps, {
		kind: 'person.recorded',
		open: {},
		sealed: { identity: { displayName, userPrincipalName, entraObjectId, employer } },
		...about,
	})
	const since = new Date(at.getTime() - 400 * DAY_MS)
	const row = (validFrom: Date, validUntil: Date | null) => ({
		id: deps.newId(),
		personId: id,
		validFrom,
		validUntil,
		recordedAt: at,
		recordedBy: null,
		evidence: EVIDENCE,
	})
	const open = (factId: string) => ({ factId, recordedBy: null })
	const interval = (from: Date, until: Date | null) => ({
		validFrom: from.toISOString(),
		validUntil: until?.toISOString() ?? null,
	})
	for (const country of person.citizenships) {
		const fact = row(since, null)
		await insertCitizenship(tx, { ...fact, country })
		await recordEntry(tx, deps, {
			kind: 'person.citizenship_recorded',
			open: open(fact.id),
			sealed: { fact: { country, ...interval(since, null), evidence: EVIDENCE } },
			...about,
		})
	}
	for (const { scheme, level, issuer, state, validFrom, validUntil } of person.clearances) {
		const fact = row(validFrom, validUntil)
		await insertClearance(tx, { ...fact, scheme, level, issuer, state })
		await recordEntry(tx, deps, {
			kind: 'person.clearance_recorded',
			open: open(fact.id),
			sealed: { fact: { scheme, level, issuer, ...interval(validFrom, validUntil), evidence: EVIDENCE } },
			...about,
		})
	}
	for (const role of person.appointments) {
		const fact = row(since, null)
		await insertAppointment(tx, { ...fact, role })
		await recordEntry(tx, deps, {
			kind: 'person.appointed',
			open: { ...open(fact.id), role },
			sealed: { fact: interval(since, null) },
			...about,
		})
	}
	for (const facility of person.facilities) {
		const fact = row(since, null)
		await insertFacilityAuthorisation(tx, { ...fact, facility })
		await recordEntry(tx, deps, {
			kind: 'person.facility_authorised',
			open: { ...open(fact.id), facility },
			sealed: { fact: interval(since, null) },
			...about,
		})
	}
}
