import type { Tx } from '#db/client.ts'
import { revokeApiTokensOf } from '#db/queries/api-tokens.ts'
import { loadAmendment, openAmendmentsSignedBy } from '#db/queries/amendments.ts'
import { dropChallenges, endSessionsOf, retireLinks } from '#db/queries/credentials.ts'
import { endingGrantsOf, lockRunning, lockWaiting, restingOn } from '#db/queries/lapse-rows.ts'
import { insertEffects, insertSuspension, type SuspensionEffect } from '#db/queries/suspensions.ts'
import type { Actor } from '../actor.ts'
import { applyAmendmentEvent } from '../amendments/step-amendment.server.ts'
import { voidUsesOf } from '../break-glass/end-use.server.ts'
import type { Deps } from '../deps.ts'
import { settleLockboxesOf } from '../lockbox/settle-lockboxes.server.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { openStepBatch } from '../lapse/step-batch.server.ts'
import type { SignedStep } from './sign-suspension.server.ts'

/**
 * Stops a person, in the transaction that is given: the suspension as a fact, their waiting requests and those that
 * rest on their approval, their accesses, what is theirs or rests on their approval at the lockbox, the tokens of their programs, their sessions here and at the tenant, everything they had begun to sign, the
 * links to enrol a passkey by, and the amendments that rest on their signature. The caller holds charter and people.
 */
export async function storeSuspension(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ envelope, reason, signature }: SignedStep,
	at: Date,
): Promise<void> {
	const { personId, suspensionId } = envelope
	const resting = await restingOn(tx, [personId])
	// Locked before they are counted: what the entry says is what falls.
	const waiting = await lockWaiting(tx, resting.requestIds, 'wait')
	const running = await lockRunning(tx, resting.grantIds, 'wait')
	const ending = await endingGrantsOf(tx, personId)
	const sessions = await endSessionsOf(tx, personId, at)
	await dropChallenges(tx, personId)
	const links = await retireLinks(tx, personId, at)
	const batch = openStepBatch(deps)
	const entryId = batch.addEntry({
		kind: 'person.suspended',
		subject: personId,
		actor: actor.personId,
		open: {
			suspensionId,
			credentialEntry: signature.credential.entryId,
			requests: waiting.filter(({ requesterId }) => requesterId === personId).length,
			grants: running.length,
			sessions: sessions.length,
		},
		sealed: { evidence: { envelope, assertion: signature.assertion }, reason: { text: reason } },
		at,
	})
	await insertSuspension(tx, { id: suspensionId, personId, officerId: actor.personId, reason, at, entryId })
	for (const sessionId of sessions)
		batch.addEntry({
			kind: 'session.ended',
			subject: personId,
			actor: actor.personId,
			open: { sessionId, cause: 'suspension' },
			sealed: {},
			at,
		})
	for (const tokenId of await revokeApiTokensOf(tx, personId, { revokedAt: at, revokedBy: actor.personId }))
		batch.addEntry({
			kind: 'api.token_revoked',
			subject: personId,
			actor: actor.personId,
			open: { tokenId },
			sealed: {},
			at,
		})
	batch.addCommand({ type: 'person.end_sessions', suspensionId })
	batch.tell({
		kind: 'person_suspended',
		to: [{ duty: 'security_officer' }],
		except: actor.personId,
		about: { type: 'person', id: personId },
		at,
	})
	const { fallen } = await settleMany(
		tx,
		deps,
		resting,
		{ cause: 'suspension', actorId: actor.personId, stopped: { personId, code: 'SUSPENDED' } },
		batch,
	)
	const lockboxes = await settleLockboxesOf(tx, deps, [personId], {
		personId,
		code: 'SUSPENDED',
		actorId: actor.personId,
	})
	await voidUsesOf(tx, deps, personId, actor.personId, at)
	const amendments = await stopAmendments(tx, deps, actor, personId, at)
	const effect = (kind: SuspensionEffect, ids: readonly string[], confirmedAt: Date | null = at) =>
		ids.map((targetId) => ({ suspensionId, effect: kind, targetId, confirmedAt }))
	const requests = fallen.filter(({ workflow }) => workflow === 'request')
	const isOwn = ({ requesterId }: (typeof fallen)[number]) => requesterId === personId
	await insertEffects(tx, [
		...effect(
			'request',
			requests.filter(isOwn).map(({ id }) => id),
		),
		...effect(
			'approval',
			requests.filter((each) => !isOwn(each)).map(({ id }) => id),
		),
		// Whether these are confirmed, their own state says.
		...effect('grant', [...running.map(({ stored }) => stored.id), ...ending], null),
		...effect('session', sessions),
		...effect('link', links),
		...effect('amendment', amendments),
		...effect('tenant_sessions', [personId], null),
		...effect(
			'lockbox',
			lockboxes.flatMap(({ id, what }) => (what === 'request' ? [id] : [])),
		),
		...effect(
			'lockbox_approval',
			lockboxes.flatMap(({ id, what }) => (what === 'approval' ? [id] : [])),
		),
	])
}

/** A charter is not to come into force on the signature of somebody who was stopped before it did. */
async function stopAmendments(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	personId: string,
	at: Date,
): Promise<string[]> {
	const ids = await openAmendmentsSignedBy(tx, personId)
	const code = 'SIGNER_SUSPENDED'
	for (const amendmentId of ids)
		await applyAmendmentEvent(
			tx,
			deps,
			await loadAmendment(tx, amendmentId, true),
			{ type: 'STOP', code, at: at.toISOString() },
			() => ({ kind: 'amendment.stopped', open: { amendmentId, code }, sealed: {} }),
			actor.personId,
		)
	return ids
}
