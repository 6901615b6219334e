import type { Reader } from '#db/client.ts'
import { compiledOf } from '#workflows/charter/compiled.ts'
import type { JudgeUnder } from '#workflows/charter/eligibility.ts'
import {
	approvalUnder,
	permitUnder,
	strictestPermit,
	type Permit,
	type Phase,
} from '#workflows/charter/enforcement.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'

const judgeFast: JudgeUnder = (charter, facts, question) => {
	const form = compiledOf(charter)
	return form.judge(prepareFacts(facts, form.symbols), question)
}

export type AskedPermit = {
	role: string
	charterVersionId: string
	phase: Phase
	/** When it begins that is scheduled. */
	beginsAt?: Instant
	remainingMs: number
	/** Approvals that were given so far; of what no longer waits, none. */
	approvals: readonly { approverId: string; stage: number; group?: number; escalated?: boolean }[]
	requesterId: string
	/** Who filed it for the requester; null where they did. */
	filedBy: string | null
}

/**
 * Judges permits under the charter that a request is pinned to and the one in force: the stricter of the two counts.
 * Reads each charter version once, so that thousands can be judged in a row. `inForce` is read when this is made.
 */
export async function openPermitJudge(reader: Reader, { charters }: Pick<Deps, 'charters'>) {
	const inForce = await charters.inForce(reader)
	const known = new Map([[inForce.id, inForce.charter]])
	const charterOf = async (id: string) => {
		const charter = known.get(id) ?? (await charters.version(reader, id)).charter
		known.set(id, charter)
		return charter
	}
	return async (
		{ role, charterVersionId, phase, remainingMs, approvals, requesterId, filedBy, beginsAt }: AskedPermit,
		facts: ReadonlyMap<string, PersonFacts>,
		now: Instant,
	): Promise<Permit> => {
		const pinned = await charterOf(charterVersionId)
		const under = charterVersionId === inForce.id ? [pinned] : [pinned, inForce.charter]
		const person = facts.get(requesterId)
		if (!person) throw new Error('The facts of the requester were not read.')
		const agreed = pinned.roles[role]?.access
		const at = beginsAt ?? now
		const part = filedBy === null ? ('requester' as const) : ('beneficiary' as const)
		return strictestPermit(
			under.flatMap((charter) => [
				permitUnder(charter, { role, agreed, facts: person, at, phase, remainingMs, part }, judgeFast),
				...approvals.flatMap(({ approverId, ...capacity }) => {
					const approver = facts.get(approverId)
					return approver
						? [approvalUnder(charter, { role, ...capacity, facts: approver, at }, judgeFast)]
						: []
				}),
			]),
		)
	}
}
