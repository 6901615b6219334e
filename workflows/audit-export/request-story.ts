import type { z } from 'zod'
import { groupsOf } from '../charter/stage-groups.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { isSamePlace } from '../ledger/place.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { SEALED } from '../ledger/sealed-parts.schema.ts'
import { plusMs } from '../shared/instants.ts'
import type { AbsenceStory } from './absence-story.ts'
import type { CharterBook } from './charter-book.ts'
import type { createEligibilityCheck } from './eligibility-check.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import { signedDecision } from './signed-decision.ts'
import type { Signatures } from './signatures.ts'

type Stage = LeafOf<'request.filed'>['open']['stages'][number]
type SealedRequest = z.infer<(typeof SEALED)['request.filed']['request']>

export type FiledRequest = {
	/** Whom it benefits. */
	requester: string
	/** Who filed it, where that is somebody else. */
	filedBy: string | null
	role: string
	durationSeconds: number
	/** The shortest that any approver gave. */
	grantedSeconds: number
	stages: Stage[]
	charterEntry: string
	/** The access that it asks to extend; null where it asks for one of its own. */
	extendsGrant: string | null
	/** Digest of the opened request as it is now; null where it is sealed. */
	sha256: string | null
	sealed: SealedRequest | null
	/** Decisions on the request as it is now. */
	decided: { stage: number; group: number; person: string; verdict: 'approve' | 'deny' }[]
	/** When the stage that is open was opened. */
	openedAt: string
	denied: boolean
	/** Of an access by break-glass, in place of stages: whether every signature is there that opens it. */
	isOpened?: () => boolean
}

/** People who approved for one group of a stage, none of them whom it benefits or who filed it. */
const approversOf = ({ decided, requester, filedBy }: FiledRequest, stage: number, group: number) =>
	new Set(
		decided
			.filter(
				(d) =>
					d.stage === stage &&
					d.group === group &&
					d.verdict === 'approve' &&
					d.person !== requester &&
					d.person !== filedBy,
			)
			.map(({ person }) => person),
	)

const isStageFilled = (request: FiledRequest, stage: number) =>
	groupsOf(request.stages[stage] ?? { from: '', quorum: Infinity }).every(
		({ quorum }, group) => approversOf(request, stage, group).size >= quorum,
	)

/** Whether every group of every stage had its quorum of distinct people, and no denial ended it. */
export const isApproved = (request: FiledRequest) =>
	!request.denied && request.stages.every((_, stage) => isStageFilled(request, stage))

