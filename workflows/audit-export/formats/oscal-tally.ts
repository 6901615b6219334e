import { isClosedFinding } from '../../grants/finding-context.ts'
import { REMOVAL_CONFIRM_MS } from '../../grants/grant.machine.ts'
import { msBetween, type Instant } from '../../shared/instants.ts'
import type { ClauseCode } from '../../charter/verdict.ts'
import type { Coverage } from '../coverage.ts'
import type { AccessRecord } from './access-record.ts'
import { isUnanswered, wasBelieved, type FindingRecord } from './finding-record.ts'
import { isLockboxApproved, type LockboxRecord } from './lockbox-record.ts'

/** Ids of requests that speak against a check, so many at most: a finding names examples, and counts all. */
export const NAMED = 1000
type Against = { count: number; ids: string[] }

/** What was seen of all accesses so far. */
export type Tally = {
	requests: number
	active: number
	unapproved: Against
	ownOrTwice: Against
	overdue: Against
	uncovered: Against
	unscreened: Against
	unrecorded: Against
	/** Requests for customer content, and how many of them were seen to be open. */
	lockboxes: number
	opened: number
	openedUnapproved: Against
	/** Differences between Entra and what was approved: how many, how many of them were believed, and how many of those stand. */
	drift: number
	believed: number
	standing: number
	/** Of those that were believed: privilege, and rules of the tenant. */
	privileges: number
	unanswered: Against
	policies: number
	weakened: Against
}

const none = (): Against => ({ count: 0, ids: [] })
export const emptyTally = (): Tally => ({
	requests: 0,
	active: 0,
	unapproved: none(),
	ownOrTwice: none(),
	overdue: none(),
	uncovered: none(),
	unscreened: none(),
	unrecorded: none(),
	lockboxes: 0,
	opened: 0,
	openedUnapproved: none(),
	drift: 0,
	believed: 0,
	standing: 0,
	privileges: 0,
	unanswered: none(),
	policies: 0,
	weakened: none(),
})

const against = (what: Against, id: string, isSo: boolean) => {
	if (!isSo) return
	what.count += 1
	if (what.ids.length < NAMED) what.ids.push(id)
}

/** Clauses by which a person is screened, as against where they work or what they are appointed to. */
const SCREENING: ReadonlySet<ClauseCode> = new Set<ClauseCode>([
	'CITIZENSHIP',
	'CITIZENSHIP_SOLE',
	'CITIZENSHIP_EXCLUDED',
	'UNION_CITIZEN',
	'US_PERSON',
	'DUAL_NATIONALITY',
	'RESIDENCE',
	'UNION_RESIDENT',
	'CLEARANCE',
	'CAVEAT',
])

/** Takes one request into account; `coverage` is of its access, null when it never had one. */
export function tallyAccess(
	tally: Tally,
	record: AccessRecord,
	coverage: Coverage | null,
	now: Instant,
): void {
	tally.requests += 1
	const { grant, request, approvals, entry, outcome } = record
	if (!grant?.activatedAt || coverage === null) return
	tally.active += 1
	const { id } = request
	against(tally.unapproved, id, !isApprovedBefore(record, grant.activatedAt))
	against(tally.ownOrTwice, id, !areOtherHumans(record))
	const late = grant.expiresAt === null ? 0 : msBetween(grant.expiresAt, grant.endedAt ?? now)
	against(tally.overdue, id, late > REMOVAL_CONFIRM_MS || outcome === 'not_confirmed')
	against(tally.uncovered, id, !coverage.isCovered)
	against(
		tally.unscreened,
		id,
		coverage.gaps.some(
			({ charterVersion, denials }) =>
				charterVersion === null || denials.some(({ code }) => SCREENING.has(code)),
		),
	)
	const isRecorded =
		(entry?.index ?? null) !== null && approvals.every((approval) => approval.entry.index !== null)
	against(tally.unrecorded, id, !isRecorded)
}

/**
 * Takes one request for customer content into account. Its access speaks against the check where it was decided at the
 * provider and not here, or where a stage lacked somebody when it was seen to be open.
 */
export function tallyLockbox(tally: Tally, record: LockboxRecord): void {
	tally.lockboxes += 1
	const { access, request, isOutOfBand, answer } = record
	if (access === null) return
	tally.opened += 1
	// What was open and over while nobody looked was open before it was seen to be over.
	const openedAt = access.openedAt ?? access.endedAt ?? request.at
	const isApproved = !isOutOfBand && answer === 'approve' && isLockboxApproved(record, openedAt)
	against(tally.openedUnapproved, request.id, !isApproved)
}

/**
 * Takes one finding into account. What was seen once and never again is none. It speaks against a check while it stands, nobody
 * answers for it and Entra has not confirmed that it is gone.
 */
export function tallyFinding(tally: Tally, record: FindingRecord): void {
	tally.drift += 1
	if (!wasBelieved(record)) return
	const { family, finding, state } = record
	tally.believed += 1
	if (!isClosedFinding(state)) tally.standing += 1
	if (family === 'policy') tally.policies += 1
	else tally.privileges += 1
	against(family === 'policy' ? tally.weakened : tally.unanswered, finding.id, isUnanswered(record))
}

/** Whether every stage had its quorum of approvals before the access was active. */
function isApprovedBefore({ stages, approvals, breakGlass }: AccessRecord, at: Instant): boolean {
	// In an emergency the charter asks for the user's signature, and maybe for a second officer's, in place of stages: no use
	// is opened without them, so what is left to ask is that the second one came first.
	if (breakGlass) return breakGlass.second === null || breakGlass.second.at <= at
	return (
		stages.length > 0 &&
		stages.every(({ quorum }, stage) => {
			const seats = approvals.filter(
				(approval) => approval.stage === stage && approval.verdict === 'approve' && approval.at <= at,
			)
			return new Set(seats.map(({ approver }) => approver.id)).size >= quorum
		})
	)
}

function areOtherHumans({ subject, approvals, breakGlass }: AccessRecord): boolean {
	const ids = [
		...approvals.map(({ approver }) => approver.id),
		...(breakGlass?.second ? [breakGlass.second.id] : []),
		...(breakGlass?.reviews ?? []).map(({ reviewer }) => reviewer.id),
	]
	return !ids.includes(subject.id) && new Set(ids).size === ids.length
}
