import type { Charter } from '../../charter/charter.schema.ts'
import { beforeGrantingOf, breakGlassAccountsOf, type BeforeGranting } from '../../charter/entra.schema.ts'
import type { PersonFacts } from '../../charter/facts.ts'
import { methodCode } from '../../grants/assurance.ts'
import type { Instant } from '../../shared/instants.ts'
import { beginOf, expandNested, type Held } from '../held-through.ts'
import type { PictureMethods, PictureUser, TenantPicture } from '../tenant-picture.ts'
import { isPermanent } from '../picture-holdings.ts'
import { governedPlaces, isBesideCharter, placeKeyOf, rolesGiving } from './governed-places.ts'
import { activeTogether, roleJudge } from './judge-roles.ts'
import type { LINE_PROBLEMS } from './problem-kinds.ts'
import type { ReportLine } from './report.schema.ts'

type LineProblem = (typeof LINE_PROBLEMS)[number]

/** People by the object id of their account, in lower case. */
export type KnownPeople = ReadonlyMap<string, { personId: string; facts: PersonFacts }>

/** Names an account and a place: those where an access of Charterkeep's may be live are `approved`. */
export const holdingKey = ({ principalId, place }: Pick<Held, 'principalId' | 'place'>) =>
	`${principalId} ${placeKeyOf(place)}`

/**
 * Who holds what, one line for each holding, with what the charter says of it today. Accounts for the day that nothing else
 * works are left out: the charter names them, and they are watched elsewhere.
 */
export function judgeLines(
	charter: Charter,
	picture: TenantPicture,
	people: KnownPeople,
	approved: ReadonlySet<string>,
	at: Instant,
): ReportLine[] {
	const places = governedPlaces(charter)
	const exempt = new Set(breakGlassAccountsOf(charter).map(({ objectId }) => objectId))
	const users = new Map(picture.users.map((user) => [user.objectId, user]))
	const methods = new Map(picture.methods.map((one) => [one.objectId, one]))
	const judgeRole = roleJudge(charter, at)
	const readGroups = new Set(
		picture.groups.filter(({ unread }) => !unread.includes('members')).map(({ objectId }) => objectId),
	)
	const isToldBy = toldByOuter(picture, places)
	const { passkeys } = beforeGrantingOf(charter)
	const listed = expandNested(picture)
		.filter((held) => !exempt.has(held.principalId) && !isToldBy(held))
		.map((one) => {
			const { roles, isControl } = rolesGiving(places, one.place)
			const held: Held = isControl ? { ...one, standing: 'controls' } : one
			return { held, roles }
		})
	const apartOf = activeTogether(
		charter,
		listed.map(({ held, roles }) => ({ ...held, roles })),
	)
	return listed.map(({ held, roles }): ReportLine => {
		const isBeside = roles.length === 0 && isBesideCharter(places, held)
		const known = people.get(held.principalId)
		const user = users.get(held.principalId)
		const isPerson = held.principalKind === 'user' || known !== undefined || user !== undefined
		// Whoever is not active in it would be refused only when they ask.
		const isApart = held.standing === 'active' ? apartOf(held.principalId) : () => false
		const judged = roles.length === 0 || !known ? null : judgeRole(roles, known.facts, isApart)
		const verdict: ReportLine['verdict'] =
			roles.length === 0
				? 'notGoverned'
				: !isPerson && held.principalKind !== 'unknown'
					? 'notAPerson'
					: judged === null
						? 'unknownPerson'
						: judged.length === 0
							? 'permitted'
							: 'refused'
		const isAsked = roles.length > 0 || isBeside
		const method = isPerson && isAsked ? methodOf(methods.get(held.principalId), passkeys) : null
		const problems = isAsked
			? problemsOf(held, {
					verdict,
					user,
					isPerson,
					method,
					picture,
					isApproved: approved.has(holdingKey(held)),
					isExpanded:
						held.principalKind === 'group' &&
						held.standing === 'active' &&
						held.place.kind === 'group' &&
						readGroups.has(held.place.groupId),
				})
			: []
		return {
			principalId: held.principalId,
			kind: isPerson ? 'user' : held.principalKind,
			personId: known?.personId ?? null,
			place: held.place,
			roles,
			standing: held.standing,
			through: held.through,
			from: beginOf(held),
			until: held.holding.until,
			verdict,
			codes: judged ?? [],
			method,
			problems: isBeside ? problems.filter((kind) => !BY_CHARTER_ALONE.has(kind)) : problems,
		}
	})
}

