import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { insertFinding, loadFinding, lockRemovals, openFindings } from '#db/queries/findings.ts'
import {
	accountsById,
	grantsSince,
	insertRun,
	lastRun,
	peopleByAccount,
	purgeRuns,
	readBaselines,
	saveBaselines,
	type KnownAccount,
} from '#db/queries/reconcile-runs.ts'
import type { UnreadPart, WatchedHolding } from '#db/schema/findings.ts'
import { compiledOf } from '#workflows/charter/compiled.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { partIn } from '#workflows/charter/eligibility.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { SETTLING_MS, type Accounts, type ApprovedGrant } from '#workflows/grants/compare-holdings.ts'
import { findingMachine } from '#workflows/grants/finding.machine.ts'
import { governedBy, governedParts } from '#workflows/grants/governed.ts'
import { placeKey } from '#workflows/grants/place.ts'
import { planReconciliation, watchedBy, type ReconcilePlan } from '#workflows/grants/reconcile.ts'
import { shownOf } from '#workflows/grants/shown-difference.ts'
import { begin } from '#workflows/shared/decide.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import { PICTURE_PARTS, type TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { dispatchRemovals } from './dispatch-removals.server.ts'
import { applyFindingEvent } from './step-finding.server.ts'
import { tellWatched } from './tell-finding.server.ts'

/** `everything` reads the rules of the tenant as well: who signs in how, and what may be assigned for how long. */
export type ReconcileWhat = 'privileges' | 'everything'
type ReconcileOutcome = {
	opened: number
	sighted: number
	missed: number
	/** Whether something was seen that another look soon makes certain. */
	isUncertain: boolean
	/** Accesses of ours that deviate: their own read-back looks at them now. */
	deviating: string[]
}

const KEPT_MS = 7 * 86_400_000

/**
 * One look at the tenant: what it holds is compared with what was approved, findings are opened, followed and closed, and
 * what the charter orders is let pass or held, in one transaction. The tenant is read before it. A look that fails leaves
 * everything as it is, and is told of on the page.
 */
export async function reconcileTenant(deps: Deps, what: ReconcileWhat): Promise<ReconcileOutcome> {
	const { database, reader } = deps
	const startedAt = deps.now()
	const { charter } = await deps.charters.inForce(database.db)
	const governed = governedBy(charter, deps.tenant.groups)
	const parts = governedParts(governed)
	const before = await approvedNow(deps, startedAt)
	const picture =
		what === 'everything'
			? await reader.readTenant({ groupIds: parts.groups }, { users: [] })
			: await reader.readPrivileges({ groupIds: parts.groups })
	const facts = await knownOf(deps, picture)
	const outcome = await database.withTx((tx) =>
		apply(tx, deps, { what, startedAt, picture, before, ...facts }),
	)
	deps.wake()
	return outcome
}

const approvedNow = (deps: Deps, at: Date): Promise<ApprovedGrant[]> =>
	grantsSince(deps.database.db, new Date(at.getTime() - SETTLING_MS))

type Known = {
	people: ReadonlyMap<string, string>
	mirror: ReadonlyMap<string, KnownAccount>
	facts: ReadonlyMap<string, PersonFacts>
}

/** Who the accounts are that the picture names, and what is known of those people. */
async function knownOf({ database: { db } }: Deps, picture: TenantPicture): Promise<Known> {
	const ids = new Set<string>()
	for (const { principalId } of [...picture.roleHoldings, ...picture.groupHoldings]) ids.add(principalId)
	for (const { members } of picture.groups) for (const { objectId } of members) ids.add(objectId)
	const people = await peopleByAccount(db, [...ids])
	return {
		people,
		mirror: await accountsById(db, [...ids]),
		facts: await factsOf(db, [...people.values()]),
	}
}

type Look = Known & {
	what: ReconcileWhat
	startedAt: Date
	picture: TenantPicture
	before: readonly ApprovedGrant[]
}

