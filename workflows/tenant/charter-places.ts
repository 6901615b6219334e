import type { Charter } from '../charter/charter.schema.ts'
import { placeOf, type GroupKeeper, type Place } from '../grants/place.ts'
import type { Instant } from '../shared/instants.ts'
import type { PartTrouble } from './tenant-picture.ts'
import type { Mender } from './tenant-troubles.ts'

/**
 * What of a tenant a place rests on: the definition of a directory role, the administrative unit that is its scope, a group, and
 * Privileged Identity Management itself, of roles (`roles`) or of groups (`groups`).
 */
export const TENANT_PART_KINDS = ['role', 'unit', 'group', 'pim'] as const
/** Ids are in lower case. */
export type TenantPart = { kind: (typeof TENANT_PART_KINDS)[number]; id: string }

/** What the tenant said of it: `fit`, or why nobody can be given anything by it. */
export type SeenPart = {
	/** What the tenant calls it; null where it does not say. */
	name: string | null
	is: 'fit' | 'absent' | 'disabled' | 'onPremises' | 'dynamic' | 'mail' | 'unlicensed'
	/** Of groups: whether it may hold directory roles, which keeps all but the highest administrators from changing who is in it. */
	isAssignableToRole: boolean | null
}

/** What is known of a part; `seen` is of `readAt`, and `trouble` of the last attempt to read it. */
export type KnownPart = TenantPart & {
	seen: SeenPart | null
	readAt: Instant | null
	trouble: PartTrouble | null
	/** The tenant's own word for the trouble. */
	code: string | null
}

/** Why nobody can be given a place, and who mends it. */
export const PLACE_TROUBLES = {
	roleMissing: 'charter_owner',
	roleDisabled: 'tenant_admin',
	unitMissing: 'charter_owner',
	groupMissing: 'charter_owner',
	groupFromOnPremises: 'charter_owner',
	groupIsDynamic: 'charter_owner',
	groupByMail: 'charter_owner',
	noPim: 'charter_owner',
	noLicence: 'tenant_admin',
} as const satisfies Record<string, Mender>
export type PlaceTrouble = keyof typeof PLACE_TROUBLES

/** What does not keep anybody from being given the place, and should be known: weaknesses, in the order of their weight. */
export const PLACE_NOTES = ['othersMayChange', 'needsRoleManagement'] as const
export type PlaceNote = (typeof PLACE_NOTES)[number]

/** Why something is not known: it was never read, was read too long ago, or could not be read. */
export type UnknownPart = {
	kind: TenantPart['kind']
	why: 'notRead' | 'old' | Exclude<PartTrouble, 'notAsked'>
	code: string | null
}

export type JudgedPlace = {
	/** `unknown` only where nothing is known to stand in the way. */
	is: 'fit' | 'unfit' | 'unknown'
	troubles: PlaceTrouble[]
	unknown: UnknownPart[]
	notes: PlaceNote[]
	/** What the tenant calls the role or group; null where it is not known. */
	name: string | null
	/** When the oldest of what is known was read; null where nothing is. */
	readAt: Instant | null
}

/** What was read longer ago than this is not known any more. */
export const KNOWN_FOR_MS = 24 * 3_600_000

const UNIT = '/administrativeunits/'
/** What the tenant's cloud does not have, as far as it concerns places. */
export type PlaceSetup = { groups: GroupKeeper; lacks: readonly string[] }

/** What must be read of the tenant to know whether somebody can be given this place; nothing of what its cloud lacks. */
export function partsOfPlace(place: Place, { lacks }: PlaceSetup): TenantPart[] {
	if (place.kind === 'group') {
		const group = { kind: 'group', id: place.groupId.toLowerCase() } as const
		return place.by === 'pim' && !lacks.includes('pim-groups')
			? [group, { kind: 'pim', id: 'groups' }]
			: [group]
	}
	const scope = place.directoryScopeId.toLowerCase()
	return [
		{ kind: 'role', id: place.roleDefinitionId.toLowerCase() },
		...(scope.startsWith(UNIT) ? [{ kind: 'unit', id: scope.slice(UNIT.length) } as const] : []),
		...(lacks.includes('pim-roles') ? [] : [{ kind: 'pim', id: 'roles' } as const]),
	]
}

export const partKey = ({ kind, id }: TenantPart): string => `${kind} ${id}`

/** Every place that roles of a charter give, in its order. */
export const placesIn = (
	charter: Pick<Charter, 'roles'>,
	groups: GroupKeeper,
): { role: string; place: Place }[] =>
	Object.entries(charter.roles).flatMap(([role, { access }]) =>
		access ? [{ role, place: placeOf(access, groups) }] : [],
	)

