import type { Tx } from '#db/client.ts'
import { closeSuspension, insertLift, liftOf } from '#db/queries/suspensions.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { notify } from '../notify/notify.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import type { SignedStep } from './sign-suspension.server.ts'

/** The first of two officers: that the suspension be lifted, and why. Nothing changes for the person yet. */
export async function proposeLift(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ envelope, reason, signature }: SignedStep,
	at: Date,
): Promise<void> {
	const { suspensionId, personId } = envelope
	const proposalId = deps.newId()
	const entryId = await recordEntry(tx, deps, {
		kind: 'person.suspension_lift_proposed',
		subject: personId,
		actor: actor.personId,
		open: { suspensionId, proposalId, credentialEntry: signature.credential.entryId },
		sealed: { evidence: { envelope, assertion: signature.assertion }, reason: { text: reason } },
		at,
	})
	await insertLift(tx, { id: proposalId, suspensionId, proposedBy: actor.personId, reason, at, entryId })
	await notify(tx, deps, {
		kind: 'suspension_lift_proposed',
		to: [{ duty: 'security_officer' }],
		except: actor.personId,
		about: { type: 'person', id: personId },
		at,
	})
}

/** The second of two officers: the suspension ends here. What it ended stays ended; the person asks anew. */
export async function confirmLift(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ envelope, signature }: SignedStep,
	at: Date,
): Promise<void> {
	const { suspensionId, personId, proposalId } = envelope
	const lift = await liftOf(tx, suspensionId)
	if (lift === null || lift.id !== proposalId)
		throw new DomainError('CHALLENGE_INVALID', 'The proposal is another one by now: prepare it again.')
	const entryId = await recordEntry(tx, deps, {
		kind: 'person.suspension_lifted',
		subject: personId,
		actor: actor.personId,
		open: { suspensionId, proposalEntry: lift.entryId, credentialEntry: signature.credential.entryId },
		sealed: { evidence: { envelope, assertion: signature.assertion } },
		at,
	})
	await closeSuspension(tx, { id: suspensionId, liftId: lift.id, officerId: actor.personId, entryId, at })
	await factsChanged(tx, deps, [personId])
}
