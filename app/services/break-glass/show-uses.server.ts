import { listUses, owingUses, type UseWithNames } from '#db/queries/break-glass.ts'
import { factsOf, factsOfPerson } from '#db/queries/facts.ts'
import { appointedTo, namesOf } from '#db/queries/people.ts'
import { hasOpenRequest } from '#db/queries/requests.ts'
import { judgeUse } from '#workflows/access/judge-break-glass.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Actor } from '../actor.ts'
import { accessStateOf, roleName, titleOf } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import { isHolder, reviewingRole, standingOf } from './standing.server.ts'
import type { DebtView, StandingView, UsableRole, UseSummary } from './views.ts'

const PAGE = 50

/** Who looks, with what it takes to say what waits for them. */
export type Looker = { actor: Actor; facts: PersonFacts; inForce: Charter; at: Date }

/** One use in a list, for this reader. */
export function summariseUse(
	{ use, userName, grantState, grantContext }: UseWithNames,
	pinned: Charter,
	looker: Looker,
): UseSummary {
	const { state, context, offline } = use
	const access = grantState === null ? null : accessStateOf({ state: 'approved', grantState })
	return {
		id: use.id,
		number: use.number,
		user: { id: use.userId, name: userName },
		usingRole: roleName(pinned, use.usingRole),
		role: use.role === null ? null : roleName(pinned, use.role),
		account: offline?.account ?? null,
		state,
		access,
		at: context.usedAt ?? use.createdAt.toISOString(),
		deadline:
			state === 'awaitingSecond'
				? context.secondBy
				: state === 'inUse'
					? (grantContext?.endsAt ?? null)
					: state === 'reviewOwed' || state === 'overdue'
						? context.reviewBy
						: null,
		reviews: {
			given: context.reviews.length,
			needed: context.reviewQuorum,
			notJustified: context.reviews.filter(({ verdict }) => verdict === 'not_justified').length,
		},
		needsYou: waitsFor(use, pinned, looker),
	}
}

function waitsFor(
	{ state, context }: UseWithNames['use'],
	pinned: Charter,
	{ actor, facts, inForce, at }: Looker,
): UseSummary['needsYou'] {
	if (context.participants.includes(actor.personId)) return null
	if (state === 'awaitingSecond') return actor.permissions.has('break_glass:second') ? 'second' : null
	if (state !== 'reviewOwed' && state !== 'overdue') return null
	const role = reviewingRole(pinned, inForce)
	const isReviewer = role !== null && isHolder(inForce, facts, role, at)
	return isReviewer && context.reviews.every(({ reviewerId }) => reviewerId !== actor.personId)
		? 'review'
		: null
}

/** Whether this reader is told of a use: by their role, by what waits for them, or since it is theirs. */
export function isToldOf({ use }: UseWithNames, pinned: Charter, looker: Looker): boolean {
	const { actor, facts, inForce, at } = looker
	if (actor.permissions.has('break_glass:read_all') || use.context.participants.includes(actor.personId))
		return true
	const roles = [...(pinned.breakGlass?.tells ?? []), reviewingRole(pinned, inForce) ?? '']
	return roles.some((role) => isHolder(inForce, facts, role, at))
}

/** Everybody who could review this use now: holders of the role that does, who had no part in it. */
export async function whoCanReview(
	{ database, now }: Pick<Deps, 'database' | 'now'>,
	{ use }: UseWithNames,
	pinned: Charter,
	inForce: Charter,
): Promise<string[]> {
	const at = now()
	const role = reviewingRole(pinned, inForce)
	if (role === null) return []
	const candidates = await appointedTo(database.db, [role], at)
	const facts = await factsOf(database.db, candidates)
	const { participants, reviews } = use.context
	const able = candidates.filter((id) => {
		const person = facts.get(id)
		return (
			person !== undefined &&
			!participants.includes(id) &&
			reviews.every(({ reviewerId }) => reviewerId !== id) &&
			isHolder(inForce, person, role, at)
		)
	})
	return [...(await namesOf(database.db, able)).values()].sort((a, b) => a.localeCompare(b))
}

