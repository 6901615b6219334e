import type { Reader } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import { lockboxesRestingOn, lockboxStates } from '#db/queries/lockbox-lists.ts'
import { restingOn } from '#db/queries/lapse-rows.ts'
import { appointedTo, findPerson, namesOf } from '#db/queries/people.ts'
import { requestsOfGrants, requestsById, type RequestRow } from '#db/queries/requests.ts'
import {
	effectsOf,
	liftOf,
	openSuspensionOf,
	suspensionsOf,
	type EffectRow,
} from '#db/queries/suspensions.ts'
import { indexesOf } from '#db/queries/ledger.ts'
import type { Charter, Duty } from '#workflows/charter/charter.schema.ts'
import { SIGNATURES_NEEDED } from '#workflows/charter/amendment.machine.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { isOpenLockbox, type LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import { isClosed } from '#workflows/grants/grant-states.ts'
import { REMOVAL_CONFIRM_MS } from '#workflows/grants/grant.machine.ts'
import { demand, type Actor } from '../actor.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import type { EffectView, SuspensionView } from './views.ts'

/** As long as a removal may take before it is an alarm. */
const SESSIONS_LATE_MS = REMOVAL_CONFIRM_MS

/** Two officers lift a suspension. */
const OFFICERS_NEEDED = 2

/** What suspending this person would come to or came to, each effect with whether it is confirmed, and what can be done. */
export async function showSuspension(deps: Deps, actor: Actor, personId: string): Promise<SuspensionView> {
	demand(actor, 'people:read')
	const { db } = deps.database
	const at = deps.now()
	const person = await findPerson(db, personId)
	const { charter } = await deps.charters.inForce(db, at)
	const [newest, ...older] = await suspensionsOf(db, personId)
	const resting = await restingOn(db, [personId])
	const lift = newest === undefined ? null : await liftOf(db, newest.id)
	const names = await namesOf(
		db,
		[newest?.officerId, lift?.proposedBy, lift?.confirmedBy].filter((id) => typeof id === 'string'),
	)
	const entries = await indexesOf(db, newest === undefined ? [] : [newest.entryId])
	const isOther = actor.personId !== personId
	const mayAct = isOther && actor.permissions.has('people:suspend')
	const isOpen = newest !== undefined && newest.liftedAt === null
	return {
		person: { id: personId, name: person.displayName },
		isSelf: !isOther,
		step: !mayAct
			? null
			: !isOpen
				? 'suspend'
				: lift === null
					? 'propose_lift'
					: lift.proposedBy === actor.personId
						? null
						: 'confirm_lift',
		preview: isOpen
			? null
			: {
					requests: resting.requestIds.length,
					lockboxes: (await lockboxesRestingOn(db, [personId])).length,
					grants: resting.grantIds.length,
					officersLeft: await countDuty(db, charter, 'security_officer', personId, at),
					officersNeeded: OFFICERS_NEEDED,
					ownersLeft: await countDuty(db, charter, 'charter_owner', personId, at),
					ownersNeeded: SIGNATURES_NEEDED,
					hasDuty: await holdsDuty(db, charter, personId, at),
				},
		current:
			newest === undefined
				? null
				: {
						id: newest.id,
						at: newest.at.toISOString(),
						by: names.get(newest.officerId) ?? '',
						reason: newest.reason,
						entryIndex: entries.get(newest.entryId) ?? null,
						liftedAt: newest.liftedAt?.toISOString() ?? null,
						effects: await viewEffects(db, charter, await effectsOf(db, newest.id), {
							areSessionsLate: at.getTime() - newest.at.getTime() > SESSIONS_LATE_MS,
						}),
						lift:
							lift === null
								? null
								: {
										at: lift.at.toISOString(),
										by: names.get(lift.proposedBy) ?? '',
										reason: lift.reason,
										confirmedBy: lift.confirmedBy === null ? null : (names.get(lift.confirmedBy) ?? ''),
										isOwn: lift.proposedBy === actor.personId,
									},
					},
		earlier: older.length,
	}
}

/** Whether a suspension of this person holds now: for who may see people, and for themselves. */
export async function isSuspended({ database }: Deps, actor: Actor, personId: string): Promise<boolean> {
	if (actor.personId !== personId) demand(actor, 'people:read')
	return (await openSuspensionOf(database.db, personId)) !== null
}

