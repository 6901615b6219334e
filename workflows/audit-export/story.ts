import type { Leaf, LeafOf } from '../ledger/entry.schema.ts'
import { createAbsenceStory } from './absence-story.ts'
import { createAppointedTo } from './appointed.ts'
import { createAmendmentStory } from './amendment-story.ts'
import { createBreakGlassStory } from './break-glass-story.ts'
import { createCharterBook } from './charter-book.ts'
import { createEligibilityCheck } from './eligibility-check.ts'
import { createFindingStory } from './finding-story.ts'
import { createGrantStory } from './grant-story.ts'
import { createPersonHistory } from './person-history.ts'
import { createLockboxStory } from './lockbox-story.ts'
import type { Platform } from './platform.ts'
import { problem, type Openings, type StoryProblem } from './problem.ts'
import { createReadinessStory } from './readiness-story.ts'
import { createRequestStory } from './request-story.ts'
import { createRosterStory } from './roster-story.ts'
import { createSignatures, type Later } from './signatures.ts'
import { createSuspensionStory } from './suspension-story.ts'
import { createTenantStory } from './tenant-story.ts'
import { createTokenStory } from './token-story.ts'
import { tellFinding } from './tell-finding.ts'
import { tellLockbox } from './tell-lockbox.ts'
import { createVettingStory } from './vetting-story.ts'
import { createWatchStory } from './watch-story.ts'

/** Whether an entry is one of this subject, such as `finding`. */
const isOf = <S extends string>(leaf: Leaf, subject: S): leaf is Extract<Leaf, { kind: `${S}.${string}` }> =>
	leaf.kind.startsWith(`${subject}.`)

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
	/** Requests for customer content, and how many of them were decided at the provider beside us. */
	lockbox: number
	lockboxOutOfBand: number
	/** What Entra was found to hold otherwise than approved, and how much of it was taken away. */
	findings: number
	findingsRemoved: number
}

/**
 * What the entries of a log say one after the other, and whether it holds together: every decision signed by a passkey
 * that its person had enrolled before and that was not revoked, nobody deciding for themselves or twice, no grant without
 * the quorum of each stage, in order, no charter after the first without the signatures of two of its owners, no clearance given or taken by a case without two
 * officers, no program acting by a token that its owner had not made or that was over, and every
 * verdict what the facts come to under the charter in force. Keeps only small indexes, so that a long log can be walked.
 */
