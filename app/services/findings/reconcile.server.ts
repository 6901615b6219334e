import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { insertFindings } from '#db/queries/finding-batch.ts'
import { lockFindings, lockRemovals, openFindings, type FindingRow } from '#db/queries/findings.ts'
import { grantsSince, readBaselines, saveBaselines } from '#db/queries/reconcile-runs.ts'
import { endsSessions } from '#workflows/charter/entra.schema.ts'
import { SETTLING_MS, type ApprovedGrant } from '#workflows/grants/approved-grants.ts'
import { findingMachine } from '#workflows/grants/finding.machine.ts'
import { governedBy, governedParts } from '#workflows/grants/governed.ts'
import { planReconciliation, type ReconcilePlan } from '#workflows/grants/reconcile.ts'
import { shownOf } from '#workflows/grants/shown-difference.ts'
import { begin } from '#workflows/shared/decide.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import type { Deps } from '../deps.ts'
import { recordEntries } from '../record-entry.server.ts'
import { dispatchRemovals } from './dispatch-removals.server.ts'
import { accountsOf, knownOf, withAsked, type Known } from './known-accounts.server.ts'
import { demandOneTenant, endOtherTenant, settleTenants } from './one-tenant.server.ts'
import { noteRun, type ReconcileWhat } from './reconcile-runs.server.ts'
import { applyFindingEvents } from './step-finding.server.ts'

type ReconcileOutcome = {
	opened: number
	sighted: number
	missed: number
	/** Whether something was seen that another look soon makes certain. */
	isUncertain: boolean
	/** Accesses of ours that deviate, or no longer do: their own read-back looks at them now. */
	readBack: string[]
}

/**
 * One look at the tenant: what it holds is compared with what was approved, findings are opened, followed and closed, and
 * what the charter orders is let pass or held, in one transaction. The tenant is read before it. A look that fails leaves
 * everything as it is, and is told of on the page; where what is known is of another tenant, this one is not even asked.
 */
export async function reconcileTenant(deps: Deps, what: ReconcileWhat): Promise<ReconcileOutcome> {
	const { database, reader } = deps
	const startedAt = deps.now()
	await demandOneTenant(deps)
	const { charter } = await deps.charters.inForce(database.db)
	const governed = governedBy(charter, deps.tenant.groups)
	const parts = governedParts(governed)
	const before = await approvedNow(deps, startedAt)
	// Who a guest is the mirror says, as far as it knows, and how people sign in is nothing that is compared: neither is asked for.
	const picture = await reader.readPrivileges({ groupIds: parts.groups }, { rules: what === 'everything' })
	const known = await knownOf(deps, picture)
	const facts = await withAsked(deps, known, { picture, charter, governed, grants: before })
	const outcome = await database.withTx((tx) =>
		apply(tx, deps, { what, startedAt, before, lists: picture, ...facts }),
	)
	await endOtherTenant(deps)
	deps.wake()
	return outcome
}

const approvedNow = (deps: Deps, at: Date): Promise<ApprovedGrant[]> =>
	grantsSince(deps.database.db, new Date(at.getTime() - SETTLING_MS), deps.tenant.id)

type Look = Known & {
	what: ReconcileWhat
	startedAt: Date
	picture: TenantPicture
	/** As its lists alone tell it: the groups beside them differ from look to look. */
	lists: TenantPicture
	before: readonly ApprovedGrant[]
}

