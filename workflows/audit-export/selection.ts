import type { Leaf, LeafOf } from '../ledger/entry.schema.ts'
import { isOpenLockbox } from '../lockbox/lockbox-context.ts'
import type { Instant } from '../shared/instants.ts'
import type { BundleFilter, Manifest } from './manifest.ts'
import { indexDigest } from './manifest.ts'
import { problem, unchecked, type StoryProblem } from './problem.ts'
import type { RunningSha256 } from './platform.ts'

type Known = {
	/** A finding is chosen as a request is, by whose account it is about. */
	isFinding: boolean
	person: string | null
	/** Who decided on a request for customer content, or was the holder of a finding before: a choice by people means them too. */
	others: Set<string>
	isLockbox: boolean
	/** Boundary at the provider that it was matched to. */
	boundary: string | null
	/** What it asks for; of a finding, whatever gives what it is about. */
	roles: readonly string[]
	filedAt: Instant
	overAt: Instant | null
	/** Index of its first entry that is chosen, and of its first one that is not; null where there is none. */
	chosenAt: number | null
	leftAt: number | null
}

/**
 * Which requests a filter chooses, told from the entries alone: those of these people and roles that were filed before the
 * period ends and were not over before it begins. A request for customer content is of whoever decided on it as well, and of
 * the boundary at the provider; it asks for no role and tells of no facility. A finding is of the person whose account it was at
 * any time, and tells of neither boundary nor facility. At which facility somebody was stands in no leaf: that part of a choice
 * is made by whoever knows.
 */
export function createChoice(
	{ people, roles, facilities, boundaries = [], from, until }: BundleFilter,
	/** Bundles of before chose no findings. */
	{ withFindings }: { withFindings: boolean },
) {
	const requests = new Map<string, Known>()
	const [wantedPeople, wantedRoles] = [new Set(people), new Set(roles)]
	const wantedBoundaries = new Set(boundaries)
	/** Ids of boundaries by the entry that recorded them. */
	const boundaryOf = new Map<string, string>()
	const isOfPeople = ({ person, others }: Known) =>
		(person !== null && wantedPeople.has(person)) || [...others].some((id) => wantedPeople.has(id))

	function tellFinding(leaf: Leaf & { open: { findingId: string } }): Known | null {
		const { findingId } = leaf.open
		if (leaf.kind === 'finding.opened' && !requests.has(findingId))
			requests.set(findingId, {
				...beginning(leaf),
				isFinding: true,
				person: leaf.subject,
				others: new Set(),
				roles: leaf.open.roles,
			})
		const finding = requests.get(findingId)
		if (finding?.isFinding !== true) return null
		// A refused attempt is about whoever made it.
		if (leaf.kind !== 'finding.attempt_refused' && leaf.subject !== null) {
			finding.person = leaf.subject
			finding.others.add(leaf.subject)
		}
		if (leaf.kind === 'finding.closed') finding.overAt = leaf.time
		return finding
	}

	return {
		requests: requests as ReadonlyMap<string, Known>,
		/** Takes in an entry; gives the request that it is about. */
		tell(leaf: Leaf): Known | null {
			if (leaf.kind === 'provider_boundary.recorded') boundaryOf.set(leaf.id, leaf.open.boundaryId)
			if (isOfFinding(leaf)) return withFindings ? tellFinding(leaf) : null
			if (isFirst(leaf) && !requests.has(leaf.open.requestId))
				requests.set(leaf.open.requestId, {
					...beginning(leaf),
					isFinding: false,
					person: leaf.subject,
					others: new Set(),
					isLockbox: leaf.kind === 'lockbox.imported',
					boundary:
						leaf.kind === 'lockbox.imported' ? (boundaryOf.get(leaf.open.boundaryEntry ?? '') ?? null) : null,
					roles: [roleOf(leaf.open)],
				})
			if (!('requestId' in leaf.open)) return null
			const request = requests.get(leaf.open.requestId)
			if (!request || request.isFinding) return null
			if (leaf.kind === 'lockbox.decided' && leaf.actor !== null) request.others.add(leaf.actor)
			// A provider's access may be seen to be open after all: then it is not over.
			if (isAgain(leaf)) request.overAt = null
			if (isOver(leaf)) request.overAt = leaf.time
			return request
		},
		fits: (request: Known): boolean =>
			(wantedPeople.size === 0 || isOfPeople(request)) &&
			(wantedRoles.size === 0 || request.roles.some((role) => wantedRoles.has(role))) &&
			(facilities.length === 0 || !(request.isLockbox || request.isFinding)) &&
			(wantedBoundaries.size === 0 || wantedBoundaries.has(request.boundary ?? '')) &&
			(until === null || request.filedAt < until) &&
			(from === null || request.overAt === null || request.overAt >= from),
	}
}

