import type { Tx } from '#db/client.ts'
import { findPerson, insertPerson, lockPeople, updatePerson } from '#db/queries/people.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { personNamed } from '../vetting/find-person.server.ts'
import { demandIndependent } from '../vetting/officer.server.ts'
import { demandReason, ownFacts } from './record-fact.server.ts'
import { recordManager } from './record-manager.server.ts'

export type PersonForm = {
	displayName: string
	userPrincipalName: string
	entraObjectId: string
	employer: string
	personnelNumber: string | null
}

/** Adds a person to the register. DUPLICATE where another has the same identifier. Gives the person's id. */
export async function registerPerson(deps: Deps, actor: Actor, form: PersonForm): Promise<string> {
	demand(actor, 'people:record')
	const id = await deps.database.withTx((tx) => addPerson(tx, deps, actor, form))
	deps.wake()
	return id
}

/** As `registerPerson`, inside a transaction of the caller's, who has asked for the permission. */
export async function addPerson(tx: Tx, deps: Deps, actor: Actor, form: PersonForm): Promise<string> {
	const at = deps.now()
	const id = deps.newId()
	await insertPerson(tx, { id, ...form, createdAt: at })
	await recordEntry(tx, deps, {
		kind: 'person.recorded',
		subject: id,
		actor: actor.personId,
		open: {},
		sealed: { identity: identityOf(form) },
		at,
	})
	return id
}

/**
 * Puts right who a person is, and who manages them where `manager` is given (name, user principal name or id; empty:
 * nobody). What stood before stays in the record until it is erased. Nobody changes themselves, and nobody takes
 * themselves out of a line of management or puts themselves into one: DIRECT_LINE.
 */
export async function changePerson(
	deps: Deps,
	actor: Actor,
	personId: string,
	{ manager, ...form }: PersonForm & { manager?: string },
	reason: string,
): Promise<void> {
	demand(actor, 'people:record')
	if (actor.personId === personId) throw ownFacts()
	demandReason(reason)
	const at = deps.now()
	const managerId =
		manager === undefined ? undefined : await personNamed(deps.database.db, 'manager', manager)
	await deps.database.withTx(async (tx) => {
		await lockPeople(tx, [personId], 'update')
		const person = await findPerson(tx, personId)
		if (person.entraObjectId !== form.entraObjectId)
			// Accesses are given to the object: whoever has another one is somebody else.
			throw new DomainError('INVALID_INPUT', 'The Entra object id of a person does not change.', {
				field: 'entraObjectId',
				problem: 'ENTRA_ID_FIXED',
			})
		if (managerId !== undefined && managerId !== person.managerId) {
			const inLine = { personId, sponsorId: null }
			await demandIndependent(tx, actor.personId, inLine)
			await recordManager(tx, deps, actor, personId, managerId, at)
			await demandIndependent(tx, actor.personId, inLine)
		}
		await updatePerson(tx, personId, form)
		await recordEntry(tx, deps, {
			kind: 'person.changed',
			subject: personId,
			actor: actor.personId,
			open: {},
			sealed: { identity: identityOf(form), basis: { reason } },
			at,
		})
	})
	deps.wake()
}

/** Who somebody is, as an entry seals it. */
export const identityOf = ({ personnelNumber, ...rest }: PersonForm) => ({
	...rest,
	...(personnelNumber === null ? {} : { personnelNumber }),
})

/** Who a person is, for whoever may put it right. */
export async function showIdentity(
	deps: Deps,
	actor: Actor,
	personId: string,
): Promise<PersonForm & { id: string; manager: string }> {
	demand(actor, 'people:record')
	const { db } = deps.database
	const { id, displayName, userPrincipalName, entraObjectId, employer, personnelNumber, managerId } =
		await findPerson(db, personId)
	const manager = managerId === null ? '' : (await findPerson(db, managerId)).userPrincipalName
	return { id, displayName, userPrincipalName, entraObjectId, employer, personnelNumber, manager }
}
