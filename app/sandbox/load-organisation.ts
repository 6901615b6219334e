import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { insertCharterVersion } from '#db/queries/charter.ts'
import { insertPerson, isPopulated } from '#db/queries/people.ts'
import type { Tx } from '#db/client.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { loadFacts } from './load-facts.ts'
import { readOrganisation, type OrganisationPerson } from './read-organisation.ts'

type Loader = Pick<Deps, 'database' | 'now' | 'newId' | 'randomBytes'>

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

async function loadPerson(tx: Tx, deps: Loader, person: OrganisationPerson, at: Date): Promise<void> {
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
	await recordEntry(tx, deps, {
		kind: 'person.recorded',
		subject: id,
		actor: null,
		open: {},
		sealed: { identity: { displayName, userPrincipalName, entraObjectId, employer } },
		at,
	})
	await loadFacts(tx, deps, person.facts, at)
}