const beginning = ({ time }: Leaf) => ({
	filedAt: time,
	overAt: null,
	chosenAt: null,
	leftAt: null,
	isLockbox: false,
	boundary: null,
})

/** An entry about one finding; an attempt may have been refused that named none. */
export const isOfFinding = (leaf: Leaf): leaf is Leaf & { open: { findingId: string } } =>
	'findingId' in leaf.open && leaf.open.findingId !== null && leaf.kind.startsWith('finding.')

/** A request for customer content asks for no role: a choice by roles leaves it out. */
const roleOf = (open: { role: string } | { usingRole: string } | object): string =>
	'role' in open ? open.role : 'usingRole' in open ? open.usingRole : ''

/** The entry by which a request begins, or what stands for one: a use of break-glass, or a request of a provider. */
const isFirst = (
	leaf: Leaf,
): leaf is
	| LeafOf<'request.filed'>
	| LeafOf<'break_glass.signed'>
	| LeafOf<'break_glass.offline_recorded'>
	| LeafOf<'lockbox.imported'> =>
	leaf.kind === 'request.filed' ||
	leaf.kind === 'lockbox.imported' ||
	leaf.kind === 'break_glass.signed' ||
	leaf.kind === 'break_glass.offline_recorded'

/** The entry that shows an access of a provider to be open, whatever was thought before. */
const isAgain = (leaf: Leaf): boolean => leaf.kind === 'lockbox.seen' && isOpenLockbox(leaf.open.outcome)

/** The entry that ends a request, or the access that came of it. */
function isOver(leaf: Leaf): boolean {
	switch (leaf.kind) {
		case 'request.decided':
			return leaf.open.outcome === 'denied'
		case 'break_glass.seconded':
			return leaf.open.verdict === 'refuse'
		case 'lockbox.imported':
		case 'lockbox.clock':
		case 'lockbox.seen':
			return !isOpenLockbox(leaf.open.outcome)
		case 'break_glass.withdrawn':
		case 'break_glass.timed_out':
		case 'break_glass.voided':
		case 'break_glass.offline_recorded':
		case 'request.timed_out':
		case 'request.withdrawn':
		case 'request.voided':
		case 'grant.failed':
		case 'grant.ended':
			return true
		default:
			return false
	}
}

/**
 * Holds the entries that a bundle marks as chosen against what its manifest asked for: none left out, none besides. Where
 * the choice was by facility, what was left out is counted and not called wrong.
 */
export function createSelectionCheck(manifest: Manifest, running: RunningSha256) {
	const choice = createChoice(manifest.filter, { withFindings: manifest.findings !== undefined })
	const digest = indexDigest(running)

	return {
		/** Whether an entry that is not marked belongs to a request all the same is known at the end. */
		tell(index: number, leaf: Leaf, isSelected: boolean): StoryProblem[] {
			const isLater = index >= manifest.asOf
			const request = isLater ? null : choice.tell(leaf)
			if (isSelected) digest.add(index)
			if (request === null)
				return isSelected
					? [problem('NOT_ASKED_FOR', 'an entry is chosen that is about no request and no finding')]
					: []
			if (isSelected) request.chosenAt ??= index
			else request.leftAt ??= index
			return []
		},
		/** What turns out at the end, each with the index of the entry that it is about; null for the manifest. */
		finish(): { index: number | null; found: StoryProblem }[] {
			const problems: { index: number | null; found: StoryProblem }[] = []
			const add = (index: number | null, found: StoryProblem) => problems.push({ index, found })
			let [requests, findings, undecided] = [0, 0, 0]
			for (const request of choice.requests.values()) {
				const { chosenAt, leftAt } = request
				const isChosen = chosenAt !== null
				if (isChosen && request.isFinding) findings += 1
				else if (isChosen) requests += 1
				if (!choice.fits(request)) {
					if (isChosen) add(chosenAt, problem('NOT_ASKED_FOR', 'a request is chosen that was not asked for'))
				} else if (leftAt !== null) {
					if (isChosen || manifest.filter.facilities.length === 0)
						add(leftAt, problem('LEFT_OUT', 'this entry was asked for and is left out'))
					else undecided += 1
				}
			}
			if (undecided > 0)
				add(
					null,
					unchecked(
						'FACILITY_FILTER',
						`${undecided} more requests of these people, roles and times are left out by facility, which no leaf tells`,
					),
				)
			const { selected, selectedSha256 } = digest.finish()
			if (
				requests !== manifest.requests ||
				findings !== (manifest.findings ?? 0) ||
				selected !== manifest.selected ||
				selectedSha256 !== manifest.selectedSha256
			)
				add(null, problem('SELECTION', 'other entries are chosen than the manifest says'))
			return problems
		},
	}
}