async function apply(tx: Tx, deps: Deps, look: Look): Promise<ReconcileOutcome> {
	const { picture, before, what, startedAt } = look
	await holdCharter(tx, 'judge')
	await lockRemovals(tx)
	const at = deps.now()
	const now = at.toISOString()
	const { charter, id: charterVersionId, entryId: charterEntry } = await deps.charters.inForce(tx)
	// A charter that came into force while the tenant was read may govern places that were not: those are known to be unread.
	const governed = governedBy(charter, deps.tenant.groups)
	const open = await openFindings(tx)
	const plan = planReconciliation(picture, {
		charter,
		governed,
		grants: unionOf(before, await grantsSince(tx, new Date(at.getTime() - SETTLING_MS))),
		before,
		accounts: accountsOf(charter, look, now),
		remembered: open.map(({ id, context: { difference } }) => ({ id, ...difference })),
		policies: await readBaselines(tx),
		now,
	})
	await saveBaselines(tx, plan.baselines, at)
	for (const each of plan.open) await openFinding(tx, deps, each, { at, charterVersionId, charterEntry })
	const events = [
		...plan.sighted.map(({ id, difference, reaction }) => ({
			id,
			event: { type: 'SIGHTED' as const, difference, reaction, at: now },
		})),
		...plan.missed.map(({ id, why }) => ({ id, event: { type: 'MISSED' as const, why, at: now } })),
	].sort((a, b) => (a.id < b.id ? -1 : 1))
	let uncertain = plan.open.length
	for (const { id, event } of events) {
		const stored = await loadFinding(tx, id, true)
		const after = await applyFindingEvent(tx, deps, stored, event, { charterEntry })
		if (after?.state === 'seen') uncertain += 1
	}
	await dispatchRemovals(tx, deps, at)
	await noteRun(tx, deps, { what, startedAt, at, picture, plan, charter })
	return {
		opened: plan.open.length,
		sighted: plan.sighted.length,
		missed: plan.missed.length,
		isUncertain: uncertain > 0,
		deviating: [...plan.open, ...plan.sighted].flatMap(({ difference: { grantId } }) =>
			grantId === null ? [] : [grantId],
		),
	}
}

/** What stood before the tenant was read and what stands after: either explains what was seen meanwhile. */
function unionOf(before: readonly ApprovedGrant[], after: readonly ApprovedGrant[]): ApprovedGrant[] {
	const known = new Set(after.map(({ grantId }) => grantId))
	return [...after, ...before.filter(({ grantId }) => !known.has(grantId))]
}

function accountsOf(charter: Charter, { people, mirror, facts, picture }: Look, at: Instant): Accounts {
	const watched = watchedBy(charter)
	const form = compiledOf(charter)
	const guests = new Map(picture.users.map(({ objectId, userType }) => [objectId, userType]))
	const known = new Map<string, readonly string[]>()
	return {
		personOf: (objectId) => people.get(objectId) ?? null,
		isGuest(objectId) {
			const type = guests.get(objectId) ?? mirror.get(objectId)?.userType?.toLowerCase()
			return type === undefined || type === 'unknown' ? null : type === 'guest'
		},
		refusals(personId, role) {
			const person = facts.get(personId)
			if (person === undefined) return null
			const key = `${personId} ${role}`
			const cached = known.get(key)
			if (cached !== undefined) return cached
			const question = { role, part: partIn(charter, role), at, durationMs: 0, standing: true }
			const verdict = form.judge(prepareFacts(person, form.symbols), question)
			const codes = verdict.permit ? [] : verdict.denials.map(({ code }) => code)
			known.set(key, codes)
			return codes
		},
		isBreakGlass: (objectId) => watched.has(objectId),
	}
}

