import {
	ABSENCE_AGE_MS,
	isClosedFinding,
	PRESENCE_AGE_MS,
	type FindingState,
} from '../grants/finding-context.ts'
import { strictestReaction } from '../grants/strictest-reaction.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import type { AppointedTo } from './appointed.ts'
import type { CharterBook } from './charter-book.ts'
import { waysOf } from './finding-path.ts'
import { noteSeen } from './finding-seen.ts'
import {
	differs,
	isBeginTold,
	isCounted,
	isOpenedAs,
	isSignedFor,
	oneOfficer,
	order,
	over,
	own,
	principalOf,
	unknown,
	unordered,
	unruled,
	unsent,
	type RemovalStep,
	type ToldFinding,
} from './finding-told.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import { createRemovalGuard } from './removal-guard.ts'
import type { Signatures } from './signatures.ts'

const DAY_MS = 86_400_000
/** Nothing is accepted for longer, and a signature waits for minutes at most. */
const MOST_ACCEPTED_MS = 90 * DAY_MS
const SENT = { wasSent: true, wasEverSent: true }

/**
 * Whether findings hold together: each goes the way of its statechart; nothing is removed that was not seen twice and ordered by
 * the charter, by silence where the charter says so, or by an officer with a passkey; no more at once than the guard lets pass,
 * and what it held only with two officers; nothing of an account that is only watched; nobody decides on what they hold
 * themselves; nothing is called removed that was not sent; and sessions are ended of whoever something was to be taken from alone.
 */
