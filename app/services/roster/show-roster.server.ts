import { namesOf } from '#db/queries/people.ts'
import { endOfDays, hoursOf } from '#workflows/lockbox/hours.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { timeZone, type TimeZone } from '#workflows/shared/zoned-time.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { findRoster, type Absent, type FoundRoster } from './find-roster.server.ts'
import type { BoundaryHoldings, Holding } from './find-holdings.server.ts'
import { personCalled } from './manage-holders.server.ts'
import { rowsOf, rowView, type FoundRow, type Names } from './roster-rows.ts'
import { ROSTER_DAYS, type BoundaryView, type HoldingView, type RosterView } from './views.ts'

export type RosterQuery = {
	/** IANA name of the zone whose days and hours are shown. */
	zone: string
	/** One boundary or stage by its key; null: all. */
	row: string | null
	/** Somebody who is imagined away, in local times of the zone; null: nobody. */
	absent: { person: string; from: string; until: string } | null
}

/**
 * Whether enough people could answer every provider, and decide at every stage, hour by hour. Everybody with
 * `forecast:read` sees when there are too few; who it is, and why, is for those who may see people.
 */
export async function showRoster(deps: Deps, actor: Actor, query: RosterQuery): Promise<RosterView> {
	demand(actor, 'forecast:read')
	const { zone, found, absent, rows } = await lookAhead(deps, query)
	const names = await namesFor(deps, actor, found, absent)
	const days = hoursOf(zone, found.at.getTime(), ROSTER_DAYS)
	const mayManage = actor.permissions.has('roster:manage')
	return {
		at: found.at.toISOString(),
		until: new Date(found.horizon.until).toISOString(),
		zone: zone.name,
		hasLockbox: found.charter.lockbox !== undefined,
		rows: rows
			.filter(({ key }) => query.row === null || key === query.row)
			.map((row) => rowView(row, names, days)),
		boundaries: found.boundaries.map((one) => boundaryView(one, names, mayManage)),
		choices: rows.map(({ key, title, stage }) => ({ key, title, stage })),
		absent: absent && {
			person: { id: absent.personId, name: names?.get(absent.personId) ?? '' },
			from: new Date(absent.span.from).toISOString(),
			until: new Date(absent.span.until).toISOString(),
		},
		mayManage,
		maySeePeople: names !== null,
	}
}

/** Everything that a page, a file or a warning is made from. */
export async function lookAhead(
	deps: Deps,
	{ zone: name, absent: asked }: Pick<RosterQuery, 'zone' | 'absent'>,
): Promise<{ zone: TimeZone; found: FoundRoster; absent: Absent | null; rows: FoundRow[] }> {
	const zone = timeZone(name)
	if (zone === null)
		throw new DomainError('INVALID_INPUT', 'No such time zone.', { field: 'zone', problem: 'timeZone' })
	const at = deps.now()
	const absent = asked && (await absentOf(deps, asked, zone))
	const found = await findRoster(deps, at, endOfDays(zone, at.getTime(), ROSTER_DAYS))
	const before = found.cover()
	return { zone, found, absent, rows: rowsOf(found, absent ? found.cover(absent) : before, before) }
}

/** Who is imagined away. The question is about a person, so it is for those who may see people. */
async function absentOf(
	{ database }: Deps,
	{ person, from, until }: NonNullable<RosterQuery['absent']>,
	zone: TimeZone,
): Promise<Absent> {
	const personId = await personCalled(database.db, person)
	const span = { from: instantOf(zone, from, 'absentFrom'), until: instantOf(zone, until, 'absentUntil') }
	if (span.until <= span.from)
		throw new DomainError('INVALID_INPUT', 'It ends before it begins.', {
			field: 'absentUntil',
			problem: 'ENDS_BEFORE',
		})
	return { personId, span }
}

function instantOf(zone: TimeZone, text: string, field: string): number {
	const instants = zone.instants(text)
	const [first] = instants ?? []
	if (first === undefined)
		throw new DomainError('INVALID_INPUT', 'No such time.', {
			field,
			problem: instants === null ? 'instant' : 'skippedHour',
		})
	return Date.parse(first)
}

/** Names of everybody who is named; null for readers who may not see people. */
export async function namesFor(
	{ database }: Deps,
	actor: Actor,
	{ personIds }: FoundRoster,
	absent: Absent | null,
): Promise<Names> {
	if (!actor.permissions.has('people:read')) {
		if (absent !== null)
			throw new DomainError('FORBIDDEN', 'Your duties do not allow this.', { permission: 'people:read' })
		return null
	}
	return namesOf(database.db, [...personIds, ...(absent ? [absent.personId] : [])])
}

function boundaryView(
	{ boundary, reading, holdings, shifts }: FoundRoster['boundaries'][number],
	names: Names,
	mayManage: boolean,
): BoundaryView {
	const { id, name, provider, scope, approverRole, holdersNeeded } = boundary
	return {
		id,
		name,
		provider,
		scope,
		approverRole,
		holdersNeeded,
		reading: readingView(reading),
		holdings: names && holdings.map((holding, i) => holdingView(holding, i, names, mayManage)),
		shifts:
			names &&
			shifts.map((shift) => ({
				id: shift.id,
				person: { id: shift.personId, name: names.get(shift.personId) ?? '' },
				kind: shift.kind,
				days: shift.days ?? [],
				startsAt: shift.startsAt,
				endsAt: shift.endsAt,
				zone: shift.zone,
				from: shift.validFrom.toISOString(),
				until: shift.validUntil?.toISOString() ?? null,
			})),
	}
}

const readingView = (reading: BoundaryHoldings['reading']) =>
	reading && {
		readAt: reading.readAt?.toISOString() ?? null,
		trouble: reading.trouble,
		isOld: reading.isOld,
	}

const isoOf = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : null)

function holdingView(
	{ personId, account, source, span, recorded, void: why }: Holding,
	i: number,
	names: ReadonlyMap<string, string>,
	mayManage: boolean,
): HoldingView {
	return {
		key: `${source} ${personId ?? account ?? ''} ${i}`,
		person: personId === null ? null : { id: personId, name: names.get(personId) ?? '' },
		account: personId === null ? account : null,
		source,
		from: isoOf(span.from),
		until: isoOf(span.until),
		evidence: mayManage ? (recorded?.evidence ?? null) : null,
		void: why,
		holderId: mayManage ? (recorded?.id ?? null) : null,
	}
}