/** What the entries of a log say of requests, one after the other, and whether each decision could be taken so. */
export function createRequestStory(
	signatures: Signatures,
	charters: CharterBook,
	eligibility: ReturnType<typeof createEligibilityCheck>,
	absences: Pick<AbsenceStory, 'standsIn'>,
) {
	const requests = new Map<string, FiledRequest>()
	const counts = { decisions: 0, unopenedDecisions: 0 }

	function tellFiled(leaf: LeafOf<'request.filed'>, openings: Openings): StoryProblem[] {
		const { subject, actor, open } = leaf
		if (requests.has(open.requestId)) return [problem('SECOND_FILING', 'this request is filed a second time')]
		if (subject === null || actor === null || (subject === actor) === (open.onBehalf ?? false))
			return [problem('REQUESTER', 'a request is filed by somebody else than its requester')]
		const sealed = opened('request.filed', 'request', openings)
		requests.set(open.requestId, {
			requester: subject,
			filedBy: open.onBehalf ? actor : null,
			role: open.role,
			durationSeconds: open.durationSeconds,
			grantedSeconds: open.durationSeconds,
			stages: open.stages,
			charterEntry: open.charterEntry,
			extendsGrant: open.extendsGrant ?? null,
			sha256: sealed === null ? null : digestOf(sealed),
			sealed,
			decided: [],
			openedAt: leaf.time,
			denied: false,
		})
		const problems = charters.hashes.has(open.charterEntry)
			? []
			: [problem('CHARTER_UNKNOWN', 'the request names a charter that was not in force before it')]
		const judged = opened('request.filed', 'eligibility', openings)
		if (judged !== null) problems.push(...eligibility.filing(leaf, judged))
		return [
			...problems,
			...checkSealed(sealed, { ...open, requester: subject, extendsGrant: open.extendsGrant ?? null }),
		]
	}

	/** The requester changed what is asked for: what had been decided on it no longer counts. */
	function tellAmended(leaf: LeafOf<'request.amended'>, openings: Openings): StoryProblem[] {
		const { subject, actor, open } = leaf
		const request = requests.get(open.requestId)
		if (!request) return [problem('REQUEST_UNKNOWN', 'a request is changed that was not filed before')]
		if (subject !== request.requester || actor !== request.requester)
			return [problem('REQUESTER', 'a request is changed by somebody else than its requester')]
		const sealed = opened('request.amended', 'request', openings)
		requests.set(open.requestId, {
			...request,
			durationSeconds: open.durationSeconds,
			grantedSeconds: open.durationSeconds,
			sha256: sealed === null ? null : digestOf(sealed),
			sealed,
			decided: [],
			openedAt: leaf.time,
		})
		const problems =
			isApproved(request) || request.denied
				? [problem('STAGE_ORDER', 'a request is changed after it was decided')]
				: []
		const judged = opened('request.amended', 'eligibility', openings)
		if (judged !== null) problems.push(...eligibility.amending(leaf, request, judged))
		return [...problems, ...checkSealed(sealed, { ...request, ...open })]
	}

	function checkSealed(
		sealed: SealedRequest | null,
		told: {
			requestId: string
			requester: string
			role: string
			durationSeconds: number
			charterEntry: string
			extendsGrant: string | null
		},
	): StoryProblem[] {
		if (sealed === null) return []
		const isSame =
			sealed.requestId === told.requestId &&
			sealed.requesterId === told.requester &&
			sealed.role === told.role &&
			sealed.durationSeconds === told.durationSeconds &&
			(sealed.extendsGrantId ?? null) === told.extendsGrant &&
			sealed.charterTextSha256 === charters.hashes.get(told.charterEntry)
		return isSame ? [] : [problem('REQUEST_DIFFERS', 'the opened request is not what the entry says')]
	}

	function tellDecided(leaf: LeafOf<'request.decided'>, openings: Openings): StoryProblem[] {
		const { actor, subject, open } = leaf
		const request = requests.get(open.requestId)
		if (!request || actor === null)
			return [problem('REQUEST_UNKNOWN', 'a decision on a request that was not filed before')]
		const problems = [...refusals(leaf, request, actor), ...capacityProblems(leaf, request, actor)]
		if (subject !== request.requester)
			problems.push(problem('REQUESTER', 'the decision names another requester than the request'))
		const group = open.group ?? 0
		request.decided.push({ stage: open.stage, group, person: actor, verdict: open.verdict })
		const denials = request.decided.filter((d) => d.stage === open.stage && d.verdict === 'deny').length
		if (denials >= (request.stages[open.stage]?.denials ?? 1)) request.denied = true
		if (open.verdict === 'approve') {
			request.grantedSeconds = Math.min(request.grantedSeconds, open.grantedSeconds ?? Infinity)
			if (isStageFilled(request, open.stage)) request.openedAt = leaf.time
		}
		const evidence = opened('request.decided', 'evidence', openings)
		const judged = opened('request.decided', 'eligibility', openings)
		const signed = evidence === null ? null : signedDecision(evidence.envelope, open.requestId)
		if (judged !== null)
			problems.push(...eligibility.decision(leaf, request, signed?.eligibilitySha256 ?? null, judged))
		if (evidence === null) {
			counts.unopenedDecisions += 1
			return problems
		}
		counts.decisions += 1
		const { envelope, assertion } = evidence
		const isAgreed =
			signed !== null &&
			signed.stage === open.stage &&
			signed.verdict === open.verdict &&
			(signed.group ?? 0) === group &&
			(signed.escalated ?? false) === (open.escalated ?? false) &&
			signed.grantedSeconds === open.grantedSeconds &&
			signed.approverId === actor &&
			signed.requesterId === request.requester &&
			signed.role === request.role &&
			signed.durationSeconds === request.durationSeconds &&
			signed.charterTextSha256 === charters.hashes.get(open.charterEntry) &&
			(request.sha256 === null || signed.requestSha256 === request.sha256) &&
			(request.sealed === null || isSamePlace(signed, request.sealed))
		const { credentialEntry } = open
		return [
			...problems,
			...signatures.check({ actor, time: leaf.time, credentialEntry, envelope, assertion, isAgreed }),
		]
	}

	/** Why nobody like this may decide here, whatever the charter says of them. */
	function refusals(
		{ open }: LeafOf<'request.decided'>,
		request: FiledRequest,
		actor: string,
	): StoryProblem[] {
		const problems: StoryProblem[] = []
		if (actor === request.requester || actor === request.filedBy)
			problems.push(problem('OWN_REQUEST', 'somebody decides on their own request'))
		if (request.decided.some(({ person }) => person === actor))
			problems.push(problem('SAME_HUMAN_TWICE', 'one person decides twice on a request'))
		if (open.charterEntry !== request.charterEntry)
			problems.push(problem('CHARTER_DIFFERS', 'the decision is pinned to another charter than the request'))
		const stageOpen = request.denied
			? -1
			: request.stages.findIndex((_, stage) => !isStageFilled(request, stage))
		const group = groupsOf(request.stages[open.stage] ?? { from: '', quorum: 0 })[open.group ?? 0]
		const isGroupOpen =
			group !== undefined && approversOf(request, open.stage, open.group ?? 0).size < group.quorum
		if (open.stage !== stageOpen || !isGroupOpen)
			problems.push(problem('STAGE_ORDER', 'the decision is not in the stage that was open'))
		if (open.grantedSeconds !== undefined && open.grantedSeconds > request.durationSeconds)
			problems.push(problem('LENGTHENED', 'an approver gave longer than was asked for'))
		return problems
	}

	/** Whoever decides as the role that a stage escalates to does so once it has, or in the place of somebody absent. */
	function capacityProblems(
		{ open, time }: LeafOf<'request.decided'>,
		request: FiledRequest,
		actor: string,
	): StoryProblem[] {
		const rule = request.stages[open.stage]
		if (!open.escalated) return []
		const hasEscalated =
			rule?.escalation !== undefined && time >= plusMs(request.openedAt, rule.escalation.afterMs)
		if (rule?.escalation === undefined)
			return [problem('NOT_ESCALATED', 'somebody decides for a role that the stage does not escalate to')]
		if (hasEscalated) return []
		const mayStandIn =
			open.absenceEntry !== undefined &&
			absences.standsIn(open.absenceEntry, {
				standIn: actor,
				at: time,
				notFor: [request.requester, request.filedBy],
			})
		return mayStandIn
			? []
			: [problem('NOT_ESCALATED', 'somebody decides as a substitute before the stage has escalated to them')]
	}

	return { requests, tellFiled, tellAmended, tellDecided, counts: () => counts }
}
