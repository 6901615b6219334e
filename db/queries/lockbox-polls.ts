import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Provider } from '#workflows/lockbox/providers.ts'
import type { Reader, Tx } from '../client.ts'
import { lockboxPolls, providerBoundaries } from '../schema/index.ts'

export type BoundaryRow = typeof providerBoundaries.$inferSelect

/** Boundaries that take requests, of one provider or of all. */
export async function openBoundaries(reader: Reader, provider?: Provider): Promise<BoundaryRow[]> {
	return reader
		.select()
		.from(providerBoundaries)
		.where(
			and(
				isNull(providerBoundaries.closedAt),
				provider === undefined ? undefined : eq(providerBoundaries.provider, provider),
			),
		)
		.orderBy(asc(providerBoundaries.name), asc(providerBoundaries.id))
}

/** Notes how a reading of a boundary's requests went. Gives how many in a row had not worked before it, and have now. */
export async function notePoll(
	tx: Tx,
	{ boundaryId, at, trouble }: { boundaryId: string; at: Date; trouble: string | null },
): Promise<{ before: number; failures: number }> {
	const [known] = await tx
		.select({ failures: lockboxPolls.failures })
		.from(lockboxPolls)
		.where(eq(lockboxPolls.boundaryId, boundaryId))
		.for('update')
	const before = known?.failures ?? 0
	const failures = trouble === null ? 0 : before + 1
	const okAt = trouble === null ? { okAt: at } : {}
	await tx
		.insert(lockboxPolls)
		.values({ boundaryId, at, trouble, failures, ...okAt })
		.onConflictDoUpdate({ target: lockboxPolls.boundaryId, set: { at, trouble, failures, ...okAt } })
	return { before, failures }
}

export async function pollsOf(reader: Reader) {
	return reader.select().from(lockboxPolls)
}