async function apply(tx: Tx, deps: Deps, look: Look): Promise<ReconcileOutcome> {
	const { picture, lists, before, what, startedAt } = look
	await holdCharter(tx, 'judge')
	await lockRemovals(tx)
	const at = deps.now()
	const now = at.toISOString()
	const { charter, id: charterVersionId, entryId: charterEntry } = await deps.charters.inForce(tx)
	// A charter that came into force while the tenant was read may govern places that were not: those are known to be unread.
	const governed = governedBy(charter, deps.tenant.groups)
	const tenantId = deps.tenant.id
	await settleTenants(tx, deps, { at: now, charterEntry })
	const open = (await openFindings(tx)).filter((row) => row.tenantId === tenantId)
	const since = new Date(at.getTime() - SETTLING_MS)
	const grants = unionOf(before, await grantsSince(tx, since, tenantId))
	const plan = planReconciliation(picture, {
		charter,
		governed,
		grants,
		before,
		accounts: accountsOf(charter, look, now),
		remembered: open.map(({ id, context: { difference } }) => ({ id, ...difference })),
		policies: await readBaselines(tx, tenantId),
		now,
	})
	if (what === 'everything') await saveBaselines(tx, plan.baselines, { seenAt: at, tenantId })
	for (const part of inParts(plan.open))
		await storeOpened(tx, deps, part, { at, charterVersionId, charterEntry })
	const events = [
		...plan.sighted.map(({ id, difference, reaction }) => ({
			id,
			event: { type: 'SIGHTED' as const, difference, reaction, at: now },
		})),
		...plan.missed.map(({ id, why }) => ({
			id,
			event: { type: 'MISSED' as const, why, endSessions: endsSessions(charter), at: now },
		})),
	].sort((a, b) => (a.id < b.id ? -1 : 1))
	let isUncertain = plan.open.length > 0
	for (const part of inParts(events)) {
		const stored = await lockFindings(
			tx,
			part.map(({ id }) => id),
		)
		const todo = part.flatMap(({ id, event }) => {
			const before = stored.get(id)
			return before === undefined ? [] : [{ before, event }]
		})
		const stepped = await applyFindingEvents(tx, deps, todo, { charterEntry })
		isUncertain ||= stepped.some((after) => after?.state === 'seen')
	}
	await dispatchRemovals(tx, deps, at)
	await noteRun(tx, deps, { what, startedAt, at, picture, lists, plan, charter, governed })
	return {
		opened: plan.open.length,
		sighted: plan.sighted.length,
		missed: plan.missed.length,
		isUncertain,
		readBack: grantsToReadBack(plan, open, grants),
	}
}

/**
 * A read-back takes calls of the tenant that removals wait for: one that is known to deviate is not asked after at every look, but
 * when its finding comes to an end.
 */
function grantsToReadBack(
	{ open, sighted, missed }: ReconcilePlan,
	remembered: readonly FindingRow[],
	grants: readonly ApprovedGrant[],
): string[] {
	const drifted = new Set(grants.flatMap(({ grantId, state }) => (state === 'drifted' ? [grantId] : [])))
	const over = new Set(missed.map(({ id }) => id))
	const ended = remembered.filter(({ id }) => over.has(id)).map(({ context }) => context.difference)
	const deviating = [...open, ...sighted]
		.map(({ difference }) => difference)
		.filter(({ grantId }) => grantId !== null && !drifted.has(grantId))
	return [...new Set([...deviating, ...ended].flatMap(({ grantId }) => (grantId === null ? [] : [grantId])))]
}

/** A statement takes so many: a tenant may hold whatever somebody else's script gave it. */
const AT_ONCE = 2000
const inParts = <T>(all: readonly T[]): T[][] =>
	Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, n) => all.slice(n * AT_ONCE, (n + 1) * AT_ONCE))

/** What stood before the tenant was read and what stands after: either explains what was seen meanwhile. */
function unionOf(before: readonly ApprovedGrant[], after: readonly ApprovedGrant[]): ApprovedGrant[] {
	const known = new Set(after.map(({ grantId }) => grantId))
	return [...after, ...before.filter(({ grantId }) => !known.has(grantId))]
}

async function storeOpened(
	tx: Tx,
	deps: Deps,
	found: ReconcilePlan['open'],
	{ at, charterVersionId, charterEntry }: { at: Date; charterVersionId: string; charterEntry: string },
): Promise<void> {
	const now = at.toISOString()
	const opened = found.map(({ difference, reaction }) => {
		const input = { findingId: deps.newId(), difference, reaction, at: now }
		return { difference, input, decided: begin(findingMachine, input, now), entryId: deps.newId() }
	})
	await recordEntries(
		tx,
		deps,
		opened.map(({ difference, input: { findingId }, entryId }) => ({
			id: entryId,
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
		})),
	)
	await insertFindings(
		tx,
		opened.map(({ difference: { key, family, personId }, input, decided, entryId }) => ({
			key,
			family,
			personId,
			charterVersionId,
			createdAt: at,
			tenantId: deps.tenant.id,
			decided,
			step: { event: { type: 'SEEN', ...input }, actorId: null, entryId, at },
		})),
	)
}
