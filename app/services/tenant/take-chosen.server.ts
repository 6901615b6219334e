import type { Reader, Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { tiesOf } from '#db/queries/erasure.ts'
import { findPerson, lockPeople, updatePerson } from '#db/queries/people.ts'
import { openSuspensionOf } from '#db/queries/suspensions.ts'
import { tenantLinesOf, type TenantLine } from '#db/queries/tenant-lists.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { demandReason } from '../people/record-fact.server.ts'
import { addPerson, identityOf } from '../people/register-person.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import type { ChosenProblem, ChosenView } from './views.ts'

/** How many users are registered or linked at once at most. */
export const MOST_CHOSEN = 100

/** Of a name in the register; the tenant's may be longer. */
const LONGEST_NAME = 200

export type ChosenAct = 'register' | 'link'

/** What would become of the chosen users, and what stands in the way of which. */
export async function previewChosen(
	deps: Deps,
	actor: Actor,
	act: ChosenAct,
	objectIds: readonly string[],
): Promise<ChosenView[]> {
	demand(actor, 'people:record')
	return judgeChosen(deps.database.db, deps, actor, act, objectIds)
}

/** Registers people for the chosen users, all of them or nobody. Gives how many. */
export async function registerChosen(
	deps: Deps,
	actor: Actor,
	{ objectIds, employer }: { objectIds: readonly string[]; employer: string },
): Promise<number> {
	demand(actor, 'people:record')
	await deps.database.withTx(async (tx) => {
		for (const chosen of await demandPossible(tx, deps, actor, 'register', objectIds)) {
			const { objectId, name, userPrincipalName } = chosen
			const form = {
				displayName: name.slice(0, LONGEST_NAME),
				userPrincipalName,
				entraObjectId: objectId,
				employer,
			}
			await addPerson(tx, deps, actor, { ...form, personnelNumber: null })
		}
	})
	deps.wake()
	return objectIds.length
}

/**
 * Links the chosen users to the people they are proposed for: puts right which account is theirs. The only case in which
 * the Entra object of a person changes: what was recorded is no account that the tenant has, so nothing was ever given to
 * it, and nothing rests on it. All of them or nobody. Gives how many.
 */
export async function linkChosen(
	deps: Deps,
	actor: Actor,
	{ objectIds, reason }: { objectIds: readonly string[]; reason: string },
): Promise<number> {
	demand(actor, 'people:record')
	demandReason(reason)
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		const proposed = await tenantLinesOf(tx, objectIds, at)
		const personIds = proposed.flatMap(({ person }) => (person?.link === 'proposed' ? [person.id] : []))
		await lockPeople(tx, personIds, 'update')
		// Judged after the lock: what was true before may be so no more.
		for (const { objectId, person } of await demandPossible(tx, deps, actor, 'link', objectIds)) {
			if (person === null) continue
			await updatePerson(tx, person.id, { entraObjectId: objectId })
			const { displayName, userPrincipalName, employer, personnelNumber } = await findPerson(tx, person.id)
			const form = { displayName, userPrincipalName, entraObjectId: objectId, employer, personnelNumber }
			await recordEntry(tx, deps, {
				kind: 'person.changed',
				subject: person.id,
				actor: actor.personId,
				open: {},
				sealed: { identity: identityOf(form), basis: { reason } },
				at,
			})
		}
		await factsChanged(tx, deps, personIds)
	})
	deps.wake()
	return objectIds.length
}

async function demandPossible(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	act: ChosenAct,
	objectIds: readonly string[],
): Promise<ChosenView[]> {
	const chosen = await judgeChosen(tx, deps, actor, act, objectIds)
	const problem = chosen.find((each) => each.problem !== null)?.problem
	if (problem || chosen.length === 0)
		throw new DomainError('INVALID_INPUT', 'Something stands in the way of one of the chosen users.', {
			field: 'objectId',
			problem: problem ?? 'ACCOUNT_GONE',
		})
	return chosen
}

async function judgeChosen(
	reader: Reader,
	deps: Deps,
	actor: Actor,
	act: ChosenAct,
	objectIds: readonly string[],
): Promise<ChosenView[]> {
	const wanted = [...new Set(objectIds)].slice(0, MOST_CHOSEN)
	const lines = await tenantLinesOf(reader, wanted, deps.now())
	const known = new Map(lines.map((line) => [line.objectId, line]))
	const chosen: ChosenView[] = []
	for (const objectId of wanted) {
		const line = known.get(objectId)
		const proposed = line?.person?.link === 'proposed' ? await findPerson(reader, line.person.id) : null
		chosen.push({
			objectId,
			name: line?.displayName ?? line?.userPrincipalName ?? objectId,
			userPrincipalName: line?.userPrincipalName ?? '',
			person: proposed && {
				id: proposed.id,
				name: proposed.displayName,
				entraObjectId: proposed.entraObjectId,
			},
			problem: await problemOf(reader, actor, act, line),
		})
	}
	return chosen
}

async function problemOf(
	reader: Reader,
	actor: Actor,
	act: ChosenAct,
	line: TenantLine | undefined,
): Promise<ChosenProblem | null> {
	if (line === undefined || line.removed !== null) return 'ACCOUNT_GONE'
	if (line.person?.link === 'linked') return 'ACCOUNT_LINKED'
	if (act === 'register') {
		if (line.person?.link === 'proposed') return 'ACCOUNT_PROPOSED'
		return line.userPrincipalName === null ? 'ACCOUNT_NAMELESS' : null
	}
	if (line.person === null) return 'NOT_PROPOSED'
	if (line.person.id === actor.personId) return 'OWN_ACCOUNT'
	// To whom the old account was suspended in the tenant, the new one would not be.
	if ((await openSuspensionOf(reader, line.person.id)) !== null) return 'SUSPENDED'
	return (await tiesOf(reader, line.person.id)).liveAccesses > 0 ? 'HOLDS_ACCESS' : null
}
