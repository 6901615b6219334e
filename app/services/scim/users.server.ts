import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { insertPerson, lockPeople } from '#db/queries/people.ts'
import {
	findScimUser,
	knownPeople,
	listScimUsers,
	renamePerson,
	saveScimUser,
	scimClashes,
	type ScimUserRow,
} from '#db/queries/scim.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { recordAlone, recordEntry } from '../record-entry.server.ts'
import type { Draft } from './attributes.ts'
import { patchUser, readUser, touchesActive } from './change-draft.ts'
import { endEmployment, type Origin } from './deactivate.server.ts'
import { invalidValue, ScimError } from './errors.ts'
import { readFilter, readOrder } from './read-filter.ts'
import { draftOf } from './represent.server.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
/** How many users one answer holds, unless fewer are asked for, and at most. */
const PAGE = 100
export const LARGEST_PAGE = 500

export type ListQuery = {
	filter: string | null
	sortBy: string | null
	sortOrder: string | null
	startIndex: number | null
	count: number | null
}
/** What a client says it last saw of a user; null where it says nothing. */
export type Expectation = (row: ScimUserRow) => void

const notFound = (id: string) => new ScimError(404, null, `There is no user ${id.slice(0, 80)}.`)

export async function getUser({ database }: Deps, id: string): Promise<ScimUserRow> {
	const row = UUID.test(id) ? await findScimUser(database.db, id) : null
	if (row === null) throw notFound(id)
	return row
}

/** A page of the users that fit, how many there are in all, and where the page begins. */
export async function listUsers(
	{ database }: Deps,
	{ filter, sortBy, sortOrder, startIndex, count }: ListQuery,
): Promise<{ total: number; startIndex: number; rows: ScimUserRow[] }> {
	const from = Math.max(1, startIndex ?? 1)
	const { total, rows } = await listScimUsers(database.db, {
		condition: filter === null ? null : readFilter(filter),
		order: sortBy === null ? null : { column: readOrder(sortBy), descending: sortOrder === 'descending' },
		startIndex: from,
		limit: Math.min(LARGEST_PAGE, Math.max(0, count ?? PAGE)),
	})
	return { total, startIndex: from, rows }
}

/**
 * Takes a person in, or somebody back whom the same system had taken away. `uniqueness` where name, external id,
 * employee number or Entra object id belong to somebody else.
 */
export async function createUser(deps: Deps, origin: Origin, body: unknown): Promise<ScimUserRow> {
	const draft = readUser(body)
	// From here on something new begins; changes and ends are never refused for this.
	await deps.backlog.demandRoom()
	const entraObjectId = objectIdOf(draft)
	return inOneStep(deps, async (tx) => {
		const known = await clashing(tx, draft, entraObjectId)
		const returning = known.find(
			({ said, entraObjectId: theirs }) => (said?.removedAt ?? null) !== null && theirs === entraObjectId,
		)
		const other = known.find((row) => row !== returning)
		if (other !== undefined) throw taken(other, draft, entraObjectId)
		const at = deps.now()
		if (returning !== undefined) {
			await lockPeople(tx, [returning.id], 'update')
			await store(tx, deps, origin, returning, draft)
			return demandUser(tx, returning.id)
		}
		if (entraObjectId === null) throw withoutObjectId()
		await demandManager(tx, draft, null)
		const id = deps.newId()
		const identity = identityOf(draft, entraObjectId)
		await insertPerson(tx, { id, ...identity, persona: null, createdAt: at })
		await recordEntry(tx, deps, {
			kind: 'person.recorded',
			subject: id,
			actor: null,
			open: origin,
			sealed: { identity },
			at,
		})
		await saveScimUser(tx, { ...saidOf(draft, id), removedAt: null, updatedAt: at })
		await recordIdentity(tx, deps, origin, id, draft, saidAttributes(draft))
		if (!draft.active) await endEmployment(tx, deps, id, origin, false)
		return demandUser(tx, id)
	})
}

/** Replaces what is kept of a user. */
export async function replaceUser(
	deps: Deps,
	origin: Origin,
	id: string,
	body: unknown,
	expect: Expectation,
): Promise<ScimUserRow> {
	const draft = readUser(body)
	return changeUser(deps, origin, id, { expect, mayEnd: true, change: () => draft })
}

