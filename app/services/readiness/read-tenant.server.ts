import { findReading, insertReading, saveReading } from '#db/queries/readiness-readings.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { reportFromTenant } from './make-report.server.ts'

/**
 * Asks for the tenant to be read and a report to be made of it: a row and its job in one transaction, performed by the worker.
 * Where a reading is under way already, that one is what is waited for.
 */
export async function askForReading(deps: Deps, actor: Actor): Promise<void> {
	demand(actor, 'readiness:manage')
	await deps.database.withTx(async (tx) => {
		const id = deps.newId()
		if (await insertReading(tx, { id, askedAt: deps.now(), askedBy: actor.personId }))
			await deps.enqueue(tx, [{ type: 'readiness.read', readingId: id }])
	})
	deps.wake()
}

/**
 * The job: reads the tenant from the beginning, also where a worker was killed over it. The report and the end of the reading are one
 * transaction, so that neither stands without the other. A tenant that cannot be read ends it, with why; anything else (the
 * database is away) leaves it open, and the job comes again.
 */
export async function readTenantForReport(deps: Deps, readingId: string): Promise<void> {
	const { database } = deps
	const reading = await findReading(database.db, readingId)
	if (reading === null || reading.finishedAt !== null) return
	const save = (change: Parameters<typeof saveReading>[2]) =>
		database.withTx((tx) => saveReading(tx, readingId, change))
	await save({ startedAt: deps.now(), done: null, total: null })
	try {
		await reportFromTenant(deps, reading.askedBy, {
			onMethods: async (done, total) => void (await save({ done, total })),
			async onStored(tx, { id, at }) {
				// Another worker has made the report meanwhile: one is enough.
				if (!(await saveReading(tx, readingId, { finishedAt: at, reportId: id })))
					throw new DomainError('ILLEGAL_TRANSITION', 'This reading is finished already.')
			},
		})
	} catch (error) {
		if (!isDomainError(error) || error.code === 'ILLEGAL_TRANSITION') throw error
		await save({ finishedAt: deps.now(), trouble: error.code })
		deps.wake()
	}
}
