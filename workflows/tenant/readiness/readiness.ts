import type { Charter } from '../../charter/charter.schema.ts'
import type { Instant } from '../../shared/instants.ts'
import { GROUP_LISTS } from '../picture-holdings.ts'
import type { PicturePart, TenantPicture } from '../tenant-picture.ts'
import { governedGroups } from './governed-places.ts'
import { judgeBreakGlass, type Memberships } from './judge-break-glass.ts'
import { judgeLines, type KnownPeople } from './judge-lines.ts'
import { judgePlaces } from './judge-places.ts'
import { judgeConditionalAccess } from './judge-policies.ts'
import type { QuorumCount } from './judge-quorum.ts'
import { aboutUngoverned } from './privileged-roles.ts'
import { HOLDER_SECTIONS, hidesHolders, isSectionRead } from './needs.ts'
import { KINDS } from './problem-kinds.ts'
import { PROBLEM_KINDS, type Problem, type ReadinessReport, type ReportLine } from './report.schema.ts'
import { scoreOf } from './scores.ts'

export type ReadinessInput = {
	charter: Charter
	picture: TenantPicture
	people: KnownPeople
	/** Keys of holdings that a live access of Charterkeep's stands behind; see `holdingKey`. */
	approved: ReadonlySet<string>
	quorum: QuorumCount
	/** Groups that the accounts for emergencies are in, where somebody looked. */
	memberships?: Memberships
	/** When it is judged: facts and charter are looked at as of then. */
	at: Instant
}

type Found = Pick<Problem, 'kind' | 'about' | 'detail' | 'lines'> & { isWide?: boolean }

/**
 * How far a tenant is from being held to a charter. Pure: the same picture, charter, people and instant give the same report. What
 * is not known lowers a score as much as what is wrong, and is told apart from it: a group of which nobody could read who is in it
 * counts as one thing in each section that is about holders.
 */
export function judgeReadiness({
	charter,
	picture,
	people,
	approved,
	quorum,
	memberships = new Map(),
	at,
}: ReadinessInput): ReadinessReport {
	const lines = judgeLines(charter, picture, people, approved, at)
	// Read for another charter, or by nobody: what it holds is not known.
	const seenGroups = new Set(picture.groups.map(({ objectId }) => objectId))
	const missingGroups = governedGroups(charter).filter((id) => !seenGroups.has(id))
	const found: Found[] = [
		...byKindAndRole(lines),
		...judgeBreakGlass(charter, picture, memberships),
		...(judgeConditionalAccess(charter, picture, lines) ?? []),
		...judgePlaces(charter, picture),
		...quorum.found(),
		...unreadGroups(picture, missingGroups),
	]
	const unread = Object.entries(picture.parts).flatMap(([part, state]) =>
		state.read ? [] : [{ part: part as PicturePart, why: state.why, code: state.code }],
	)
	const missing = unread.filter(({ part }) => isMissed(part, picture))
	for (const { part, why } of missing)
		found.push({ kind: 'partUnknown', about: part, detail: { why }, lines: [] })
	const problems = rank(found, lines)
	const roles = Object.values(charter.roles).filter(({ access }) => access !== undefined).length
	const darkGroups =
		missingGroups.length +
		picture.groups.filter((group) => group.exists !== false && hidesHolders(group.unread, picture.parts))
			.length
	// Who is in such a group is not known, and so is all that could be told of them.
	const unseen = [...HOLDER_SECTIONS].map((section) => ({ section, count: darkGroups, isUnknown: true }))
	const sections = scoreOf([...problems, ...unseen], roles, (section) =>
		isSectionRead(
			section,
			missing.map(({ part }) => part),
		),
	)
	const governed = lines.filter((line) => line.roles.length > 0)
	const isUsersRead = picture.parts.users.read
	return {
		format: 1,
		tenantId: picture.tenantId,
		readAt: picture.readAt,
		judgedAt: at,
		charter: {
			id: charter.charter.id,
			title: charter.charter.title,
			version: charter.charter.version,
		},
		unread,
		counts: {
			users: isUsersRead ? picture.users.length : null,
			guests: isUsersRead ? picture.users.filter(({ userType }) => userType === 'guest').length : null,
			holdings: lines.length,
			holders: new Set(lines.map(({ principalId }) => principalId)).size,
			governed: governed.length,
			permitted: governed.filter(({ verdict }) => verdict === 'permitted').length,
			refused: governed.filter(({ verdict }) => verdict === 'refused').length,
			unknownPersons: governed.filter(({ verdict }) => verdict === 'unknownPerson').length,
		},
		score: Math.min(...sections.map(({ score }) => score)),
		sections,
		problems,
		lines,
	}
}

/** Marks of our own are of no interest here; and where there is no PIM, plain assignments are all that there is. */
function isMissed(part: PicturePart, picture: TenantPicture): boolean {
	if (part === 'ownRequests') return false
	// Groups say by themselves what of them could not be read.
	if (part === 'groupSchedules') return !picture.groups.some(({ unread }) => unread.includes('scheduled'))
	if (part === 'roleAssignments') return !picture.parts.roleInstances.read
	return true
}

function byKindAndRole(lines: readonly ReportLine[]): Found[] {
	const found = new Map<string, Found>()
	lines.forEach((line, position) => {
		for (const kind of line.problems) {
			const about = line.roles.length > 0 ? line.roles.join(' ') : aboutUngoverned(line.place)
			const key = `${kind} ${about}`
			const known = found.get(key)
			if (known) known.lines.push(position)
			else found.set(key, { kind, about, detail: {}, lines: [position] })
		}
	})
	return [...found.values()]
}

/**
 * A group whose members could not be read hides whoever is in it. Requests hide nobody: marks of ours only explain what is there,
 * so that without them a report says more and not less, and no file has them.
 */
const unreadGroups = ({ groups, policyGroups }: TenantPicture, missing: readonly string[]): Found[] => [
	...missing.map((objectId) => ofGroup(objectId, NOT_SEEN)),
	...groups.flatMap(({ objectId, unread, exists }) => {
		const hiding = unread.filter((list) => list !== 'requests')
		return exists !== false && hiding.length > 0 ? [ofGroup(objectId, hiding.join(' '))] : []
	}),
	...policyGroups
		.filter(({ members }) => members === null)
		.map(({ objectId }) => ofGroup(objectId, 'members')),
]

/** All of a group that is not told elsewhere: its policies are, with the roles that they are of. */
const NOT_SEEN = GROUP_LISTS.filter((list) => list !== 'requests' && list !== 'policies').join(' ')

const ofGroup = (objectId: string, why: string): Found => ({
	kind: 'partUnknown',
	about: `group ${objectId}`,
	detail: { why },
	lines: [],
})

/** In the order of kinds, then what concerns most, then by name, so that it is the same order each time. */
function rank(found: readonly Found[], lines: readonly ReportLine[]): Problem[] {
	const accountsIn = (positions: readonly number[]) =>
		new Set(positions.map((position) => lines[position]?.principalId)).size
	return found
		.map(({ isWide, ...one }): Problem => ({
			...one,
			section: KINDS[one.kind].section,
			isUnknown: KINDS[one.kind].isUnknown === true,
			count: Math.max(1, accountsIn(one.lines) + (isWide === true ? 1 : 0)),
		}))
		.sort(
			(a, b) =>
				PROBLEM_KINDS.indexOf(a.kind) - PROBLEM_KINDS.indexOf(b.kind) ||
				b.count - a.count ||
				((a.about ?? '') < (b.about ?? '') ? -1 : 1),
		)
}