/** Changes what the operations name. An operation that cannot be carried out undoes them all. */
export async function modifyUser(
	deps: Deps,
	origin: Origin,
	id: string,
	body: unknown,
	expect: Expectation,
): Promise<ScimUserRow> {
	return changeUser(deps, origin, id, {
		expect,
		mayEnd: touchesActive(body),
		change: (before) => patchUser(before, body),
	})
}

/** Ends a person's employment and takes them from the system's sight. The record keeps what rests on them. */
export async function removeUser(deps: Deps, origin: Origin, id: string, expect: Expectation): Promise<void> {
	if (!UUID.test(id)) throw notFound(id)
	await refusing(deps, origin, id, () =>
		inOneStep(deps, async (tx) => {
			await holdCharter(tx, 'change')
			await lockPeople(tx, [id], 'update')
			const row = await demandUser(tx, id)
			expect(row)
			const draft = draftOf(row)
			const at = deps.now()
			// Also where it was deactivated before: an officer may have recorded something since.
			await endEmployment(tx, deps, id, origin, true)
			await saveScimUser(tx, { ...saidOf(draft, id), active: false, removedAt: at, updatedAt: at })
		}),
	)
}

async function changeUser(
	deps: Deps,
	origin: Origin,
	id: string,
	{ expect, mayEnd, change }: { expect: Expectation; mayEnd: boolean; change: (before: Draft) => Draft },
): Promise<ScimUserRow> {
	if (!UUID.test(id)) throw notFound(id)
	return refusing(deps, origin, id, () =>
		inOneStep(deps, async (tx) => {
			// Who may amend the charter may change by this.
			if (mayEnd) await holdCharter(tx, 'change')
			await lockPeople(tx, [id], 'update')
			const row = await demandUser(tx, id)
			expect(row)
			await store(tx, deps, origin, row, change(draftOf(row)))
			return demandUser(tx, id)
		}),
	)
}

/** Stores what differs, each with its entry; nothing where nothing does. */
async function store(tx: Tx, deps: Deps, origin: Origin, row: ScimUserRow, wanted: Draft): Promise<void> {
	const before = draftOf(row)
	const after = {
		...wanted,
		displayName: identityOf(wanted, row.entraObjectId).displayName,
		// What is not said of these stays: somebody works for somebody, and an account stays the same account.
		organization: wanted.organization ?? before.organization,
		entraObjectId: wanted.entraObjectId?.toLowerCase() ?? before.entraObjectId,
	}
	if (after.entraObjectId !== before.entraObjectId)
		throw new ScimError(
			400,
			'mutability',
			'entraObjectId never changes: accesses are assigned to that account. Another account is another person.',
		)
	const changed = (Object.keys(after) as (keyof Draft)[]).filter((key) => after[key] !== before[key])
	if (changed.length === 0 && row.said !== null && row.said.removedAt === null) return
	await demandManager(tx, after, row.id)
	const other = (await clashing(tx, after, null)).find(({ id }) => id !== row.id)
	if (other !== undefined) throw taken(other, after, null)
	const at = deps.now()
	const attributes = changed.filter((key) => key !== 'active')
	await renamePerson(tx, row.id, identityOf(after, row.entraObjectId))
	if (attributes.length > 0) await recordIdentity(tx, deps, origin, row.id, after, attributes)
	if (before.active && !after.active) await endEmployment(tx, deps, row.id, origin, false)
	await saveScimUser(tx, { ...saidOf(after, row.id), removedAt: null, updatedAt: at })
	if (!before.active && after.active)
		await recordEntry(tx, deps, {
			kind: 'person.reactivated',
			subject: row.id,
			actor: null,
			open: origin,
			sealed: {},
			at,
		})
	await factsChanged(tx, deps, [row.id])
}