async function openFinding(
	tx: Tx,
	deps: Deps,
	{ difference, reaction }: ReconcilePlan['open'][number],
	{ at, charterVersionId, charterEntry }: { at: Date; charterVersionId: string; charterEntry: string },
): Promise<void> {
	const findingId = deps.newId()
	const now = at.toISOString()
	const input = { findingId, difference, reaction, at: now }
	const decided = begin(findingMachine, input, now)
	const entryId = await recordEntry(tx, deps, {
		kind: 'finding.opened',
		subject: difference.personId,
		actor: null,
		open: {
			findingId,
			family: difference.family,
			kinds: [...difference.kinds],
			standing: difference.standing,
			roles: [...difference.roles],
			charterEntry,
			...(difference.grantId === null ? {} : { grantId: difference.grantId }),
		},
		sealed: { difference: shownOf(findingId, difference) },
		at,
	})
	const { key, family, personId } = difference
	await insertFinding(tx, { key, family, personId, charterVersionId, createdAt: at }, decided, {
		event: { type: 'SEEN', ...input },
		actorId: null,
		entryId,
		at,
	})
}

async function noteRun(
	tx: Tx,
	deps: Deps,
	{
		what,
		startedAt,
		at,
		picture,
		plan,
		charter,
	}: {
		what: ReconcileWhat
		startedAt: Date
		at: Date
		picture: TenantPicture
		plan: ReconcilePlan
		charter: Charter
	},
): Promise<void> {
	const watched = watchedNow(charter, picture)
	const last = await lastRun(tx, { well: true })
	const isSame =
		last === null ||
		watched.every(({ objectId, places }) => {
			const then = last.watched.find((each) => each.objectId === objectId)
			// One that was not watched before is told on the page.
			return then === undefined || then.places.join('\n') === places.join('\n')
		})
	const isKnown = picture.parts.roleInstances.read || picture.parts.roleAssignments.read
	if (isKnown && !isSame) await tellWatched(tx, deps, at)
	await insertRun(tx, {
		id: deps.newId(),
		what,
		startedAt,
		finishedAt: at,
		trouble: isKnown ? null : 'ROLES_UNREAD',
		unread: unreadOf(picture),
		holdings: picture.roleHoldings.length + picture.groupHoldings.length,
		opened: plan.open.length,
		sighted: plan.sighted.length,
		missed: plan.missed.length,
		watched: isKnown ? watched : (last?.watched ?? []),
	})
	await purgeRuns(tx, new Date(at.getTime() - KEPT_MS))
}

/** What each of the accounts holds that are only watched: how, and where. */
function watchedNow(charter: Charter, { roleHoldings, groupHoldings }: TenantPicture): WatchedHolding[] {
	return [...watchedBy(charter)].sort().map((objectId) => ({
		objectId,
		places: [
			...roleHoldings
				.filter(({ principalId }) => principalId === objectId)
				.map(({ how, ...place }) => `${how} ${placeKey({ ...place, kind: 'role' })}`),
			...groupHoldings
				.filter(({ principalId }) => principalId === objectId)
				.map(({ how, ...place }) => `${how} ${placeKey({ ...place, kind: 'group', by: 'pim' })}`),
		].sort(),
	}))
}

/** Parts that nobody asked for are no trouble. */
function unreadOf(picture: TenantPicture): UnreadPart[] {
	const parts = PICTURE_PARTS.flatMap((part): UnreadPart[] => {
		const state = picture.parts[part]
		return state.read || state.why === 'notAsked' ? [] : [{ part, why: state.why, code: state.code }]
	})
	const groups = picture.groups.flatMap(({ objectId, unread }): UnreadPart[] =>
		unread.length === 0 ? [] : [{ part: `group ${objectId}`, why: 'unreadable', code: unread.join(' ') }],
	)
	return [...parts, ...groups]
}

/** Notes that a look could not be done at all. */
export async function noteFailedRun(
	deps: Deps,
	what: ReconcileWhat,
	startedAt: Date,
	trouble: string,
): Promise<void> {
	await deps.database.withTx(async (tx) => {
		const last = await lastRun(tx, { well: true })
		await insertRun(tx, {
			id: deps.newId(),
			what,
			startedAt,
			finishedAt: deps.now(),
			trouble: trouble.slice(0, 64),
			unread: [],
			holdings: 0,
			opened: 0,
			sighted: 0,
			missed: 0,
			watched: last?.watched ?? [],
		})
	})
}
