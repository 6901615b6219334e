import type { LeafOf } from '../ledger/entry.schema.ts'
import { problem, type StoryProblem } from './problem.ts'
import { SESSIONS_NOT_ENDED } from '../tenant/tenant-troubles.ts'
import { isApproved, type FiledRequest } from './request-story.ts'

type Grant = {
	requestId: string
	sentEndsAt: string
	/** As extensions moved it. */
	endsAt: string
	startsAt: string | null
	ended: boolean
}

/** The log says more than it lays open here; a grant may start this much before we say so, by the tenant's clock. */
const CLOCK_TOLERANCE_MS = 120_000

/** Whether each grant is the one that was approved by the quorum of every stage, no longer than that, and ended once. */
const isHeld = (other: Grant | undefined) => other !== undefined && !other.ended

export function createGrantStory(requests: ReadonlyMap<string, FiledRequest>) {
	const grants = new Map<string, Grant>()
	let confirmed = 0

	/** Each stage needs its quorum of distinct people, none of them the requester. */
	function quorumProblems(requestId: string): StoryProblem[] {
		const request = requests.get(requestId)
		if (!request) return [problem('REQUEST_UNKNOWN', 'a grant for a request that was not filed before')]
		if (request.isOpened)
			return request.isOpened()
				? []
				: [problem('BREAK_GLASS_UNSIGNED', 'an access by break-glass without the signatures it takes')]
		return isApproved(request) ? [] : [problem('QUORUM', 'a grant without the quorum of every stage')]
	}

	return {
		tellSending({ open }: LeafOf<'grant.sending'>): StoryProblem[] {
			grants.set(open.grantId, {
				requestId: open.requestId,
				sentEndsAt: open.endsAt,
				endsAt: open.endsAt,
				startsAt: null,
				ended: false,
			})
			return quorumProblems(open.requestId)
		},
		tellConfirmed({ subject, open }: LeafOf<'grant.confirmed'>): StoryProblem[] {
			confirmed += 1
			const request = requests.get(open.requestId)
			const grant = grants.get(open.grantId)
			const problems = quorumProblems(open.requestId)
			if (!grant) return [...problems, problem('GRANT_UNSENT', 'a grant is confirmed that was never sent')]
			grant.startsAt = open.startsAt
			if (
				grant.requestId !== open.requestId ||
				grant.sentEndsAt !== open.endsAt ||
				request?.role !== open.role ||
				request.extendsGrant !== null ||
				request.requester !== subject
			) {
				problems.push(
					problem('GRANT_DIFFERS', 'the confirmed grant is not the one that was approved and sent'),
				)
			}
			const length = Date.parse(open.endsAt) - Date.parse(open.startsAt)
			if (request && length > request.grantedSeconds * 1000 + CLOCK_TOLERANCE_MS) {
				problems.push(problem('GRANT_TOO_LONG', 'the grant lasts longer than was approved'))
			}
			return problems
		},
		/** A later end needs a request of its own, about this access, with its whole quorum, and no more than it asked for. */
		tellExtended({ subject, open }: LeafOf<'grant.extended'>): StoryProblem[] {
			const asked = requests.get(open.extensionRequestId)
			const grant = grants.get(open.grantId)
			const problems = quorumProblems(open.extensionRequestId)
			if (grant === undefined || grant.startsAt === null || grant.ended)
				return [...problems, problem('GRANT_UNSENT', 'an access is extended that was not active')]
			const first = requests.get(grant.requestId)
			if (
				grant.requestId !== open.requestId ||
				asked?.extendsGrant !== open.grantId ||
				asked.role !== first?.role ||
				asked.requester !== subject
			)
				problems.push(problem('GRANT_DIFFERS', 'the extension is not of the access that it was approved for'))
			const more = Date.parse(open.endsAt) - Date.parse(grant.endsAt)
			if (asked && more > asked.grantedSeconds * 1000)
				problems.push(problem('GRANT_TOO_LONG', 'the access was extended by more than was approved'))
			grant.endsAt = open.endsAt
			return problems
		},
		/** Accepting what Entra holds never makes an access longer. */
		tellAccepted({ open }: LeafOf<'grant.drift_accepted'>): StoryProblem[] {
			const grant = grants.get(open.grantId)
			if (!grant) return [problem('GRANT_UNSENT', 'an end is accepted of a grant that was never sent')]
			const isLonger = open.endsAt > grant.endsAt
			grant.endsAt = open.endsAt
			return isLonger ? [problem('GRANT_TOO_LONG', 'an accepted end is later than the approved one')] : []
		},
		/** Held up is what was approved and has not ended; it may not have been sent. */
		tellHeldUp({ open, subject }: LeafOf<'grant.held_up'>): StoryProblem[] {
			const request = requests.get(open.requestId)
			const grant = grants.get(open.grantId)
			if (request === undefined || (grant !== undefined && grant.requestId !== open.requestId))
				return [problem('GRANT_DIFFERS', 'an access is held up that was never asked for')]
			if (request.requester !== subject)
				return [problem('GRANT_DIFFERS', 'an access is held up of somebody else than who asked for it')]
			// What was signed in with it may live on after it has ended.
			return grant?.ended === true && open.code !== SESSIONS_NOT_ENDED
				? [problem('ENDED_TWICE', 'an access is held up that has ended already')]
				: []
		},
		/** It only ever removes what is there: an access that was sent, and has not ended. */
		tellKillSwitch({ open }: LeafOf<'grant.kill_switch_used'>): StoryProblem[] {
			const grant = grants.get(open.grantId)
			if (grant === undefined || grant.requestId !== open.requestId)
				return [problem('GRANT_UNSENT', 'the kill switch is used on a grant that was never sent')]
			return grant.ended
				? [problem('ENDED_TWICE', 'the kill switch is used on a grant that has ended already')]
				: []
		},
		/** Sessions are ended for an access that was sent, before or after it is gone. */
		tellSessionsEnded({ open }: LeafOf<'grant.sessions_ended'>): StoryProblem[] {
			return grants.get(open.grantId)?.requestId === open.requestId
				? []
				: [problem('GRANT_UNSENT', 'sessions are ended for a grant that was never sent')]
		},
		tellEnded({ open }: LeafOf<'grant.ended'>): StoryProblem[] {
			const grant = grants.get(open.grantId)
			if (!grant)
				return open.how === 'never_active'
					? []
					: [problem('GRANT_UNSENT', 'a grant ends that was never sent')]
			if (open.how === 'held_by_other' && !isHeld(grants.get(open.heldBy ?? '')))
				return [problem('HELD_BY_NONE', 'a grant is left to another one that is not there')]
			if (grant.ended) return [problem('ENDED_TWICE', 'a grant ends a second time')]
			grant.ended = true
			return []
		},
		counts: () => ({ grants: confirmed }),
		live: () => [...grants.values()].filter(({ startsAt, ended }) => startsAt !== null && !ended).length,
	}
}
