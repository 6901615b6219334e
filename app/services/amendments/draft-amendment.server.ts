import { insertAmendment, loadAmendment } from '#db/queries/amendments.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { amendmentMachine } from '#workflows/charter/amendment.machine.ts'
import { begin } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { notify } from '../notify/notify.server.ts'
import { askForPlaces } from '../charter/read-places.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { demandAhead, demandOwners, readAmendment } from './check-amendment.server.ts'
import { applyAmendmentEvent, type AmendmentEntry } from './step-amendment.server.ts'

export type AmendmentForm = { yaml: string; reason: string; inForceFrom: Instant | null }

/**
 * Stores a draft of the next charter version and gives its id. A text that is no valid charter is refused with every
 * problem and its place, and nothing is stored.
 */
export async function draftAmendment(deps: Deps, actor: Actor, form: AmendmentForm): Promise<string> {
	demand(actor, 'charter:amend')
	const at = deps.now()
	const amendmentId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		const base = await deps.charters.inForce(tx)
		const { charter, textSha256 } = readAmendment(form.yaml, base)
		demandAhead(form.inForceFrom, at)
		const input = {
			amendmentId,
			drafterId: actor.personId,
			textSha256,
			inForceFrom: form.inForceFrom,
		}
		const decided = begin(amendmentMachine, input, at.toISOString())
		const version = base.version + 1
		const entryId = await recordEntry(tx, deps, {
			...drafted({ id: amendmentId, charterId: base.charterId, version }, textSha256, form.yaml),
			subject: null,
			actor: actor.personId,
			at,
		})
		const row = {
			charterId: base.charterId,
			version,
			yaml: form.yaml,
			reason: form.reason,
			baseVersionId: base.id,
			drafterId: actor.personId,
			createdAt: at,
		}
		await insertAmendment(tx, row, decided, {
			event: { type: 'DRAFT', input },
			actorId: actor.personId,
			entryId,
			at,
		})
		await askForPlaces(tx, deps, charter)
	})
	deps.wake()
	return amendmentId
}

/**
 * Changes the text of a draft. Whoever saves it has read it beside the version in force, so the draft is from then on
 * an amendment of that one, even if it was drafted from an earlier one.
 */
export async function editAmendment(
	deps: Deps,
	actor: Actor,
	amendmentId: string,
	form: AmendmentForm & { lockVersion: number },
): Promise<void> {
	demand(actor, 'charter:amend')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		const before = await loadAmendment(tx, amendmentId, true)
		if (before.row.lockVersion !== form.lockVersion)
			throw new DomainError('STALE_VERSION', 'Somebody else changed this draft in the meantime.')
		const base = await deps.charters.inForce(tx)
		const { charter, textSha256 } = readAmendment(form.yaml, base)
		demandAhead(form.inForceFrom, at)
		const version = base.version + 1
		await applyAmendmentEvent(
			tx,
			deps,
			before,
			{ type: 'EDIT', textSha256, inForceFrom: form.inForceFrom, at: at.toISOString() },
			() => drafted({ ...before.row, version }, textSha256, form.yaml),
			actor.personId,
			{ yaml: form.yaml, reason: form.reason, baseVersionId: base.id, version },
		)
		await askForPlaces(tx, deps, charter)
	})
	deps.wake()
}

const drafted = (
	{ id, charterId, version }: { id: string; charterId: string; version: number },
	textSha256: string,
	yaml: string,
) =>
	({
		kind: 'amendment.drafted',
		open: { amendmentId: id, charterId, version, textSha256 },
		sealed: { text: { yaml } },
	}) as const satisfies AmendmentEntry

/**
 * Opens a draft for signing; its text is fixed from then on. AMENDMENT_OUTDATED when another version has come into
 * force since, CHARTER_LOCKOUT when too few could amend under it, AMENDMENT_OPEN when another one waits already.
 */
export async function proposeAmendment(deps: Deps, actor: Actor, amendmentId: string): Promise<void> {
	demand(actor, 'charter:amend')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		const before = await loadAmendment(tx, amendmentId, true)
		const { row } = before
		const base = await deps.charters.inForce(tx)
		if (base.id !== row.baseVersionId)
			throw new DomainError('AMENDMENT_OUTDATED', 'Another version has come into force since it was drafted.')
		const { charter, textSha256 } = readAmendment(row.yaml, base)
		demandAhead(row.context.inForceFrom, at)
		await demandOwners(tx, charter, at)
		await applyAmendmentEvent(
			tx,
			deps,
			before,
			{ type: 'PROPOSE', actorId: actor.personId, at: at.toISOString() },
			({ inForceFrom, signBy }) => ({
				kind: 'amendment.proposed',
				open: {
					amendmentId,
					charterId: row.charterId,
					version: row.version,
					textSha256,
					baseEntry: base.entryId,
					inForceFrom,
					signBy: signBy ?? at.toISOString(),
				},
				sealed: { text: { yaml: row.yaml, reason: row.reason } },
			}),
			actor.personId,
		)
		await notify(tx, deps, {
			kind: 'amendment_to_sign',
			to: [{ duty: 'charter_owner' }],
			except: actor.personId,
			about: { type: 'amendment', id: amendmentId },
			at,
		})
		// Whoever signs reads what the tenant has now.
		await askForPlaces(tx, deps, charter)
	})
	deps.wake()
}

/** Takes an amendment back before it is in force; only whoever drafted it can, all others reject it with a passkey. */
export async function withdrawAmendment(deps: Deps, actor: Actor, amendmentId: string): Promise<void> {
	demand(actor, 'charter:amend')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		const before = await loadAmendment(tx, amendmentId, true)
		if (before.row.drafterId !== actor.personId)
			throw new DomainError('FORBIDDEN', 'Only whoever drafted an amendment can withdraw it.')
		await applyAmendmentEvent(
			tx,
			deps,
			before,
			{ type: 'WITHDRAW', actorId: actor.personId, at: at.toISOString() },
			() => ({ kind: 'amendment.withdrawn', open: { amendmentId }, sealed: {} }),
			actor.personId,
		)
	})
	deps.wake()
}
