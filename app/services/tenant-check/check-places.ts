import { createText } from '#app/messages/create-text.ts'
import { noteLines, troubleLines, unknownLines } from '#app/messages/places-in-words.ts'
import type { Prober } from '#app/integrations/graph/probe.server.ts'
import type { StoredPart } from '#db/queries/tenant-places.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { partKey, partsOf, type PlaceSetup } from '#workflows/tenant/charter-places.ts'
import { judgePlaces } from '../charter/judge-places.ts'
import type { PlaceView } from '../charter/places-view.ts'
import { ok, warning, wrong, type Finding } from './finding.ts'

const WHO = { charter_owner: 'charter owner', tenant_admin: 'tenant administrator' } as const

/** What is said of a place, and what of it says what is needed. */
export type CheckedPlace = {
	findings: Finding[]
	/** It is plain membership of a group that may hold directory roles. */
	needsRoleManagement: boolean
	isKnown: boolean
}

/** Whether each place that the charter names is in the tenant and can be given, by the rule of the charter's pages; by role. */
export async function checkPlaces(
	charter: Charter,
	setup: PlaceSetup,
	prober: Pick<Prober, 'readParts'>,
	now: Date,
): Promise<ReadonlyMap<string, CheckedPlace>> {
	const at = now.toISOString()
	const parts = partsOf([charter], setup)
	const read = await prober.readParts(parts)
	const known = new Map(
		parts.map((part): [string, StoredPart] => {
			const found = read.get(partKey(part))
			const tried = { ...part, triedAt: at, askedAt: null }
			return [
				partKey(part),
				found?.read
					? { ...tried, seen: found.seen, readAt: at, trouble: null, code: null }
					: {
							...tried,
							seen: null,
							readAt: null,
							trouble: found?.why ?? 'unavailable',
							code: found?.code ?? null,
						},
			]
		}),
	)
	return new Map(
		judgePlaces(charter, known, setup, at).map((place) => [
			place.role.key,
			{
				findings: findingsOf(place),
				needsRoleManagement: place.notes.includes('needsRoleManagement'),
				isKnown: place.unknown.every(({ kind }) => kind !== 'group'),
			},
		]),
	)
}

function findingsOf(place: PlaceView): Finding[] {
	const t = createText('en')
	const about = `role ${place.role.key}`
	// That the tenant has no licence is said once, and not for each role.
	const ofPlace = place.troubles.filter(({ code }) => code !== 'noLicence')
	const unfit = ofPlace.map((trouble) =>
		wrong(about, troubleLines({ ...place, troubles: [trouble] }, t).join(' '), WHO[trouble.mender]),
	)
	const unknown = unknownLines(place, t).map((line) => warning(about, line, 'tenant administrator'))
	const notes = noteLines(place, t).map((line) => ok(about, line))
	return [...unfit, ...unknown, ...notes]
}
