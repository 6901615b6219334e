import { digestOf } from '../ledger/leaf.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import type { Assertion, SuspensionEnvelope } from '../ledger/envelope.schema.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import type { Signatures } from './signatures.ts'

type Told = {
	personId: string | null
	isOver: boolean
	proposal: { entry: string; by: string | null } | null
}
type Signed = { envelope: SuspensionEnvelope; assertion: Assertion } | null

/**
 * Whether suspensions hold together: each signed by an officer who is somebody else, and lifted by two different ones,
 * the second of whom confirms what the first proposed.
 */
export function createSuspensionStory(signatures: Pick<Signatures, 'check'>) {
	const suspensions = new Map<string, Told>()

	function checkSigned(
		{ actor, time, subject }: Pick<LeafOf<'person.suspended'>, 'actor' | 'time' | 'subject'>,
		open: { suspensionId: string; credentialEntry: string },
		step: SuspensionEnvelope['step'],
		signed: Signed,
		reason: string | null,
	): StoryProblem[] {
		const problems =
			actor === null || actor === subject
				? [problem('OWN_SUSPENSION', 'a suspension is signed by nobody else than the person')]
				: []
		if (signed === null) return problems
		const { envelope, assertion } = signed
		const isAgreed =
			envelope.step === step &&
			envelope.suspensionId === open.suspensionId &&
			envelope.personId === subject &&
			envelope.officerId === actor &&
			(reason === null || envelope.reasonSha256 === digestOf({ nonce: envelope.nonce, reason }))
		return [
			...problems,
			...signatures.check({
				actor,
				time,
				credentialEntry: open.credentialEntry,
				envelope,
				assertion,
				isAgreed,
			}),
		]
	}

	return {
		isSuspended: (personId: string) =>
			[...suspensions.values()].some((told) => told.personId === personId && !told.isOver),
		tellSuspended(leaf: LeafOf<'person.suspended'>, openings: Openings): StoryProblem[] {
			const { open, subject, kind } = leaf
			const problems = suspensions.has(open.suspensionId)
				? [problem('SECOND_SUSPENSION', 'a suspension begins a second time')]
				: []
			suspensions.set(open.suspensionId, { personId: subject, isOver: false, proposal: null })
			const reason = opened(kind, 'reason', openings)?.text ?? null
			return [...problems, ...checkSigned(leaf, open, 'suspend', opened(kind, 'evidence', openings), reason)]
		},
		tellProposed(leaf: LeafOf<'person.suspension_lift_proposed'>, openings: Openings): StoryProblem[] {
			const { open, actor, id, kind } = leaf
			const told = suspensions.get(open.suspensionId)
			const problems = isOpen(told, leaf) ? [] : [unknown]
			if (told) told.proposal = { entry: id, by: actor }
			const reason = opened(kind, 'reason', openings)?.text ?? null
			return [
				...problems,
				...checkSigned(leaf, open, 'propose_lift', opened(kind, 'evidence', openings), reason),
			]
		},
		tellLifted(leaf: LeafOf<'person.suspension_lifted'>, openings: Openings): StoryProblem[] {
			const { open, actor, kind } = leaf
			const told = suspensions.get(open.suspensionId)
			const problems = isOpen(told, leaf) ? [] : [unknown]
			if (told?.proposal?.entry !== open.proposalEntry || told.proposal.by === actor)
				problems.push(problem('LIFTED_BY_ONE', 'a suspension is lifted without two different officers'))
			if (told) told.isOver = true
			return [
				...problems,
				...checkSigned(leaf, open, 'confirm_lift', opened(kind, 'evidence', openings), null),
			]
		},
	}
}

const isOpen = (told: Told | undefined, { subject }: { subject: string | null }) =>
	told !== undefined && !told.isOver && told.personId === subject

const unknown = problem('SUSPENSION_UNKNOWN', 'a suspension is lifted that does not hold')
