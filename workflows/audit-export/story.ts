import type { Leaf } from '../ledger/entry.schema.ts'
import { createAbsenceStory } from './absence-story.ts'
import { createAmendmentStory } from './amendment-story.ts'
import { createCharterBook } from './charter-book.ts'
import { createEligibilityCheck } from './eligibility-check.ts'
import { createGrantStory } from './grant-story.ts'
import { createPersonHistory } from './person-history.ts'
import type { Platform } from './platform.ts'
import type { Openings, StoryProblem } from './problem.ts'
import { createRequestStory } from './request-story.ts'
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
	const absences = createAbsenceStory()
	const requests = createRequestStory(signatures, charters, eligibility, absences)
	const grants = createGrantStory(requests.requests)

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
				return requests.tellFiled(leaf, openings)
			case 'request.amended':
				return requests.tellAmended(leaf, openings)
			case 'request.decided':
				return requests.tellDecided(leaf, openings)
			case 'absence.recorded':
				return absences.tellRecorded(leaf)
			case 'absence.ended':
				return absences.tellEnded(leaf)
			case 'grant.sending':
				return grants.tellSending(leaf)
			case 'grant.confirmed':
				return grants.tellConfirmed(leaf)
			case 'grant.extended':
				return grants.tellExtended(leaf)
			case 'grant.drift_accepted':
				return grants.tellAccepted(leaf)
			case 'grant.ended':
				return grants.tellEnded(leaf)
			default:
				return []
		}
	}

	return {
		tell,
		charters,
		people,
		counts: (): StoryCounts => ({
			...requests.counts(),
			...signatures.counts(),
			...amendments.counts(),
			...grants.counts(),
			reevaluated: eligibility.reevaluated(),
		}),
		/** Grants that were confirmed and have no end in this log yet. */
		liveGrants: grants.live,
	}
}
