import {
	endHolding,
	insertHolder,
	insertShift,
	isHolderBetween,
	lockHolder,
	lockShift,
	removeShiftRow,
} from '#db/queries/boundaries.ts'
import { peopleCalled } from '#db/queries/people.ts'
import type { Reader } from '#db/client.ts'
import type { Weekday } from '#workflows/lockbox/shifts.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { timeZone } from '#workflows/shared/zoned-time.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { lockOpenBoundary } from './manage-boundaries.server.ts'

const DAY_MS = 86_400_000
/** Dates beyond are typing errors. */
const FARTHEST_MS = 20 * 366 * DAY_MS

export type HolderForm = {
	boundaryId: string
	/** Name, user principal name or id. */
	person: string
	/** Null: from now on. */
	from: Date | null
	/** Null: no end is known. */
	until: Date | null
	/** What shows it, such as the role assignment at the provider. */
	evidence: string
}

/** Records that somebody holds the provider's role. Nobody vouches for themselves. */
export async function recordHolder(deps: Deps, actor: Actor, form: HolderForm): Promise<string> {
	demand(actor, 'roster:manage')
	const { boundaryId, until, evidence } = form
	const at = deps.now()
	const from = form.from ?? at
	demandPeriod(from, until, at)
	const holderId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await lockOpenBoundary(tx, boundaryId)
		const personId = await personCalled(tx, form.person)
		if (personId === actor.personId)
			throw new DomainError('OWN_HOLDING', 'Another officer records what you hold.')
		if (await isHolderBetween(tx, boundaryId, personId, { from, until }))
			throw new DomainError('DUPLICATE', 'They are recorded as a holder in this time already.')
		const entryId = await recordEntry(tx, deps, {
			kind: 'provider_holder.recorded',
			subject: personId,
			actor: actor.personId,
			open: { holderId, boundaryId, from: from.toISOString(), until: until?.toISOString() ?? null },
			sealed: { basis: { evidence } },
			at,
		})
		await insertHolder(tx, {
			id: holderId,
			boundaryId,
			personId,
			validFrom: from,
			validUntil: until,
			evidence,
			recordedBy: actor.personId,
			recordedAt: at,
			entryId,
		})
	})
	deps.wake()
	return holderId
}

/** Says that somebody holds the provider's role no longer; one that was to begin never does. */
export async function endHolder(deps: Deps, actor: Actor, holderId: string): Promise<void> {
	demand(actor, 'roster:manage')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const { personId, validFrom, validUntil } = await lockHolder(tx, holderId)
		const until = at < validFrom ? validFrom : at
		if (validUntil !== null && validUntil <= until)
			throw new DomainError('STALE_VERSION', 'This is over already.')
		const entryId = await recordEntry(tx, deps, {
			kind: 'provider_holder.ended',
			subject: personId,
			actor: actor.personId,
			open: { holderId, until: until.toISOString() },
			sealed: {},
			at,
		})
		await endHolding(tx, holderId, until, entryId)
	})
	deps.wake()
}

export type ShiftForm = { boundaryId: string; person: string; from: Date | null } & (
	| {
			kind: 'weekly'
			days: readonly Weekday[]
			/** Local times, HH:MM. */
			startsAt: string
			endsAt: string
			zone: string
			until: Date | null
	  }
	| { kind: 'on' | 'off'; until: Date | null }
)

/** Plans duty: every week at these hours, or once; or takes somebody off duty once. */
export async function recordShift(deps: Deps, actor: Actor, form: ShiftForm): Promise<string> {
	demand(actor, 'roster:manage')
	const { boundaryId, kind, until } = form
	const at = deps.now()
	const from = form.from ?? at
	demandPeriod(from, until, at)
	const week =
		form.kind === 'weekly'
			? { days: [...form.days], startsAt: form.startsAt, endsAt: form.endsAt, zone: form.zone }
			: { days: null, startsAt: null, endsAt: null, zone: null }
	if (form.kind === 'weekly') demandWeek(form)
	else if (until === null) throw invalid('until', 'MISSING')
	const shiftId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await lockOpenBoundary(tx, boundaryId)
		const personId = await personCalled(tx, form.person)
		const entryId = await recordEntry(tx, deps, {
			kind: 'provider_shift.recorded',
			subject: personId,
			actor: actor.personId,
			open: { shiftId, boundaryId },
			sealed: {
				shift: { kind, ...week, from: from.toISOString(), until: until?.toISOString() ?? null },
			},
			at,
		})
		await insertShift(tx, {
			id: shiftId,
			boundaryId,
			personId,
			kind,
			...week,
			validFrom: from,
			validUntil: until,
			recordedBy: actor.personId,
			recordedAt: at,
			entryId,
		})
	})
	deps.wake()
	return shiftId
}

/** Takes something out of the plan. When nothing of it is left, every holder counts at all hours. */
export async function removeShift(deps: Deps, actor: Actor, shiftId: string): Promise<void> {
	demand(actor, 'roster:manage')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const { personId, removedAt } = await lockShift(tx, shiftId)
		if (removedAt !== null) throw new DomainError('STALE_VERSION', 'This is out of the plan already.')
		const entryId = await recordEntry(tx, deps, {
			kind: 'provider_shift.removed',
			subject: personId,
			actor: actor.personId,
			open: { shiftId },
			sealed: {},
			at,
		})
		await removeShiftRow(tx, shiftId, at, entryId)
	})
	deps.wake()
}

/** The one person who is called so. */
export async function personCalled(reader: Reader, text: string): Promise<string> {
	const found = await peopleCalled(reader, text)
	const [only] = found
	if (only === undefined) throw invalid('person', 'NOBODY_CALLED_SO')
	if (found.length > 1) throw invalid('person', 'SEVERAL_CALLED_SO')
	return only.id
}

function demandPeriod(from: Date, until: Date | null, at: Date): void {
	if (Math.abs(from.getTime() - at.getTime()) > FARTHEST_MS) throw invalid('from', 'DATE_FAR_OFF')
	if (until === null) return
	if (until <= from || until <= at) throw invalid('until', 'ENDS_BEFORE')
	if (until.getTime() - at.getTime() > FARTHEST_MS) throw invalid('until', 'DATE_FAR_OFF')
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/

function demandWeek({
	days,
	startsAt,
	endsAt,
	zone,
}: Pick<Extract<ShiftForm, { kind: 'weekly' }>, 'days' | 'startsAt' | 'endsAt' | 'zone'>): void {
	if (days.length === 0) throw invalid('days', 'CHOOSE_DAYS')
	if (!TIME.test(startsAt)) throw invalid('startsAt', 'CLOCK')
	if (!TIME.test(endsAt)) throw invalid('endsAt', 'CLOCK')
	if (timeZone(zone) === null) throw invalid('zone', 'timeZone')
}

const invalid = (field: string, problem: string) =>
	new DomainError('INVALID_INPUT', `This cannot be recorded: ${field}, ${problem}.`, { field, problem })
