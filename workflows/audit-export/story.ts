import type { z } from 'zod'
import type { Leaf, LeafOf } from '../ledger/entry.schema.ts'
import type { SEALED } from '../ledger/sealed-parts.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import { createAmendmentStory } from './amendment-story.ts'
import { createBreakGlassStory } from './break-glass-story.ts'
import { createCharterBook } from './charter-book.ts'
import { createEligibilityCheck } from './eligibility-check.ts'
import { createGrantStory } from './grant-story.ts'
import { createPersonHistory } from './person-history.ts'
import type { Platform } from './platform.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import { createSignatures, type Later } from './signatures.ts'
import { createSuspensionStory } from './suspension-story.ts'
import { createVettingStory } from './vetting-story.ts'

export type StoryCounts = {
	decisions: number
	/** Decisions whose evidence lies outside of what was chosen, or was erased. */
	unopenedDecisions: number
	/** Verdicts that were come to anew from the facts. */
	reevaluated: number
	enrolments: number
	revoked: number
	signatures: number
	/** Signatures by passkeys that have been copied to other devices: weaker evidence of one device. */
	syncedSignatures: number
	grants: number
	charters: number
	amendmentSignatures: number
	/** Uses of break-glass, and how many of them are reviewed. */
	breakGlass: number
	breakGlassReviewed: number
}

export type FiledRequest = {
	requester: string
	role: string
	durationSeconds: number
	stages: { from: string; quorum: number }[]
	charterEntry: string
	/** Digest of the opened request; null where it is sealed. */
	sha256: string | null
	sealed: z.infer<(typeof SEALED)['request.filed']['request']> | null
	approvals: string[][]
	decided: Set<string>
	denied: boolean
	/** Of an access by break-glass, in place of stages: whether every signature is there that opens it. */
	isOpened?: () => boolean
}

/**
 * What the entries of a log say one after the other, and whether it holds together: every decision signed by a passkey
 * that its person had enrolled before and that was not revoked, nobody deciding for themselves or twice, no grant without
 * the quorum of each stage, in order, no charter after the first without the signatures of two of its owners, no clearance given or taken by a case without two
 * officers, and every
 * verdict what the facts come to under the charter in force. Keeps only small indexes, so that a long log can be walked.
 */