export function createStory(platform: Platform, later: Later) {
	const signatures = createSignatures(platform, later)
	const charters = createCharterBook(platform)
	const tenant = createTenantStory()
	const people = createPersonHistory()
	const eligibility = createEligibilityCheck(charters, people)
	const amendments = createAmendmentStory(signatures, charters.hashes)
	const suspensions = createSuspensionStory(signatures)
	const vetting = createVettingStory(signatures)
	const absences = createAbsenceStory()
	const roster = createRosterStory()
	const tokens = createTokenStory(signatures)
	const requests = createRequestStory(signatures, charters, eligibility, absences)
	const breakGlass = createBreakGlassStory(signatures, charters, eligibility)
	const lockbox = createLockboxStory(
		signatures,
		charters,
		eligibility,
		suspensions.isSuspended,
		roster.providerOf,
	)
	const appointedTo = createAppointedTo(charters, people)
	const findings = createFindingStory(signatures, charters, appointedTo)
	const readiness = createReadinessStory(charters, appointedTo)
	const watch = createWatchStory(charters)
	const grants = createGrantStory(requests.requests)

	function tell(leaf: Leaf, openings: Openings): StoryProblem[] {
		people.tell(leaf, openings)
		if (isOf(leaf, 'finding')) return tellFinding(findings, leaf, openings)
		if (isOf(leaf, 'lockbox')) return tellLockbox(lockbox, leaf, openings)
		switch (leaf.kind) {
			case 'record.created':
				return signatures.begin(leaf.open)
			case 'charter.in_force':
				return [...amendments.tellInForce(leaf), ...charters.tell(leaf, openings)]
			case 'passkey.enrolled':
				return signatures.enrol(leaf, openings)
			case 'passkey.revoked':
				tokens.tellPasskeyRevoked(leaf)
				return signatures.revoke(leaf)
			case 'api.token_made':
				return tokens.tellMade(leaf, openings)
			case 'api.token_revoked':
				return tokens.tellRevoked(leaf)
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
				return [...tokens.used(leaf, 'requests:write'), ...requests.tellFiled(leaf, openings)]
			case 'request.withdrawn':
				return tokens.used(leaf, 'requests:write')
			case 'request.amended':
				return requests.tellAmended(leaf, openings)
			case 'request.decided':
				return requests.tellDecided(leaf, openings)
			case 'absence.recorded':
				return absences.tellRecorded(leaf)
			case 'absence.ended':
				return absences.tellEnded(leaf)
			case 'provider_boundary.recorded':
			case 'provider_boundary.changed':
			case 'provider_boundary.closed':
				return roster.tellBoundary(leaf)
			case 'provider_holder.recorded':
				return roster.tellHolder(leaf)
			case 'provider_holder.ended':
				return roster.tellHolderEnded(leaf)
			case 'provider_shift.recorded':
				return roster.tellShift(leaf)
			case 'provider_shift.removed':
				return roster.tellShiftRemoved(leaf)
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
			case 'person.recorded':
				return readiness.tellPerson(leaf)
			case 'readiness.reported':
				return readiness.tellReported(leaf)
			case 'readiness.planned':
				return readiness.tellPlanned(leaf, openings)
			case 'readiness.task_changed':
				return readiness.tellChanged(leaf, openings)
			case 'watched.signed_in':
				return watch.tellSignedIn(leaf, openings)
			case 'watched.changed':
				return watch.tellChanged(leaf, openings)
			case 'grant.sending':
				return grants.tellSending(leaf)
			case 'grant.confirmed':
				return grants.tellConfirmed(leaf)
			case 'grant.extended':
				return grants.tellExtended(leaf)
			case 'grant.drift_accepted':
				return grants.tellAccepted(leaf)
			case 'grant.held_up':
				return grants.tellHeldUp(leaf)
			case 'tenant.trouble':
			case 'tenant.trouble_over':
				return tenant.tell(leaf)
			case 'grant.kill_switch_used':
				return grants.tellKillSwitch(leaf)
			case 'grant.sessions_ended':
				return grants.tellSessionsEnded(leaf)
			case 'grant.ending':
				return tokens.used(leaf, 'grants:end')
			case 'grant.ended':
				return [...tokens.used(leaf, 'grants:end'), ...grants.tellEnded(leaf)]
			default:
				return []
		}
	}

	/** The access of a use hangs on a request of the same id, which has no stages. */
	function tellUse(leaf: LeafOf<'break_glass.signed'>, openings: Openings): StoryProblem[] {
		const problems = breakGlass.tellSigned(leaf, openings)
		const { requestId, role, durationSeconds, charterEntry } = leaf.open
		if (requests.requests.has(requestId))
			return [...problems, problem('SECOND_FILING', 'this request is filed a second time')]
		requests.requests.set(requestId, {
			requester: leaf.subject ?? '',
			filedBy: null,
			role,
			durationSeconds,
			grantedSeconds: durationSeconds,
			stages: [],
			charterEntry,
			extendsGrant: null,
			sha256: null,
			sealed: null,
			decided: [],
			openedAt: leaf.time,
			denied: false,
			isOpened: () => breakGlass.useOf(requestId)?.isOpen === true,
		})
		return problems
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
			...breakGlass.counts(),
			...lockbox.counts(),
			...findings.counts(),
			reevaluated: eligibility.reevaluated(),
		}),
		/** Grants that were confirmed and have no end in this log yet. */
		liveGrants: grants.live,
	}
}