/**
 * Whether a place is in a group that was read only since it is in another one: whoever has it is told of at the outer group, by what
 * that gives.
 */
function toldByOuter(
	{ groups, roleHoldings }: TenantPicture,
	places: ReturnType<typeof governedPlaces>,
): (held: Held) => boolean {
	const within = new Set(
		groups.flatMap(({ members }) =>
			members.flatMap(({ objectId, kind }) => (kind === 'group' ? [objectId] : [])),
		),
	)
	for (const { principalId } of roleHoldings) within.delete(principalId)
	return ({ place }) =>
		place.kind === 'group' && within.has(place.groupId) && rolesGiving(places, place).roles.length === 0
}

/** What is wrong only with a role that the charter gives: of others, PIM is the way to have them, and a begin that lies ahead as well. */
const BY_CHARTER_ALONE: ReadonlySet<LineProblem> = new Set(['beginsLater', 'standingEligible'])

/** Whether somebody can sign in as the charter asks of whoever is given access. What is not known is never yes. */
function methodOf(methods: PictureMethods | undefined, passkeys: BeforeGranting['passkeys']) {
	const code = methodCode(methods ?? null, passkeys)
	return code === null ? 'yes' : code === 'METHOD_MISSING' ? 'no' : 'unknown'
}

function problemsOf(
	{ standing, holding, membership, principalKind, through }: Held,
	seen: {
		verdict: ReportLine['verdict']
		user: PictureUser | undefined
		isPerson: boolean
		method: ReportLine['method']
		picture: TenantPicture
		isApproved: boolean
		/** A group whose members stand for it. */
		isExpanded: boolean
	},
): LineProblem[] {
	const { verdict, user, isPerson, method, picture, isApproved, isExpanded } = seen
	const found: LineProblem[] = []
	const isActive = standing === 'active'
	if (user?.userType === 'guest') found.push('guestHolds')
	if (!isPerson && principalKind === 'servicePrincipal') found.push('applicationHolds')
	else if (!isPerson && !isExpanded) found.push('accountUnknown')
	if (isPerson && verdict === 'unknownPerson') found.push('unknownPersonHolds')
	if (verdict === 'refused') found.push('refusedHolds')
	if (user?.accountEnabled === false) found.push('disabledHolds')
	if (isPerson && (user === undefined ? picture.parts.users.read : user.userType === 'unknown'))
		found.push('accountUnknown')
	if (standing === 'controls') found.push('controlsGroup')
	if (standing === 'eligible') found.push('standingEligible')
	// An approved access explains what bears its mark, and plain membership, which has no mark and which Charterkeep ends; nothing else.
	const isPlain = 'groupId' in holding && holding.how === 'direct'
	const isOurs = isApproved && through === null && (holding.ticketNumbers.length > 0 || isPlain)
	if (standing === 'scheduled' && !isOurs) found.push('beginsLater')
	// Who is in a group that holds a role for good holds it for as long as they are in the group. What Charterkeep gave it ends.
	const isGiven = isActive || standing === 'scheduled'
	if (isGiven && !isOurs && isPermanent(membership ?? holding)) found.push('permanent')
	if (isActive && holding.how === 'direct' && 'roleDefinitionId' in holding) found.push('pastPim')
	if (isPerson && method === 'no') found.push('noResistantMethod')
	if (isPerson && method === 'unknown') found.push('methodUnknown')
	return found
}