const rolesWith = (charter: Charter, duty: Duty) =>
	Object.entries(charter.roles).flatMap(([role, { duties }]) => (duties.includes(duty) ? [role] : []))

/** How many others have a duty now, presence and working hours left out: they come again by themselves. */
async function countDuty(
	reader: Reader,
	charter: Charter,
	duty: Duty,
	without: string,
	at: Date,
): Promise<number> {
	const roles = rolesWith(charter, duty)
	const candidates = (await appointedTo(reader, roles, at)).filter((id) => id !== without)
	const facts = await factsOf(reader, candidates)
	return [...facts.values()].filter((person) =>
		roles.some(
			(role) =>
				judge(charter, person, {
					role,
					part: 'holder',
					at: at.toISOString(),
					durationMs: 0,
					standing: true,
				}).permit,
		),
	).length
}

async function holdsDuty(reader: Reader, charter: Charter, personId: string, at: Date) {
	const holds = async (duty: Duty) =>
		(await appointedTo(reader, rolesWith(charter, duty), at)).includes(personId)
	return { officer: await holds('security_officer'), owner: await holds('charter_owner') }
}

const ORDER: readonly EffectRow['effect'][] = [
	'grant',
	'tenant_sessions',
	'session',
	'request',
	'approval',
	'lockbox',
	'lockbox_approval',
	'amendment',
	'link',
]

async function viewEffects(
	reader: Reader,
	charter: Charter,
	rows: readonly EffectRow[],
	late: Late,
): Promise<EffectView[]> {
	const idsOf = (...kinds: EffectRow['effect'][]) =>
		rows.filter(({ effect }) => kinds.includes(effect)).map(({ targetId }) => targetId)
	const byGrant = await requestsOfGrants(reader, idsOf('grant'))
	const lockboxes = await lockboxStates(reader, idsOf('lockbox', 'lockbox_approval'))
	const byId = await requestsById(reader, idsOf('request', 'approval'))
	return [...rows]
		.sort((a, b) => ORDER.indexOf(a.effect) - ORDER.indexOf(b.effect))
		.map(({ effect, targetId, confirmedAt }) => {
			const request: RequestRow | undefined = byGrant.get(targetId) ?? byId.get(targetId)
			const lockbox = lockboxes.get(targetId)
			const state = stateOf(effect, confirmedAt, request, lockbox, late)
			return {
				kind: effect,
				id: targetId,
				request:
					request === undefined
						? null
						: { id: request.id, number: request.number, role: titleOf(charter, request.role) },
				lockbox: lockbox === undefined ? null : { id: targetId, number: lockbox.number },
				state,
				at:
					effect === 'grant'
						? (request?.grantContext?.closedAt ?? null)
						: (confirmedAt?.toISOString() ?? null),
			}
		})
}

/** The tenant has not said in time that it ended the sessions: it refuses, or it cannot, as of guests. */
type Late = { areSessionsLate: boolean }

/** What a provider may still have in somebody's name is an alarm, as what the tenant may still hold is. */
function stateOf(
	effect: EffectRow['effect'],
	confirmedAt: Date | null,
	request: RequestRow | undefined,
	lockbox: { state: LockboxState } | undefined,
	{ areSessionsLate }: Late,
): EffectView['state'] {
	if (effect === 'grant') return grantState(request)
	if (effect === 'tenant_sessions' && confirmedAt === null && areSessionsLate) return 'alarm'
	// A denial may still be on its way to the provider: it has no access until then either.
	const mayOpen = lockbox !== undefined && isOpenLockbox(lockbox.state) && lockbox.state !== 'denying'
	if (effect === 'lockbox' && mayOpen) return 'alarm'
	return confirmedAt === null ? 'waiting' : 'done'
}

/** Only the tenant's own word makes an access ended. */
function grantState(request: RequestRow | undefined): EffectView['state'] {
	const state = request?.grantState ?? null
	if (state !== null && isClosed(state)) return 'done'
	switch (state) {
		case 'notConfirmed':
			return 'alarm'
		case 'postponed':
			return 'postponed'
		default:
			return 'waiting'
	}
}
