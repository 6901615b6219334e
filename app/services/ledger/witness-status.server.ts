import { newestCosignatures, newestWitnessed } from '#db/queries/cosignatures.ts'
import type { Policy } from '#workflows/ledger/tlog-policy.ts'
import type { Deps } from '../deps.ts'
import type { QuorumView, WitnessView } from '../views.ts'
import { columnOf } from './witness-policy.server.ts'
import { columnsOf, type Published } from './witness-published.server.ts'

/** Who has witnessed the record up to where. What went wrong is known to the process that asks the witnesses. */
export async function witnessView(
	{ database, witnessing: { policy, mode, notes } }: Deps,
	newestSize: number,
	given: Published | null,
): Promise<WitnessView> {
	const witnesses = policy?.witnesses ?? []
	const rows = await newestCosignatures(
		database.db,
		witnesses.map(({ vkey }) => columnOf(vkey)),
	)
	const lastMet = policy === null ? null : await newestWitnessed(database.db, policy, columnsOf(policy))
	return {
		mode,
		quorum: policy === null || policy.quorum === null ? null : quorumView(policy, policy.quorum),
		given: given === null ? null : { size: given.size, isMet: given.witnessed.isMet },
		lastMet: lastMet === null ? null : { size: lastMet.size, at: lastMet.at.toISOString() },
		witnesses: witnesses.map(({ name, vkey, url }) => {
			const row = rows.find(({ witness }) => witness === columnOf(vkey))
			const { problem = null, wentBack = null } = notes.get(name) ?? {}
			return {
				name,
				vkey,
				isAsked: url !== null,
				cosigned: row
					? { size: row.size, at: row.signedAt.toISOString(), isNewest: row.size === newestSize }
					: null,
				problem: problem && { ...problem, since: problem.since.toISOString() },
				wentBack: wentBack && { ...wentBack, at: wentBack.at.toISOString() },
			}
		}),
	}
}

function quorumView({ groups }: Policy, name: string): QuorumView {
	const group = groups.find((known) => known.name === name)
	if (group === undefined) return { name }
	// A group names only what stands before it, so that this ends.
	const members = group.members.map((member) => quorumView({ groups } as Policy, member))
	return { threshold: group.threshold, members }
}