/** Who may use what now, for how long, what bars it, and what waits for this person. */
export async function showStanding(deps: Deps, actor: Actor): Promise<StandingView> {
	const { database, now, charters, backlog } = deps
	const { db } = database
	const at = now()
	const standing = await standingOf(db, deps, actor.personId, at)
	const { version, rule, facts, held } = standing
	const { charter } = version
	const titles = (roles: readonly string[]) => roles.map((role) => titleOf(charter, role))
	const looker: Looker = { actor, facts, inForce: charter, at }
	const open: UseSummary[] = []
	const debts: DebtView[] = []
	const barring = new Set(standing.debts.map(({ use }) => use.id))
	for (const each of await owingUses(db)) {
		const { charter: pinned } = await charters.version(db, each.use.charterVersionId)
		const summary = summariseUse(each, pinned, looker)
		if (isToldOf(each, pinned, looker)) open.push(summary)
		if (barring.has(each.use.id))
			debts.push({ ...summary, canReview: await whoCanReview(deps, each, pinned, charter) })
	}
	return {
		isOffered: rule !== null,
		usedBy: titles(rule?.usedBy ?? []),
		isUser: held.length > 0,
		roles: await usableRoles(deps, actor, standing, at),
		maximumSeconds: (rule?.maximumMs ?? 0) / 1000,
		secondOfficer: rule?.secondOfficer ?? false,
		tells: titles([...new Set([...(rule?.tells ?? []), ...(rule ? [rule.review.by] : [])])]),
		review: {
			by: titleOf(charter, rule?.review.by ?? ''),
			quorum: rule?.review.quorum ?? 0,
			withinSeconds: (rule?.review.withinMs ?? 0) / 1000,
		},
		debts,
		isBehind: await backlog.isFull(),
		mayRecord: rule !== null && actor.permissions.has('break_glass:record'),
		open,
	}
}

async function usableRoles(
	{ database }: Deps,
	actor: Actor,
	{ version, rule, facts, held }: Awaited<ReturnType<typeof standingOf>>,
	at: Date,
): Promise<UsableRole[]> {
	const [usingRole] = held
	if (rule === null || usingRole === undefined) return []
	const roles: UsableRole[] = []
	for (const key of rule.roles) {
		const { access, purpose } = version.charter.roles[key] ?? {}
		if (!access) continue
		const asked = { usingRole, role: key, durationSeconds: 0 }
		roles.push({
			role: roleName(version.charter, key),
			purpose: purpose ?? '',
			entraRole: access.entra.name,
			ticketExample: access.ticket.example,
			denials: judgeUse([version.charter], facts, asked, at.toISOString()).denials,
			isOpenAlready: await hasOpenRequest(database.db, actor.personId, key),
		})
	}
	return roles
}

/** Uses, newest first, a page of them: everybody's for those who may see them, else one's own. */
export async function showUses(
	deps: Deps,
	actor: Actor,
	{ before }: { before?: number } = {},
): Promise<{ uses: UseSummary[]; next: number | null }> {
	const { database, now, charters } = deps
	const { db } = database
	const at = now()
	const { charter: inForce } = await charters.inForce(db)
	const looker: Looker = { actor, facts: await factsOfPerson(db, actor.personId), inForce, at }
	const mayAll = actor.permissions.has('break_glass:read_all')
	const rows = await listUses(db, {
		...(mayAll ? {} : { userId: actor.personId }),
		...(before === undefined ? {} : { before }),
		limit: PAGE + 1,
	})
	const uses: UseSummary[] = []
	for (const row of rows.slice(0, PAGE)) {
		const { charter: pinned } = await charters.version(db, row.use.charterVersionId)
		uses.push(summariseUse(row, pinned, looker))
	}
	return { uses, next: rows.length > PAGE ? (uses.at(-1)?.number ?? null) : null }
}
