import { SIGNATURES_NEEDED } from '../charter/amendment.machine.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { opened, problem, unchecked, type Openings, type StoryProblem } from './problem.ts'
import type { Signatures } from './signatures.ts'

type Proposed = LeafOf<'amendment.proposed'>['open'] & { signers: Set<string>; isClosed: boolean }

/**
 * How charters came into force: each after the first by an amendment of the one before it, signed by two distinct owners
 * over exactly its text. `charters` are the versions that came into force so far, by entry, with the hash of their text.
 */
export function createAmendmentStory(signatures: Signatures, charters: ReadonlyMap<string, string>) {
	const amendments = new Map<string, Proposed>()
	const counts = { charters: 0, amendmentSignatures: 0 }
	/** The version in force at this point of the log. */
	let inForce: string | null = null

	return {
		tellProposed({ open }: LeafOf<'amendment.proposed'>): StoryProblem[] {
			if (amendments.has(open.amendmentId))
				return [problem('SECOND_PROPOSAL', 'an amendment is proposed a second time')]
			amendments.set(open.amendmentId, { ...open, signers: new Set(), isClosed: false })
			return open.baseEntry === inForce
				? []
				: [problem('CHARTER_UNKNOWN', 'an amendment of a charter that is not in force')]
		},
		tellDecided({ actor, time, open }: LeafOf<'amendment.decided'>, openings: Openings): StoryProblem[] {
			const amendment = amendments.get(open.amendmentId)
			if (!amendment || actor === null)
				return [problem('AMENDMENT_UNKNOWN', 'a signature under an amendment that was not proposed before')]
			const problems: StoryProblem[] = []
			if (amendment.isClosed)
				problems.push(problem('AMENDMENT_CLOSED', 'a signature under an amendment that was settled before'))
			if (amendment.signers.has(actor))
				problems.push(problem('SAME_HUMAN_TWICE', 'one person signs twice under an amendment'))
			if (open.textSha256 !== amendment.textSha256)
				problems.push(problem('AMENDMENT_DIFFERS', 'the signature is on another text than the one proposed'))
			if (open.verdict === 'reject') amendment.isClosed = true
			else {
				amendment.signers.add(actor)
				counts.amendmentSignatures += 1
			}
			const evidence = opened('amendment.decided', 'evidence', openings)
			if (evidence === null)
				return [
					...problems,
					unchecked('AMENDMENT_SEALED', 'the signature under an amendment is not laid open'),
				]
			const { envelope, assertion } = evidence
			const isAgreed =
				envelope.amendmentId === open.amendmentId &&
				envelope.verdict === open.verdict &&
				envelope.signerId === actor &&
				envelope.charterId === amendment.charterId &&
				envelope.version === amendment.version &&
				envelope.textSha256 === amendment.textSha256 &&
				envelope.baseTextSha256 === charters.get(amendment.baseEntry) &&
				envelope.inForceFrom === amendment.inForceFrom
			const { credentialEntry } = open
			return [
				...problems,
				...signatures.check({ actor, time, credentialEntry, envelope, assertion, isAgreed }),
			]
		},
		/** Withdrawn, lapsed or stopped: it cannot come into force any more. */
		tellClosed({
			open,
		}: LeafOf<'amendment.withdrawn' | 'amendment.lapsed' | 'amendment.stopped'>): StoryProblem[] {
			const amendment = amendments.get(open.amendmentId)
			if (amendment) amendment.isClosed = true
			return []
		},
		tellInForce({ id, time, open }: LeafOf<'charter.in_force'>): StoryProblem[] {
			const before = inForce
			inForce = id
			counts.charters += 1
			if (before === null && open.amendmentId === undefined) return []
			const amendment = open.amendmentId === undefined ? undefined : amendments.get(open.amendmentId)
			if (!amendment)
				return [
					problem('CHARTER_UNSIGNED', 'a charter comes into force that nobody had proposed for signature'),
				]
			const problems: StoryProblem[] = []
			if (amendment.isClosed)
				problems.push(
					problem('AMENDMENT_CLOSED', 'a charter comes into force whose amendment was settled before'),
				)
			if (amendment.signers.size < SIGNATURES_NEEDED)
				problems.push(
					problem(
						'CHARTER_UNSIGNED',
						`a charter comes into force with fewer than ${SIGNATURES_NEEDED} signatures`,
					),
				)
			if (
				amendment.textSha256 !== open.textSha256 ||
				amendment.version !== open.version ||
				amendment.charterId !== open.charterId ||
				amendment.baseEntry !== open.supersedesEntry ||
				open.supersedesEntry !== before
			)
				problems.push(
					problem('AMENDMENT_DIFFERS', 'the charter in force is not the one that was proposed and signed'),
				)
			if (amendment.inForceFrom !== null && time < amendment.inForceFrom)
				problems.push(problem('TOO_EARLY', 'a charter comes into force before its time'))
			amendment.isClosed = true
			return problems
		},
		counts: () => ({ ...counts }),
	}
}