export function createFindingStory(
	signatures: Pick<Signatures, 'check'>,
	charters: Pick<CharterBook, 'charterOf' | 'hashes' | 'around'>,
	appointedTo: AppointedTo,
) {
	const findings = new Map<string, ToldFinding>()
	const guard = createRemovalGuard(charters)

	/** Takes a step along the way of the statechart; the finding with what is wrong, or null where there is none. */
	function step(
		findingId: string,
		name: Parameters<typeof waysOf>[0],
		outcome?: FindingState,
	): { told: ToldFinding | null; problems: StoryProblem[] } {
		const told = findings.get(findingId)
		if (told === undefined) return { told: null, problems: [unknown] }
		if (isClosedFinding(told.state)) return { told: null, problems: [over] }
		const ways = waysOf(name, told.state)
		const to = outcome ?? ways[0]
		const isWay = to !== undefined && ways.includes(to)
		told.state = to ?? told.state
		return { told, problems: isWay ? [] : [order] }
	}

	/** What is wrong with who did it. */
	function byOfficer(actor: string | null, time: Instant): StoryProblem[] {
		return actor !== null && appointedTo(actor, ['security_officer'], time) === false
			? [problem('FINDING_DUTY', 'somebody acted on a finding who held no duty that allows it')]
			: []
	}

	return {
		tellOpened(leaf: LeafOf<'finding.opened'>, openings: Openings): StoryProblem[] {
			const { open, subject, kind, time } = leaf
			const problems = findings.has(open.findingId)
				? [problem('FINDING_AGAIN', 'a finding begins a second time')]
				: []
			const shown = opened(kind, 'difference', openings)
			findings.set(open.findingId, {
				subject,
				family: open.family,
				kinds: open.kinds,
				state: 'seen',
				shown,
				seenAt: time,
				wasBelieved: false,
				asked: null,
				charterEntry: open.charterEntry,
				orderedBy: null,
				askedBy: null,
				wasSent: false,
				wasEverSent: false,
				acceptedUntil: null,
			})
			const isTold = isOpenedAs(shown, open) && isBeginTold(shown)
			// What can be taken now must not be told as something that begins later.
			const isSame = shown === null || shown.standing === open.standing
			return isTold && isSame ? problems : [...problems, differs]
		},
		tellConfirmed(leaf: LeafOf<'finding.confirmed'>, openings: Openings): StoryProblem[] {
			const { told, problems } = step(leaf.open.findingId, 'confirmed', leaf.open.outcome)
			if (told === null) return problems
			const age = leaf.open.kinds.every((kind) => kind === 'missingGrant') ? ABSENCE_AGE_MS : PRESENCE_AGE_MS
			if (msBetween(told.seenAt, leaf.time) < age)
				problems.push(problem('FINDING_EARLY', 'a finding is believed before it was seen twice'))
			told.wasBelieved = true
			return [...problems, ...noteSeen(charters, told, 'seen', leaf, openings)]
		},
		tellChanged(leaf: LeafOf<'finding.changed'>, openings: Openings): StoryProblem[] {
			const before = findings.get(leaf.open.findingId)?.state ?? 'seen'
			const { told, problems } = step(leaf.open.findingId, 'changed', leaf.open.outcome)
			return told === null ? problems : [...problems, ...noteSeen(charters, told, before, leaf, openings)]
		},
		tellTaken({ open, actor, time }: LeafOf<'finding.taken'>): StoryProblem[] {
			const { problems } = step(open.findingId, 'taken')
			return [...problems, ...(actor === null ? [own] : []), ...byOfficer(actor, time)]
		},
		tellSilent({ open, time }: LeafOf<'finding.silent'>): StoryProblem[] {
			const { told, problems } = step(open.findingId, 'silent', open.outcome)
			if (told === null) return problems
			if (told.asked !== null && time < told.asked.by)
				problems.push(problem('FINDING_SILENCE', 'silence is taken before the time to decide was over'))
			told.asked = null
			if (open.outcome !== 'ordered') return problems
			told.orderedBy = 'silence'
			const charter = charters.charterOf(told.charterEntry)
			const said = charter === null ? null : strictestReaction(charter, told.kinds, true)
			if (said !== null && !(said.do === 'decide' && said.otherwise === 'remove')) problems.push(unruled)
			return problems
		},
		tellAcceptanceOver({ open, time }: LeafOf<'finding.acceptance_over'>): StoryProblem[] {
			const { told, problems } = step(open.findingId, 'acceptance_over')
			if (told === null) return problems
			if (told.acceptedUntil !== null && time < told.acceptedUntil) problems.push(order)
			Object.assign(told, { seenAt: time, acceptedUntil: null, wasSent: false })
			return problems
		},
		tellDecided(leaf: LeafOf<'finding.decided'>, openings: Openings): StoryProblem[] {
			const { open, actor, time, kind } = leaf
			const { told, problems } = step(open.findingId, `decided.${open.step}`, open.outcome)
			if (told === null) return problems
			if (actor === null || (told.subject !== null && actor === told.subject)) problems.push(own)
			problems.push(...byOfficer(actor, time))
			if (open.step === 'release') {
				if (told.askedBy === null || told.askedBy === actor) problems.push(oneOfficer)
				Object.assign(told, SENT)
				guard.tellReleased(open.findingId)
				problems.push(...guard.tellSent(principalOf(told), time))
			}
			if (open.step === 'ask_release') {
				// The first who asks must not be replaced, so that nobody asks and releases.
				if (told.askedBy !== null) problems.push(order)
				told.askedBy = actor
			}
			if (open.step === 'remove') told.orderedBy = 'decision'
			if (open.step === 'accept') {
				const { acceptedUntil } = open
				const ms = acceptedUntil === null ? 0 : msBetween(time, acceptedUntil)
				if (ms <= 0 || ms > MOST_ACCEPTED_MS)
					problems.push(problem('FINDING_ACCEPTED', 'a finding is accepted for good, or for too long'))
				Object.assign(told, { acceptedUntil, orderedBy: null, askedBy: null })
			}
			told.asked = null
			const evidence = opened(kind, 'evidence', openings)
			if (evidence === null) return problems
			const { envelope, assertion } = evidence
			const reason = opened(kind, 'reason', openings)?.text ?? null
			const isAgreed = isSignedFor(envelope, leaf, {
				shown: told.shown,
				reason,
				textSha256: charters.hashes.get(open.charterEntry),
			})
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
		},
		tellHeld({ open }: LeafOf<'finding.held'>): StoryProblem[] {
			return step(open.findingId, 'held').problems
		},
		tellRemoving({ open, time }: LeafOf<'finding.removing'>): StoryProblem[] {
			const before = findings.get(open.findingId)
			if (before?.state === 'held') {
				Object.assign(before, { state: 'removing', ...SENT })
				return [problem('FINDING_HELD', 'a removal is sent that the guard against mass removal held')]
			}
			const { told, problems } = step(open.findingId, 'removing')
			if (told === null) return problems
			Object.assign(told, { state: 'removing', ...SENT })
			const { people } = open
			const isOrdered = problems.length === 0 && told.orderedBy === open.orderedBy
			return [
				...(isOrdered ? [] : [unordered]),
				...(isCounted(told, people) ? [] : [differs]),
				...guard.tellPassed({ findingId: open.findingId, people: people ?? 1, at: time }),
				...guard.tellSent(principalOf(told), time),
			]
		},
		/** The steps of a removal that is under way. */
		tellRemoval({ kind, open }: LeafOf<RemovalStep>): StoryProblem[] {
			const name = kind.slice('finding.'.length) as RemovalStep extends `finding.${infer S}` ? S : never
			const { problems } = step(open.findingId, name)
			return problems.includes(order) ? [unsent] : problems
		},
		/** Sessions are ended of whoever something is being taken from, which may be over, held or accepted by the time that is known. */
		tellSessionsEnded({ open }: LeafOf<'finding.sessions_ended'>): StoryProblem[] {
			const told = findings.get(open.findingId)
			return told === undefined ? [unknown] : told.wasEverSent ? [] : [unsent]
		},
		tellClosed({ open }: LeafOf<'finding.closed'>): StoryProblem[] {
			const from = findings.get(open.findingId)?.state
			const { told, problems } = step(open.findingId, `closed.${open.how}`, open.how)
			if (told === null) return problems
			if (open.how === 'removed' && !told.wasSent) return [unsent]
			// What was never certain did not go: it came to nothing.
			if (open.how === 'gone' && from === 'seen' && !told.wasBelieved) return [...problems, order]
			if (!problems.includes(order)) return problems
			// What is over without a removal must not have been taken away by us unseen.
			return open.how === 'removed' || from === 'removing' ? [unsent] : [order]
		},
		counts: () => ({
			findings: findings.size,
			findingsRemoved: [...findings.values()].filter(({ state }) => state === 'removed').length,
		}),
	}
}
