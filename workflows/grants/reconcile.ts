import { breakGlassAccountsOf, type reactionTo, type Reaction } from '../charter/entra.schema.ts'
import type { Charter } from '../charter/charter.schema.ts'
import { isActive } from '../tenant/picture-holdings.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import { compareGrants } from './compare-grants.ts'
import { explanationsOf, type ApprovedGrant } from './approved-grants.ts'
import { compareHoldings } from './compare-holdings.ts'
import type { Comparison } from './comparison.ts'
import type { Difference } from './differences.ts'
import type { Missed } from './finding-context.ts'
import { governedKey, governedParts } from './governed.ts'
import type { RememberedHolding } from './known-holders.ts'
import { withLastKnown, type LastKnown } from './last-known.ts'
import { placeKey } from './place.ts'
import { isStandingKnown } from './standing-known.ts'
import { strictestReaction } from './strictest-reaction.ts'
import {
	comparePolicies,
	isKindKnown,
	isUngoverned,
	type PolicyBaseline,
	type PolicyBaselines,
} from './weakened-policies.ts'

/** An open finding, as far as it must be known to tell whether it is still so. */
export type Remembered = RememberedHolding & LastKnown & { id: string }

/** What one look at the tenant comes to. The same input gives the same plan, in whatever order the tenant lists things. */
export type ReconcilePlan = {
	open: { difference: Difference; reaction: Reaction }[]
	sighted: { id: string; difference: Difference; reaction: Reaction }[]
	missed: { id: string; why: Missed }[]
	baselines: Map<string, PolicyBaseline>
}

export type ReconcileInput = Comparison & {
	charter: Pick<Charter, 'roles'> & Parameters<typeof reactionTo>[0]
	/** The grants as they were before the tenant was read. */
	before: readonly ApprovedGrant[]
	remembered: readonly Remembered[]
	policies: PolicyBaselines
}

/**
 * Compares what Entra holds with what was approved, and with the findings that are open: which are new, which are still so,
 * and which are not any more. A part of the tenant that could not be read opens nothing and closes nothing. Whether a finding
 * is believed, and what becomes of it, its statechart says.
 */
export function planReconciliation(picture: TenantPicture, input: ReconcileInput): ReconcilePlan {
	const policies = comparePolicies(picture, input.policies, governedParts(input.governed).groups)
	const differences = [
		...withLastKnown(picture, compareHoldings(picture, input, input.remembered), input),
		...compareGrants(picture, input, input.before),
		...policies.differences,
	]
	const found = new Map(differences.map((difference) => [difference.key, difference]))
	const known = new Set(input.remembered.map(({ key }) => key))
	const judged = (difference: Difference) => ({
		difference,
		reaction: strictestReaction(input.charter, difference.kinds, difference.removal !== null),
	})
	return {
		open: differences.filter(({ key }) => !known.has(key)).map(judged),
		sighted: input.remembered.flatMap(({ id, key }) => {
			const difference = found.get(key)
			return difference === undefined ? [] : [{ id, ...judged(difference) }]
		}),
		missed: input.remembered.flatMap((finding) => {
			const why = found.has(finding.key) ? null : whyMissed(picture, finding, input)
			return why === null ? [] : [{ id: finding.id, why }]
		}),
		baselines: policies.baselines,
	}
}

/** Null: nothing is known, since what it rests on could not be read. */
function whyMissed(
	picture: TenantPicture,
	{ family, key, place, standing, through, principalId }: Remembered,
	{ governed, grants, accounts, now }: ReconcileInput,
): Missed | null {
	if (family === 'policy') {
		const rule = key.slice('policy '.length)
		if (isUngoverned(rule, governedParts(governed).groups)) return 'ungoverned'
		return isKindKnown(picture, rule) ? 'gone' : null
	}
	if (place === null) return 'gone'
	if (principalId !== null && accounts.isBreakGlass(principalId)) return 'watched'
	if (!isGoverned(governed, place) && family === 'holding') return 'ungoverned'
	if (!isStandingKnown(picture, { place, standing, through, principalId })) return null
	// A grant explains what is active in one's own name at its very place; what is only not listed has gone, at the second look.
	const isExplained =
		family === 'holding' &&
		standing === 'active' &&
		through === null &&
		principalId !== null &&
		explanationsOf(grants, now)(principalId, place) &&
		isStillListed(picture, principalId, place)
	return isExplained ? 'explained' : 'gone'
}

/** Whoever owns a governed group could be in it. */
export const isGoverned = (governed: Comparison['governed'], place: NonNullable<Difference['place']>) =>
	governed.has(governedKey(place)) ||
	(place.kind === 'group' && governed.has(governedKey({ ...place, relation: 'member' })))

function isStillListed(
	{ roleHoldings, groupHoldings }: TenantPicture,
	principalId: string,
	place: NonNullable<Difference['place']>,
): boolean {
	const at = placeKey(place)
	const rows =
		place.kind === 'role'
			? roleHoldings.map((row) => ({ row, key: placeKey({ ...row, kind: 'role' }) }))
			: groupHoldings.map((row) => ({ row, key: placeKey({ ...row, kind: 'group', by: place.by }) }))
	return rows.some(({ row, key }) => row.principalId === principalId && key === at && isActive(row))
}

/** Object ids that are watched and never touched. */
export const watchedBy = (charter: Parameters<typeof breakGlassAccountsOf>[0]): ReadonlySet<string> =>
	new Set(breakGlassAccountsOf(charter).map(({ objectId }) => objectId))
