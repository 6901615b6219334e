import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'

/** Writes so many entries in one transaction, of a kind that asks for nothing else: the record is what a test is about. */
export function writeEntries(
	deps: Pick<Deps, 'database' | 'now' | 'newId' | 'randomBytes'>,
	count: number,
	actor: string | null = null,
): Promise<void> {
	return deps.database.withTx(async (tx) => {
		for (let i = 0; i < count; i++)
			await recordEntry(tx, deps, {
				kind: 'amendment.withdrawn',
				subject: null,
				actor,
				open: { amendmentId: deps.newId() },
				sealed: {},
				at: deps.now(),
			})
	})
}
