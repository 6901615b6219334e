import type { z } from 'zod'
import type { Leaf, LeafOf } from '../ledger/entry.schema.ts'
import type { Opening, SEALED } from '../ledger/sealed-parts.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { VerifySignature } from '../ledger/webauthn-evidence.ts'
import { bytesToHex, sha256 } from '../shared/bytes.ts'
import { createAmendmentStory } from './amendment-story.ts'
import { opened, problem, type StoryProblem } from './problem.ts'
import { createSignatures } from './signatures.ts'

export type StoryCounts = {
	decisions: number
	unopenedDecisions: number
	enrolments: number
	grants: number
	charters: number
	amendmentSignatures: number
}

type FiledRequest = {
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
}
type Grant = { requestId: string; sentEndsAt: string | null; startsAt: string | null; ended: boolean }

/** The log says more than it lays open here; a grant may start this much before we say so, by the tenant's clock. */
const CLOCK_TOLERANCE_MS = 120_000

/**
 * What the entries of a log say one after the other, and whether it holds together: every decision signed by a passkey
 * that its person had enrolled before, nobody deciding for themselves or twice, no grant without the quorum of each stage,
 * in order, and no charter after the first without the signatures of two of its owners. Keeps only small indexes, so that a long log can be walked.
 */
export function createStory(verify: VerifySignature) {
	const signatures = createSignatures(verify)
	const charters = new Map<string, string>()
	const amendments = createAmendmentStory(signatures, charters)
	const requests = new Map<string, FiledRequest>()
	const grants = new Map<string, Grant>()
	const counts = { decisions: 0, unopenedDecisions: 0, grants: 0 }

	function tell(leaf: Leaf, openings: Readonly<Record<string, Opening>> | undefined): StoryProblem[] {
		switch (leaf.kind) {
			case 'record.created':
				return signatures.begin(leaf.open)
			case 'charter.in_force':
				return tellCharter(leaf, openings)
			case 'passkey.enrolled':
				return signatures.enrol(leaf, openings)
			case 'amendment.proposed':
				return amendments.tellProposed(leaf)
			case 'amendment.decided':
				return amendments.tellDecided(leaf, openings)
			case 'amendment.withdrawn':
			case 'amendment.lapsed':
			case 'amendment.stopped':
				return amendments.tellClosed(leaf)
			case 'request.filed':
				return tellRequest(leaf, openings)
			case 'request.decided':
				return tellDecision(leaf, openings)
			case 'grant.sending':
				return tellSending(leaf)
			case 'grant.confirmed':
				return tellConfirmed(leaf)
			case 'grant.ended':
				return tellEnded(leaf)
			default:
				return []
		}
	}

	function tellCharter(
		leaf: LeafOf<'charter.in_force'>,
		openings: Readonly<Record<string, Opening>> | undefined,
	): StoryProblem[] {
		const { id, open } = leaf
		const problems = amendments.tellInForce(leaf)
		charters.set(id, open.textSha256)
		const text = opened('charter.in_force', 'text', openings)
		if (text === null) return problems
		const found = bytesToHex(sha256(new TextEncoder().encode(text.yaml)))
		return found === open.textSha256
			? problems
			: [...problems, problem('CHARTER_TEXT', 'the charter text does not have the hash that the entry names')]
	}

	function tellRequest(
		{ subject, actor, open }: LeafOf<'request.filed'>,
		openings: Readonly<Record<string, Opening>> | undefined,
	): StoryProblem[] {
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
		const problems = charters.has(open.charterEntry)
			? []
			: [problem('CHARTER_UNKNOWN', 'the request names a charter that was not in force before it')]
		if (request === null) return problems
		const isSame =
			request.requestId === open.requestId &&
			request.requesterId === subject &&
			request.role === open.role &&
			request.durationSeconds === open.durationSeconds &&
			request.charterTextSha256 === charters.get(open.charterEntry)
		return isSame
			? problems
			: [...problems, problem('REQUEST_DIFFERS', 'the opened request is not what the entry says')]
	}

	function tellDecision(
		leaf: LeafOf<'request.decided'>,
		openings: Readonly<Record<string, Opening>> | undefined,
	): StoryProblem[] {
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
			envelope.charterTextSha256 === charters.get(open.charterEntry) &&
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

	function tellSending({ open }: LeafOf<'grant.sending'>): StoryProblem[] {
		grants.set(open.grantId, {
			requestId: open.requestId,
			sentEndsAt: open.endsAt,
			startsAt: null,
			ended: false,
		})
		return quorumProblems(open.requestId)
	}

	function tellConfirmed({ subject, open }: LeafOf<'grant.confirmed'>): StoryProblem[] {
		counts.grants += 1
		const request = requests.get(open.requestId)
		const grant = grants.get(open.grantId)
		const problems = quorumProblems(open.requestId)
		if (!grant) return [...problems, problem('GRANT_UNSENT', 'a grant is confirmed that was never sent')]
		grant.startsAt = open.startsAt
		if (
			grant.requestId !== open.requestId ||
			grant.sentEndsAt !== open.endsAt ||
			request?.role !== open.role ||
			request.requester !== subject
		) {
			problems.push(problem('GRANT_DIFFERS', 'the confirmed grant is not the one that was approved and sent'))
		}
		const length = Date.parse(open.endsAt) - Date.parse(open.startsAt)
		if (request && length > request.durationSeconds * 1000 + CLOCK_TOLERANCE_MS) {
			problems.push(problem('GRANT_TOO_LONG', 'the grant lasts longer than was approved'))
		}
		return problems
	}

	function tellEnded({ open }: LeafOf<'grant.ended'>): StoryProblem[] {
		const grant = grants.get(open.grantId)
		if (!grant)
			return open.how === 'never_active' ? [] : [problem('GRANT_UNSENT', 'a grant ends that was never sent')]
		if (grant.ended) return [problem('ENDED_TWICE', 'a grant ends a second time')]
		grant.ended = true
		return []
	}

	/** Each stage needs its quorum of distinct people, none of them the requester. */
	function quorumProblems(requestId: string): StoryProblem[] {
		const request = requests.get(requestId)
		if (!request) return [problem('REQUEST_UNKNOWN', 'a grant for a request that was not filed before')]
		const isMet = request.stages.every(({ quorum }, i) => {
			const seats = new Set((request.approvals[i] ?? []).filter((person) => person !== request.requester))
			return seats.size >= quorum
		})
		return isMet && !request.denied ? [] : [problem('QUORUM', 'a grant without the quorum of every stage')]
	}

	return {
		tell,
		counts: (): StoryCounts => ({ ...counts, ...signatures.counts(), ...amendments.counts() }),
		/** Grants that were confirmed and have no end in this log yet. */
		liveGrants: () =>
			[...grants.values()].filter(({ startsAt, ended }) => startsAt !== null && !ended).length,
	}
}