/** What must be read to judge all places of these charters, each once. */
export function partsOf(charters: readonly Pick<Charter, 'roles'>[], setup: PlaceSetup): TenantPart[] {
	const parts = charters
		.flatMap((charter) => placesIn(charter, setup.groups))
		.flatMap(({ place }) => partsOfPlace(place, setup))
	return [...new Map(parts.map((part) => [partKey(part), part])).values()]
}

/**
 * Whether somebody could be given this place now, by what was last read of the tenant. What is not known is neither: it is said
 * apart, and is never taken for missing.
 */
export function judgePlace(
	place: Place,
	known: ReadonlyMap<string, KnownPart>,
	setup: PlaceSetup,
	at: Instant,
): JudgedPlace {
	const troubles: PlaceTrouble[] = lacksPim(place, setup) ? ['noPim'] : []
	const unknown: UnknownPart[] = []
	const reads: Instant[] = []
	let main: SeenPart | null = null
	for (const part of partsOfPlace(place, setup)) {
		const found = known.get(partKey(part))
		const seen = seenOf(found, at)
		if (seen === null) {
			unknown.push({ kind: part.kind, ...whyUnknown(found) })
			continue
		}
		if (found?.readAt) reads.push(found.readAt)
		if (part.kind === 'role' || part.kind === 'group') main = seen
		const trouble = troubleOf(part.kind, seen)
		if (trouble !== null) troubles.push(trouble)
	}
	return {
		is: troubles.length > 0 ? 'unfit' : unknown.length > 0 ? 'unknown' : 'fit',
		troubles,
		unknown,
		notes: troubles.length > 0 || main === null ? [] : notesOf(place, main),
		name: main?.name ?? null,
		readAt: reads.sort()[0] ?? null,
	}
}

const lacksPim = (place: Place, { lacks }: PlaceSetup): boolean =>
	place.kind === 'role' ? lacks.includes('pim-roles') : place.by === 'pim' && lacks.includes('pim-groups')

/** What was seen of it, unless that is too long ago. */
const seenOf = (part: KnownPart | undefined, at: Instant): SeenPart | null =>
	part?.readAt && Date.parse(at) - Date.parse(part.readAt) <= KNOWN_FOR_MS ? part.seen : null

function whyUnknown(part: KnownPart | undefined): Pick<UnknownPart, 'why' | 'code'> {
	if (part?.trouble && part.trouble !== 'notAsked') return { why: part.trouble, code: part.code }
	return { why: part?.readAt ? 'old' : 'notRead', code: null }
}

const OF_GROUPS: Readonly<Partial<Record<SeenPart['is'], PlaceTrouble>>> = {
	absent: 'groupMissing',
	onPremises: 'groupFromOnPremises',
	dynamic: 'groupIsDynamic',
	mail: 'groupByMail',
}

function troubleOf(kind: TenantPart['kind'], { is }: SeenPart): PlaceTrouble | null {
	switch (kind) {
		case 'role':
			return is === 'absent' ? 'roleMissing' : is === 'disabled' ? 'roleDisabled' : null
		case 'unit':
			return is === 'absent' ? 'unitMissing' : null
		case 'group':
			return OF_GROUPS[is] ?? null
		case 'pim':
			return is === 'unlicensed' ? 'noLicence' : null
	}
}

/**
 * Of a group that may not hold directory roles every administrator of groups, and every owner, changes who is in it; of one that
 * may, only an application with the permission to manage roles, which plain membership takes besides.
 */
function notesOf(place: Place, { isAssignableToRole }: SeenPart): PlaceNote[] {
	if (place.kind !== 'group' || isAssignableToRole === null) return []
	if (!isAssignableToRole) return ['othersMayChange']
	return place.by === 'membership' ? ['needsRoleManagement'] : []
}

/** How soon a part is read again: what stands in the way sooner than what is well, so that what was mended is soon seen. */
const AGAIN_MS = { fit: 3_600_000, unfit: 5 * 60_000, passing: 60_000, refused: 15 * 60_000 } as const

/** Whether a part should be read now. */
export function isPartDue(
	part: (KnownPart & { triedAt: Instant | null; askedAt: Instant | null }) | undefined,
	at: Instant,
): boolean {
	if (part === undefined || part.triedAt === null) return true
	if (part.askedAt !== null && part.askedAt > part.triedAt) return true
	const after =
		part.trouble === null
			? part.seen?.is === 'fit'
				? AGAIN_MS.fit
				: AGAIN_MS.unfit
			: part.trouble === 'forbidden' || part.trouble === 'unsupported'
				? AGAIN_MS.refused
				: AGAIN_MS.passing
	return Date.parse(at) - Date.parse(part.triedAt) >= after
}
