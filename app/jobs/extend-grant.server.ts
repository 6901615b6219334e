import { findGrant, findRequest, grantsOnSameTarget, type GrantRow } from '#db/queries/requests.ts'
import type { GrantTarget, Sighting } from '#app/integrations/grant-port.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import type { Deps } from '#app/services/deps.ts'
import type { Extension } from '#workflows/grants/grant-context.ts'
import { impatiently } from '#app/integrations/graph/urgency.server.ts'
import {
	END_TOLERANCE_MS,
	LONGEST_LOCKED_MS,
	POLL_MS,
	POLLS,
	readOrWait,
	targetOf,
} from './grant-job.server.ts'
import { isHeld } from '#workflows/grants/grant-states.ts'
import { isTimedByTenant, type Place } from '#workflows/grants/place.ts'
import { notingHeldUp } from './note-held-up.server.ts'
import { answeredLater, TryAgain } from './try-again.ts'

/**
 * Moves the end of an access to the one that was approved, and says so only when Entra shows it. The request is
 * `adminUpdate`, which changes an assignment that stands: `adminExtend` is for one that is about to end and may have to
 * be approved in Entra, and `adminAssign` is answered with "exists". Idempotent: every run reads back before it sends. Of an
 * access in another tenant than the one that is set nothing is asked or said.
 */
export const extendGrant = (deps: Deps, grantId: string): Promise<void> =>
	notingHeldUp(deps, grantId, () => impatiently(LONGEST_LOCKED_MS, () => extend(deps, grantId)))

async function extend(deps: Deps, grantId: string): Promise<void> {
	const grant = await findGrant(deps.database.db, grantId)
	const { extension } = grant.context
	if (grant.state !== 'extending' || !extension) return
	const target = targetOf(grant)
	const seen = await readOrWait(deps, target)
	if (!isMoved(seen, target.place, extension) && !(await send(deps, grant, target, extension))) return
	for (let poll = 0; poll < POLLS; poll++) {
		if (isMoved(await readOrWait(deps, target), target.place, extension))
			return confirm(deps, grant, extension)
		await deps.pause(POLL_MS)
	}
	throw new TryAgain('The tenant does not show the later end yet.', null)
}

/** No end at all is none that somebody approved: that is drift, and not a confirmation; but where the tenant keeps none. */
const isMoved = ({ active, activeIsOurs }: Sighting, place: Place, { endsAt }: Extension) =>
	activeIsOurs &&
	active !== null &&
	(!isTimedByTenant(place) ||
		(active.endsAt !== null && active.endsAt.getTime() >= Date.parse(endsAt) - END_TOLERANCE_MS))

/** Sends the change once; false when the tenant has definitely refused, and the old end stands. */
async function send(
	deps: Deps,
	grant: GrantRow,
	target: GrantTarget,
	extension: Extension,
): Promise<boolean> {
	const { ticket } = await findRequest(deps.database.db, extension.requestId)
	// Others may rest on the same assignment, and need it for longer.
	const others = await grantsOnSameTarget(deps.database.db, grant)
	const ends = others.filter(({ state }) => isHeld(state)).map(({ context }) => context.endsAt ?? '')
	const outcome = await deps.grants.update({
		...target,
		endsAt: new Date([extension.endsAt, ...ends].sort().at(-1) ?? extension.endsAt),
		justification: `${ticket} (Charterkeep grant ${grant.id}, extended)`,
	})
	switch (outcome.kind) {
		case 'accepted':
			return true
		case 'later':
			throw answeredLater(outcome)
		case 'refused':
			await refuse(deps, grant, extension, outcome.code)
			return false
		case 'absent':
			await refuse(deps, grant, extension, 'NOT_HELD')
			return false
		case 'exists':
		case 'unknown':
			throw new TryAgain('The tenant gave no clear answer; reading back before anything is sent again.', 0)
	}
}

async function confirm(
	deps: Deps,
	{ id, requestId }: GrantRow,
	{ requestId: extensionRequestId, endsAt }: Extension,
): Promise<void> {
	await stepGrant(deps, id, { type: 'EXTENDED', at: deps.now().toISOString() }, ({ grantId }) => ({
		kind: 'grant.extended',
		open: { grantId, requestId, extensionRequestId, endsAt },
	}))
}

async function refuse(
	deps: Deps,
	{ id, requestId }: GrantRow,
	{ requestId: extensionRequestId }: Extension,
	code: string,
): Promise<void> {
	const at = deps.now().toISOString()
	await stepGrant(deps, id, { type: 'NOT_EXTENDED', code, at }, ({ grantId }) => ({
		kind: 'grant.extension_failed',
		open: { grantId, requestId, extensionRequestId, code: code.slice(0, 64) },
	}))
}