export function createStory(platform: Platform, later: Later) {
	const signatures = createSignatures(platform, later)
	const charters = createCharterBook(platform)
	const people = createPersonHistory()
	const eligibility = createEligibilityCheck(charters, people)
	const amendments = createAmendmentStory(signatures, charters.hashes)
	const suspensions = createSuspensionStory(signatures)
	const vetting = createVettingStory(signatures)
	const requests = new Map<string, FiledRequest>()
	const breakGlass = createBreakGlassStory(signatures, charters, eligibility)
	const grants = createGrantStory(requests)
	const counts = { decisions: 0, unopenedDecisions: 0 }

	function tell(leaf: Leaf, openings: Openings): StoryProblem[] {
		people.tell(leaf, openings)
		switch (leaf.kind) {
			case 'record.created':
				return signatures.begin(leaf.open)
			case 'charter.in_force':
				return [...amendments.tellInForce(leaf), ...charters.tell(leaf, openings)]
			case 'passkey.enrolled':
				return signatures.enrol(leaf, openings)
			case 'passkey.revoked':
				return signatures.revoke(leaf)
			case 'person.suspended':
				return suspensions.tellSuspended(leaf, openings)
			case 'person.suspension_lift_proposed':
				return suspensions.tellProposed(leaf, openings)
			case 'person.suspension_lifted':
				return suspensions.tellLifted(leaf, openings)
			case 'amendment.proposed':
				return amendments.tellProposed(leaf)
			case 'amendment.decided':
				return amendments.tellDecided(leaf, openings)
			case 'amendment.withdrawn':
			case 'amendment.lapsed':
			case 'amendment.stopped':
				return amendments.tellClosed(leaf)
			case 'vetting.opened':
				return vetting.tellOpened(leaf)
			case 'vetting.advanced':
				return vetting.tellAdvanced(leaf)
			case 'vetting.proposed':
				return vetting.tellProposed(leaf, openings)
			case 'vetting.confirmed':
				return vetting.tellConfirmed(leaf, openings)
			case 'vetting.proposal_dropped':
				return vetting.tellDropped(leaf)
			case 'request.filed':
				return tellRequest(leaf, openings)
			case 'request.decided':
				return tellDecision(leaf, openings)
			case 'break_glass.signed':
				return tellUse(leaf, openings)
			case 'break_glass.seconded':
				return breakGlass.tellSeconded(leaf, openings)
			case 'break_glass.withdrawn':
			case 'break_glass.timed_out':
			case 'break_glass.voided':
				return breakGlass.tellClosed(leaf)
			case 'break_glass.access_ended':
				return breakGlass.tellEnded(leaf)
			case 'break_glass.reviewed':
				return breakGlass.tellReviewed(leaf, openings)
			case 'break_glass.offline_recorded':
				return breakGlass.tellRecorded(leaf, openings)
			case 'grant.sending':
				return grants.tellSending(leaf)
			case 'grant.confirmed':
				return grants.tellConfirmed(leaf)
			case 'grant.ended':
				return grants.tellEnded(leaf)
			default:
				return []
		}
	}

	function tellRequest(leaf: LeafOf<'request.filed'>, openings: Openings): StoryProblem[] {
		const { subject, actor, open } = leaf
		if (requests.has(open.requestId)) return [problem('SECOND_FILING', 'this request is filed a second time')]
		if (subject === null || subject !== actor)
			return [problem('REQUESTER', 'a request is filed by somebody else than its requester')]
		const request = opened('request.filed', 'request', openings)
		requests.set(open.requestId, {
			requester: subject,
			role: open.role,
			durationSeconds: open.durationSeconds,
			stages: open.stages,
			charterEntry: open.charterEntry,
			sha256: request === null ? null : digestOf(request),
			sealed: request,
			approvals: open.stages.map(() => []),
			decided: new Set(),
			denied: false,
		})
		const problems = charters.hashes.has(open.charterEntry)
			? []
			: [problem('CHARTER_UNKNOWN', 'the request names a charter that was not in force before it')]
		const judged = opened('request.filed', 'eligibility', openings)
		if (judged !== null) problems.push(...eligibility.filing(leaf, judged))
		if (request === null) return problems
		const isSame =
			request.requestId === open.requestId &&
			request.requesterId === subject &&
			request.role === open.role &&
			request.durationSeconds === open.durationSeconds &&
			request.charterTextSha256 === charters.hashes.get(open.charterEntry)
		return isSame
			? problems
			: [...problems, problem('REQUEST_DIFFERS', 'the opened request is not what the entry says')]
	}

	/** The access of a use hangs on a request of the same id, which has no stages. */
	function tellUse(leaf: LeafOf<'break_glass.signed'>, openings: Openings): StoryProblem[] {
		const problems = breakGlass.tellSigned(leaf, openings)
		const { requestId, role, durationSeconds, charterEntry } = leaf.open
		if (requests.has(requestId))
			return [...problems, problem('SECOND_FILING', 'this request is filed a second time')]
		requests.set(requestId, {
			requester: leaf.subject ?? '',
			role,
			durationSeconds,
			stages: [],
			charterEntry,
			sha256: null,
			sealed: null,
			approvals: [],
			decided: new Set(),
			denied: false,
			isOpened: () => breakGlass.useOf(requestId)?.isOpen === true,
		})
		return problems
	}

	function tellDecision(leaf: LeafOf<'request.decided'>, openings: Openings): StoryProblem[] {
		const { actor, subject, open } = leaf
		const request = requests.get(open.requestId)
		if (!request || actor === null)
			return [problem('REQUEST_UNKNOWN', 'a decision on a request that was not filed before')]
		const problems: StoryProblem[] = []
		if (subject !== request.requester)
			problems.push(problem('REQUESTER', 'the decision names another requester than the request'))
		if (actor === request.requester)
			problems.push(problem('OWN_REQUEST', 'somebody decides on their own request'))
		if (request.decided.has(actor))
			problems.push(problem('SAME_HUMAN_TWICE', 'one person decides twice on a request'))
		if (open.charterEntry !== request.charterEntry)
			problems.push(problem('CHARTER_DIFFERS', 'the decision is pinned to another charter than the request'))
		const stageOpen = request.denied
			? -1
			: request.approvals.findIndex((seats, i) => seats.length < (request.stages[i]?.quorum ?? 0))
		if (open.stage !== stageOpen)
			problems.push(problem('STAGE_ORDER', 'the decision is not in the stage that was open'))
		request.decided.add(actor)
		if (open.verdict === 'deny') request.denied = true
		else request.approvals[open.stage]?.push(actor)
		const evidence = opened('request.decided', 'evidence', openings)
		const judged = opened('request.decided', 'eligibility', openings)
		if (judged !== null) {
			const signed = evidence?.envelope.eligibilitySha256 ?? null
			problems.push(...eligibility.decision(leaf, request, signed, judged))
		}
		if (evidence === null) {
			counts.unopenedDecisions += 1
			return problems
		}
		counts.decisions += 1
		return [...problems, ...checkEvidence(leaf, request, evidence)]
	}

	function checkEvidence(
		{ actor, open, time }: LeafOf<'request.decided'>,
		request: FiledRequest,
		{ envelope, assertion }: z.infer<(typeof SEALED)['request.decided']['evidence']>,
	): StoryProblem[] {
		const isAgreed =
			envelope.requestId === open.requestId &&
			envelope.stage === open.stage &&
			envelope.verdict === open.verdict &&
			envelope.approverId === actor &&
			envelope.requesterId === request.requester &&
			envelope.role === request.role &&
			envelope.durationSeconds === request.durationSeconds &&
			envelope.charterTextSha256 === charters.hashes.get(open.charterEntry) &&
			(request.sha256 === null || envelope.requestSha256 === request.sha256) &&
			(request.sealed === null ||
				(envelope.entraRoleTemplateId === request.sealed.entraRoleTemplateId &&
					envelope.scope === request.sealed.scope))
		return signatures.check({
			actor,
			time,
			credentialEntry: open.credentialEntry,
			envelope,
			assertion,
			isAgreed,
		})
	}

	return {
		tell,
		charters,
		people,
		counts: (): StoryCounts => ({
			...counts,
			...signatures.counts(),
			...amendments.counts(),
			...grants.counts(),
			...breakGlass.counts(),
			reevaluated: eligibility.reevaluated(),
		}),
		/** Grants that were confirmed and have no end in this log yet. */
		liveGrants: grants.live,
	}
}
