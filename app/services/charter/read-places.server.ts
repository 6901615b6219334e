import { listAmendments } from '#db/queries/amendments.ts'
import type { Tx } from '#db/client.ts'
import {
	askForParts,
	isReadingAsked,
	keepParts,
	knownParts,
	saveParts,
	type ReadOutcome,
} from '#db/queries/tenant-places.ts'
import type { ReadPart } from '#app/integrations/tenant-port.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { isPartDue, partKey, partsOf, type TenantPart } from '#workflows/tenant/charter-places.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'
import { readCharter } from './read-charter.server.ts'

/** More drafts than anybody keeps open; those beyond it are looked at once they are saved again, or proposed. */
const MOST_OPEN = 100

/** Asks for the places of a charter to be looked at in the tenant, soon and by the worker: never within a web request. */
export const askForPlaces = (tx: Tx, deps: Deps, charter: Charter): Promise<void> =>
	askForParts(tx, deps.reader.tenant, partsOf([charter], deps.tenant), deps.now())

/** Whether somebody waits for places to be looked at. */
export const arePlacesAsked = ({ database, reader }: Deps): Promise<boolean> =>
	isReadingAsked(database.db, reader.tenant)

/**
 * Looks at what the places of the charter in force and of open amendments rest on, as far as it is due: what is new or asked for at
 * once, what stands in the way every few minutes, what is well every hour. What cannot be read is noted, and what was known stands. Gives
 * how many parts were tried.
 */
export async function readPlaces(deps: Deps): Promise<number> {
	const { database, reader } = deps
	const begunAt = deps.now()
	const wanted = await wantedParts(deps)
	const known = await knownParts(database.db, reader.tenant)
	const due = wanted.filter((part) => isPartDue(known.get(partKey(part)), begunAt.toISOString()))
	const read = await reader.readParts(due)
	const outcomes = due.map((part) => outcomeOf(part, read.get(partKey(part)), begunAt))
	const isStale = known.size > wanted.length
	if (outcomes.length > 0 || isStale)
		await database.withTx(async (tx) => {
			await saveParts(tx, reader.tenant, outcomes)
			await keepParts(tx, reader.tenant, wanted, begunAt)
		})
	noteTrouble(deps, outcomes, [...known.values()])
	if (outcomes.length > 0) deps.wake()
	return outcomes.length
}

function outcomeOf(part: TenantPart, answer: ReadPart | undefined, triedAt: Date): ReadOutcome {
	if (answer?.read) return { ...part, seen: answer.seen, triedAt }
	return { ...part, trouble: answer?.why ?? 'unavailable', code: answer?.code ?? null, triedAt }
}

/** Parts of every charter that matters now. A draft that no longer reads (an older version wrote it) waits for its drafter. */
async function wantedParts({ database, charters, tenant }: Deps): Promise<TenantPart[]> {
	const { charter } = await charters.inForce(database.db)
	const open = await listAmendments(database.db, ['draft', 'proposed', 'signed'], MOST_OPEN)
	return partsOf([charter, ...open.flatMap(({ yaml }) => charterIn(yaml))], tenant)
}

function charterIn(yaml: string): Charter[] {
	try {
		return [readCharter(yaml).charter]
	} catch (error) {
		if (!isDomainError(error)) throw error
		return []
	}
}

/** The log has it once, when it begins. */
function noteTrouble(
	{ log }: Deps,
	outcomes: readonly ReadOutcome[],
	before: readonly { trouble: string | null }[],
) {
	const troubled = outcomes.find((outcome) => 'trouble' in outcome)
	if (troubled === undefined || !('trouble' in troubled)) return
	if (before.some(({ trouble }) => trouble === troubled.trouble)) return
	const { trouble, code } = troubled
	log.warn({ trouble, code }, 'places that the charter names cannot be looked at in the tenant')
}
