import type { Tx } from '#db/client.ts'
import { withoutParameters } from '#db/transaction.ts'
import {
	deleteFilePieces,
	endFileReadings,
	findReading,
	insertReading,
	saveReading,
	type ReadingRow,
} from '#db/queries/readiness-readings.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { reportFromFiles, reportFromTenant, type OnStored } from './make-report.server.ts'
import { loadStaged, stageFiles, type GivenFiles } from './staged-files.server.ts'
import { MAX_FILES } from './tenant-files.ts'

/** So many of the files that are wrong are named: whoever mends them sees the rest with the next attempt. */
const MOST_TOLD = 50

/** What fails so long after a reading was asked for, and has been tried before, is no passing trouble. */
const PASSES_WITHIN_MS = 10 * 60_000

/** What files of a tenant say of people is kept no longer. */
const FILES_KEPT_MS = 24 * 3_600_000

/**
 * Asks for the tenant to be read and a report to be made of it: a row and its job in one transaction, performed by the worker.
 * Where a reading is under way already, that one is what is waited for.
 */
export async function askForReading(deps: Deps, actor: Actor): Promise<void> {
	demand(actor, 'readiness:manage')
	await deps.database.withTx(async (tx) => void (await ask(tx, deps, actor, 'tenant')))
	deps.wake()
}

/**
 * The same of exported files, which are kept with the row until the report is made. `READING_UNDER_WAY` where one is being made of
 * other files: these would be lost without a word otherwise. `EXPORTED_LATER` where they would be of a time that has not come,
 * `FILES_TOO_MANY` where they are more than a report is made of.
 */
export async function askForReport(deps: Deps, actor: Actor, given: GivenFiles): Promise<void> {
	demand(actor, 'readiness:manage')
	if (given.readAt > deps.now())
		throw new DomainError('EXPORTED_LATER', 'Files cannot have been exported later than now.')
	if (given.files.length > MAX_FILES)
		throw new DomainError('FILES_TOO_MANY', `A report is made of ${MAX_FILES} files at most.`)
	await deps.database.withTx(async (tx) => {
		const id = await ask(tx, deps, actor, 'files')
		if (id === null)
			throw new DomainError('READING_UNDER_WAY', 'A report is being made of other files just now.')
		await stageFiles(tx, deps, id, given)
	})
	deps.wake()
}

async function ask(
	tx: Tx,
	deps: Deps,
	{ personId }: Actor,
	source: ReadingRow['source'],
): Promise<string | null> {
	const id = deps.newId()
	if (!(await insertReading(tx, { id, source, askedAt: deps.now(), askedBy: personId }))) return null
	await deps.enqueue(tx, [{ type: 'readiness.read', readingId: id }])
	return id
}

/**
 * The job: reads the tenant, or the files, from the beginning, also where a worker was killed over it. The report and the end of the
 * reading are one transaction, so that neither stands without the other, and the files go with it. What cannot be read ends it,
 * with why; anything else (the database is away) leaves it open, and the job comes again. What fails once more long after it was asked
 * for ends it too (`REPORT_FAILED`): nothing else could be asked for meanwhile, and it would fail for ever.
 */
export async function performReading(deps: Deps, readingId: string): Promise<void> {
	const { database } = deps
	const reading = await findReading(database.db, readingId)
	if (reading === null || reading.finishedAt !== null) return
	await database.withTx((tx) =>
		saveReading(tx, readingId, { startedAt: deps.now(), done: null, total: null }),
	)
	const onStored: OnStored = async (tx, { id, at }) => {
		// Another worker has made the report meanwhile: one is enough.
		if (!(await end(tx, readingId, { finishedAt: at, reportId: id })))
			throw new DomainError('ILLEGAL_TRANSITION', 'This reading is finished already.')
	}
	const fail = async (why: { trouble: string; problems?: ReadingRow['problems'] }) => {
		await database.withTx((tx) => end(tx, readingId, { finishedAt: deps.now(), ...why }))
		deps.wake()
	}
	try {
		if (reading.source === 'tenant') await fromTenant(deps, reading, onStored)
		else {
			const problems = await fromFiles(deps, reading, onStored)
			if (problems.length > 0)
				await fail({ trouble: 'FILES_REFUSED', problems: problems.slice(0, MOST_TOLD) })
		}
	} catch (error) {
		if (isDomainError(error)) {
			if (error.code === 'ILLEGAL_TRANSITION') throw error
			if (error.code === 'REPORT_FAILED') deps.log.error({ readingId, ...error.details }, error.message)
			return fail({ trouble: error.code })
		}
		const wasTried = reading.startedAt !== null
		if (!wasTried || deps.now().getTime() - reading.askedAt.getTime() < PASSES_WITHIN_MS) throw error
		deps.log.error({ readingId, error: withoutParameters(error) }, 'a report failed again and is given up')
		await fail({ trouble: 'REPORT_FAILED' })
	}
}

/** Ends readings of files that nobody got to in a day, so that the files are not kept longer than that. */
export const endOldReadings = (tx: Tx, at: Date): Promise<void> =>
	endFileReadings(tx, { askedBy: new Date(at.getTime() - FILES_KEPT_MS), at, trouble: 'FILES_GONE' })

/** Ends a reading, whose files are of no more use; gives whether it was still open. */
async function end(tx: Tx, id: string, change: Parameters<typeof saveReading>[2]): Promise<boolean> {
	await deleteFilePieces(tx, id)
	return saveReading(tx, id, change)
}

const fromTenant = (deps: Deps, { id, askedBy }: ReadingRow, onStored: OnStored) =>
	reportFromTenant(deps, askedBy, {
		onMethods: (done, total) =>
			deps.database.withTx(async (tx) => void (await saveReading(tx, id, { done, total }))),
		onStored,
	})

async function fromFiles(deps: Deps, { id, askedBy }: ReadingRow, onStored: OnStored) {
	const given = await loadStaged(deps.database.db, deps, id)
	if (given === null) throw new DomainError('FILES_GONE', 'The files are not there any more.')
	return (await reportFromFiles(deps, askedBy, given, onStored)).problems
}
