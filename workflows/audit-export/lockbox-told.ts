import type { LeafOf } from '../ledger/entry.schema.ts'
import type { LockboxEnvelope, LockboxRequest } from '../ledger/lockbox-envelope.schema.ts'
import { lockboxRule } from '../lockbox/judge-lockbox.ts'
import { plusMs, type Instant } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import { problem, type StoryProblem } from './problem.ts'

type Imported = LeafOf<'lockbox.imported'>['open']

/** One request for customer content as the entries have told it so far. */
export type ToldLockbox = Imported & {
	subject: string | null
	/** What was opened of it; null where it is sealed. */
	request: LockboxRequest | null
	/** Digest of what was opened. */
	sha256: string | null
	stage: number
	openedAt: Instant
	/** Who approved, stage by stage; nobody stands in it twice. */
	approvers: Set<string>[]
	people: Set<string>
	/** What was come to: every stage approved, or somebody, a rule or silence denied. Null while it is open. */
	answer: 'approve' | 'deny' | null
	isSent: boolean
	/** The provider has taken an answer in, or it has ended otherwise. */
	isSettled: boolean
	isOutOfBand: boolean
}

/** Until when the open stage may decide: its own time, and never past the provider's clock. */
export function decideByOf({ stages, stage, openedAt, deadline }: ToldLockbox): Instant {
	const own = plusMs(openedAt, (stages[stage]?.within ?? 0) * 1000)
	return own < deadline ? own : deadline
}

/** Whether every stage has its quorum of different people. */
export const isWhole = ({ stages, approvers }: Pick<ToldLockbox, 'stages' | 'approvers'>) =>
	stages.length > 0 && stages.every(({ quorum }, i) => (approvers[i]?.size ?? 0) >= quorum)

/** The first stage that lacks somebody; null once every stage has its quorum. */
export function lackingStage({
	stages,
	approvers,
}: Pick<ToldLockbox, 'stages' | 'approvers'>): number | null {
	const stage = stages.findIndex(({ quorum }, i) => (approvers[i]?.size ?? 0) < quorum)
	return stage === -1 ? null : stage
}

/** Whether it was judged as the charter says: by its stages, and denied where a rule of it denies. */
export function lockboxRuleProblems(open: Imported, charters: CharterBook): StoryProblem[] {
	const { charterEntry, stages, denials, durationSeconds, isDisclosed, boundaryEntry, outcome } = open
	if (!charters.hashes.has(charterEntry))
		return [problem('CHARTER_UNKNOWN', 'the request names a charter that was not in force before it')]
	const problems: StoryProblem[] = []
	if (denials.length > 0 && outcome === 'pending')
		problems.push(
			problem('LOCKBOX_NOT_DENIED', 'a request that a rule denies is put before people all the same'),
		)
	const charter = charters.charterOf(charterEntry)
	if (charter === null) return problems
	const rule = lockboxRule(charter)
	const wanted = rule?.stages ?? []
	const isAsked =
		wanted.length === stages.length &&
		wanted.every(
			({ from, quorum, withinMs }, i) =>
				stages[i]?.from === from &&
				(stages[i]?.quorum ?? 0) >= quorum &&
				(stages[i]?.within ?? Infinity) * 1000 <= withinMs,
		)
	if (!isAsked)
		problems.push(problem('LOCKBOX_RULES', 'other stages decide than the charter in force asked for'))
	const isDenied =
		rule === null ||
		(!isDisclosed && charter.undisclosedRequester !== 'stages-decide') ||
		durationSeconds === null ||
		durationSeconds * 1000 > rule.maximumMs ||
		boundaryEntry === null
	if (isDenied && denials.length === 0)
		problems.push(
			problem('LOCKBOX_NOT_DENIED', 'a rule of the charter in force denies this, and nobody was told'),
		)
	return problems
}

/** Whether the opened request is the one that the entry tells of. */
export const isSameRequest = (
	request: LockboxRequest,
	open: Imported,
	subject: string | null,
	charters: CharterBook,
): boolean =>
	request.requestId === open.requestId &&
	request.provider === open.provider &&
	request.askedAt === open.askedAt &&
	request.deadline === open.deadline &&
	request.durationSeconds === open.durationSeconds &&
	request.beneficiaryId === subject &&
	(request.boundaryId === null) === (open.boundaryEntry === null) &&
	(open.by === 'inside') === (request.beneficiaryId !== null) &&
	[request.requesterId, request.beneficiaryId].every((id) => id === null || open.barred.includes(id)) &&
	(open.by === 'inside' ||
		open.isDisclosed === Object.values(request.disclosed).every((value) => value !== null)) &&
	request.charterTextSha256 === charters.hashes.get(open.charterEntry)

/** Whether this is a signature on the request that the entries tell of, under the charter it is pinned to. */
export function isSameDecision(
	told: ToldLockbox,
	{ actor, open }: Pick<LeafOf<'lockbox.decided'>, 'actor' | 'open'>,
	envelope: LockboxEnvelope,
	charters: CharterBook,
): boolean {
	const { request } = told
	const isSame = <T>(a: T, b: T) => JSON.stringify(a) === JSON.stringify(b)
	return (
		envelope.requestId === open.requestId &&
		envelope.stage === open.stage &&
		envelope.verdict === open.verdict &&
		envelope.approverId === actor &&
		envelope.provider === told.provider &&
		envelope.durationSeconds === told.durationSeconds &&
		envelope.deadline === told.deadline &&
		envelope.charterTextSha256 === charters.hashes.get(told.charterEntry) &&
		(told.sha256 === null || envelope.requestSha256 === told.sha256) &&
		(request === null ||
			(envelope.providerRequestId === request.providerRequestId &&
				envelope.boundaryId === request.boundaryId &&
				isSame(envelope.resources, request.resources) &&
				envelope.disclosed.name === (request.disclosed.name !== null) &&
				envelope.disclosed.country === (request.disclosed.country !== null) &&
				envelope.disclosed.clearance === (request.disclosed.clearance !== null)))
	)
}
