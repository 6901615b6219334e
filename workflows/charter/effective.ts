import { parsePeriod, type Instant, type Period } from '../shared/instants.ts'
import type { Charter, CharterRole } from './charter.schema.ts'
import { levelAtLeast, levelsFrom, MARKINGS } from './clearance-schemes.ts'
import { earlierEnd } from './intervals.ts'
import type { CitizenshipRule, ClearanceRule, EveryoneRules, WorkingHours } from './person-rules.schema.ts'

/** One way to satisfy the clearance rule: any of these levels of one scheme. */
export type AcceptedClearance = {
	scheme: string
	/** The lowest level that suffices, and all that count. */
	level: string
	levels: readonly string[]
	/** Null: any issuer. */
	issuers: readonly string[] | null
	/** Null: accepted in its own right. Otherwise the agreement, and while it is in force. */
	agreement: Agreement | null
}
/** The instant at which a day of an agreement begins; null where it names none. */
export const startOf = (day: string | undefined): Instant | null =>
	day === undefined ? null : `${day}T00:00:00.000Z`

type Agreement = { key: string; from: Instant | null; until: Instant | null }

export type EffectiveCitizenship = {
	anyOf: readonly string[] | null
	soleOf: readonly string[] | null
	noneOf: readonly string[]
	unionCitizen: boolean
	usPerson: boolean
	/** Null: allowed. Otherwise the states a second citizenship may be of; empty forbids any. */
	dualOnlyWith: readonly string[] | null
}

/** What a role asks of a person once everything the charter says of it is put together. */
export type EffectiveRole = {
	citizenship: EffectiveCitizenship
	residence: { anyOf: readonly string[] | null; unionResident: boolean }
	clearance: { accepted: readonly AcceptedClearance[]; minimumRemaining: readonly Period[] }
	caveats: readonly string[]
	/** Attended at most so long ago; each period must hold, none means ever. */
	briefings: readonly { key: string; within: readonly Period[] }[]
	training: readonly { key: string; within: readonly Period[] }[]
	employer: { anyOf: readonly string[]; flowDown: boolean } | null
	/** Approved, known, and certified for what the role handles. */
	facilities: readonly string[]
	credential: { deviceBound: boolean; attested: boolean; aaguids: readonly string[] | null } | null
	/** Each must hold. */
	workingHours: readonly WorkingHours[]
}

const intersect = <T>(a: readonly T[] | null | undefined, b: readonly T[] | null | undefined): T[] | null =>
	a && b ? a.filter((item) => b.includes(item)) : a ? [...a] : b ? [...b] : null

const union = <T>(a: readonly T[] = [], b: readonly T[] = []): T[] => [...new Set([...a, ...b])]

/**
 * The rules of a role with those of `everyone` and of its facilities laid over them. Where two speak about the same
 * thing the most restrictive wins: lists of what is allowed intersect, lists of what is forbidden or required unite.
 */
export function effectiveRole(charter: Charter, role: CharterRole): EffectiveRole {
	const { everyone } = charter
	return {
		citizenship: citizenshipOf(role.citizenship, everyone?.citizenship),
		residence: {
			anyOf: intersect(role.residence?.anyOf, everyone?.residence?.anyOf),
			unionResident: Boolean(role.residence?.unionResident ?? everyone?.residence?.unionResident),
		},
		clearance: clearanceOf(charter, role.clearance, everyone?.clearance),
		caveats: union(role.caveats, everyone?.caveats),
		briefings: attendedOf(role.briefings, everyone?.briefings),
		training: attendedOf(role.training, everyone?.training),
		employer: employerOf(role.employer, everyone?.employer),
		facilities: facilitiesOf(charter, role),
		credential: credentialOf(role.credential, everyone?.credential),
		workingHours: [role.workingHours, everyone?.workingHours].filter((hours) => hours !== undefined),
	}
}

function citizenshipOf(role: CitizenshipRule, everyone: CitizenshipRule | undefined): EffectiveCitizenship {
	const duals = [role, ...(everyone ? [everyone] : [])].map(({ dualNationality }) =>
		dualNationality === 'allowed' ? null : dualNationality === 'forbidden' ? [] : dualNationality.onlyWith,
	)
	return {
		anyOf: intersect(role.anyOf, everyone?.anyOf),
		soleOf: intersect(role.soleOf, everyone?.soleOf),
		noneOf: union(role.noneOf, everyone?.noneOf),
		unionCitizen: Boolean(role.unionCitizen ?? everyone?.unionCitizen),
		usPerson: Boolean(role.usPerson ?? everyone?.usPerson),
		dualOnlyWith: duals.reduce<string[] | null>((all, next) => intersect(all, next), null),
	}
}