async function recordIdentity(
	tx: Tx,
	deps: Deps,
	origin: Origin,
	id: string,
	draft: Draft,
	attributes: string[],
): Promise<void> {
	const { personId: _, active: __, ...said } = saidOf(draft, id)
	await recordEntry(tx, deps, {
		kind: 'person.identity_changed',
		subject: id,
		actor: null,
		open: { ...origin, attributes },
		sealed: { identity: { ...identityOf(draft, draft.entraObjectId ?? objectIdOf(draft) ?? ''), ...said } },
		at: deps.now(),
	})
}

const saidAttributes = (draft: Draft) =>
	(Object.keys(draft) as (keyof Draft)[]).filter((key) => key !== 'active' && draft[key] !== null)

/** Who a person is here. Without a name it is the name of the account; without an employer, its domain. */
function identityOf(
	{ userName, displayName, givenName, familyName, organization }: Draft,
	entraObjectId: string,
) {
	const userPrincipalName = userName ?? ''
	const names = [givenName, familyName].filter((name) => name !== null).join(' ')
	return {
		displayName: displayName ?? (names === '' ? userPrincipalName : names),
		userPrincipalName,
		entraObjectId,
		employer: organization ?? userPrincipalName.split('@').at(-1) ?? '',
	}
}

const saidOf = (
	{ externalId, givenName, familyName, email, employeeNumber, managerId, active }: Draft,
	personId: string,
) => ({ personId, externalId, givenName, familyName, email, employeeNumber, managerId, active })

/** The object id in Entra: said as such, or as the external id, which Entra can be told to send it as. */
function objectIdOf({ entraObjectId, externalId }: Draft): string | null {
	if (entraObjectId !== null && !UUID.test(entraObjectId))
		throw invalidValue('entraObjectId must be the object id of the account in Entra, a UUID.')
	const said = entraObjectId ?? (externalId !== null && UUID.test(externalId) ? externalId : null)
	return said?.toLowerCase() ?? null
}

const withoutObjectId = () =>
	invalidValue(
		'The Entra object id is missing. Map objectId to externalId, or send it as entraObjectId of the extension urn:ietf:params:scim:schemas:extension:charterkeep:2.0:User.',
	)

const clashing = (tx: Tx, draft: Draft, entraObjectId: string | null) =>
	scimClashes(tx, {
		userName: draft.userName ?? '',
		entraObjectId,
		externalId: draft.externalId,
		employeeNumber: draft.employeeNumber,
	})

function taken({ id, userName, said, ...other }: ScimUserRow, draft: Draft, entraObjectId: string | null) {
	const what =
		userName.toLowerCase() === draft.userName?.toLowerCase()
			? 'userName'
			: other.entraObjectId === entraObjectId
				? 'Entra object id'
				: said?.externalId === draft.externalId && draft.externalId !== null
					? 'externalId'
					: 'employeeNumber'
	const who =
		(said?.removedAt ?? null) === null
			? `user ${id}`
			: 'somebody who has left; their name is not given to another account unless an officer erases them'
	return new ScimError(409, 'uniqueness', `This ${what} belongs to ${who}.`)
}

async function demandManager(tx: Tx, { managerId }: Draft, self: string | null): Promise<void> {
	if (managerId === null) return
	if (managerId === self) throw invalidValue('Nobody is their own manager.')
	if (!UUID.test(managerId) || !(await knownPeople(tx, [managerId])).has(managerId.toLowerCase()))
		throw invalidValue(`The manager ${managerId.slice(0, 80)} is not a user here. Provision them first.`)
}

async function demandUser(tx: Tx, id: string): Promise<ScimUserRow> {
	const row = await findScimUser(tx, id)
	if (row === null) throw notFound(id)
	return row
}

const inOneStep = <T>(deps: Deps, work: (tx: Tx) => Promise<T>): Promise<T> =>
	deps.database.withTx(work).finally(deps.wake)

/** That somebody's end was asked for and refused is recorded, since whoever asked believes they have left. */
async function refusing<T>(deps: Deps, origin: Origin, id: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work()
	} catch (error) {
		if (isDomainError(error) && (error.code === 'LAST_OFFICER' || error.code === 'CHARTER_LOCKOUT'))
			await recordAlone(deps, {
				kind: 'person.deactivation_refused',
				subject: id,
				actor: null,
				open: { ...origin, code: error.code },
				sealed: {},
				at: deps.now(),
			})
		throw error
	}
}