/** Two lists are met by one clearance only where both accept it: the higher level, the issuers of both. */
function clearanceOf(charter: Charter, role: ClearanceRule, everyone: ClearanceRule | undefined) {
	const own = acceptedBy(charter, role)
	const common = everyone ? acceptedBy(charter, everyone) : null
	const periods = [role.minimumRemaining, everyone?.minimumRemaining].flatMap((text) => {
		const parsed = text === undefined ? null : parsePeriod(text)
		return parsed ? [parsed] : []
	})
	return {
		accepted:
			common === null
				? own
				: own.flatMap((a) => common.flatMap((b) => (a.scheme === b.scheme ? [both(a, b)] : []))),
		minimumRemaining: periods,
	}
}

function both(a: AcceptedClearance, b: AcceptedClearance): AcceptedClearance {
	const higher = levelAtLeast(a.scheme, a.level, b.level) ? a : b
	return {
		scheme: a.scheme,
		level: higher.level,
		levels: a.levels.filter((id) => b.levels.includes(id)),
		issuers: intersect(a.issuers, b.issuers),
		agreement:
			a.agreement && b.agreement ? bothInForce(a.agreement, b.agreement) : (a.agreement ?? b.agreement),
	}
}

/** One that everyone's rule names and one that the role's does: only while both are in force. */
function bothInForce(a: Agreement, b: Agreement): Agreement {
	return {
		key: a.key === b.key ? a.key : `${a.key}, ${b.key}`,
		from: a.from === null || (b.from !== null && b.from > a.from) ? b.from : a.from,
		until: earlierEnd(a.until, b.until),
	}
}

function acceptedBy(
	{ agreements }: Charter,
	{ anyOf, acceptEquivalent }: ClearanceRule,
): AcceptedClearance[] {
	// Nothing to be equivalent to: nobody.
	if (anyOf.length === 0) return []
	return [
		...anyOf.map(({ scheme, level, issuers }) => ({
			scheme,
			level,
			levels: levelsFrom(scheme, level),
			issuers: issuers ?? null,
			agreement: null,
		})),
		...acceptEquivalent.map(({ scheme, level, issuers, agreement = '' }) => {
			const { from, until } = (Object.hasOwn(agreements, agreement) ? agreements[agreement] : undefined) ?? {}
			return {
				scheme,
				level,
				levels: levelsFrom(scheme, level),
				issuers: issuers ?? null,
				agreement: { key: agreement, from: startOf(from), until: startOf(until) },
			}
		}),
	]
}

type Attended = { key: string; within?: string | undefined }

function attendedOf(role: readonly Attended[] = [], everyone: readonly Attended[] = []) {
	const needs = new Map<string, Period[]>()
	for (const { key, within } of [...role, ...everyone]) {
		const next = within === undefined ? null : parsePeriod(within)
		needs.set(key, [...(needs.get(key) ?? []), ...(next ? [next] : [])])
	}
	return [...needs].map(([key, within]) => ({ key, within }))
}

function employerOf(role: EveryoneRules['employer'], everyone: EveryoneRules['employer']) {
	const rules = [role, everyone].filter((rule) => rule !== undefined)
	if (rules.length === 0) return null
	return {
		anyOf: intersect(role?.anyOf, everyone?.anyOf) ?? [],
		flowDown: rules.every(({ subcontractors }) => subcontractors === 'flow-down'),
	}
}

function credentialOf(role: EveryoneRules['credential'], everyone: EveryoneRules['credential']) {
	if (!role && !everyone) return null
	return {
		deviceBound: Boolean(role?.deviceBound ?? everyone?.deviceBound),
		attested: Boolean(role?.attested ?? everyone?.attested),
		aaguids: intersect(role?.aaguids, everyone?.aaguids),
	}
}

function facilitiesOf({ facilities }: Charter, { facilities: approved, handles }: CharterRole): string[] {
	return approved.filter((key) => {
		const facility = Object.hasOwn(facilities, key) ? facilities[key] : undefined
		return facility !== undefined && MARKINGS.indexOf(facility.certified) >= MARKINGS.indexOf(handles)
	})
}
