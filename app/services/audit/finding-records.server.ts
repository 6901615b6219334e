import { listCharterVersions } from '#db/queries/charter.ts'
import { streamFindingHistory, type FindingHistoryRow } from '#db/queries/finding-history.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import type { Reader } from '#db/client.ts'
import {
	findingOutcome,
	sightingsOf,
	tookMs,
	type FindingRecord,
} from '#workflows/audit-export/formats/finding-record.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { MARKINGS, type Marking } from '#workflows/charter/clearance-schemes.ts'
import type { Reaction } from '#workflows/charter/entra.schema.ts'
import { isClosedFinding } from '#workflows/grants/finding-context.ts'
import type { Place } from '#workflows/grants/place.ts'
import { removalSentAt } from '#workflows/grants/removal-sent.ts'
import { foundPlaceView } from '../access/entra-place.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import type { Deps } from '../deps.ts'

/**
 * The findings of a history in batches, newest first, each told under the charter version in force when it was found. `reader` must
 * see one moment (`openSnapshot`).
 */
export async function* findingRecords(
	{ charters, tenant }: Pick<Deps, 'charters' | 'tenant'>,
	reader: Reader,
	filter: HistoryFilter,
	options: { withEvents: boolean },
): AsyncGenerator<FindingRecord[]> {
	const versions = new Map<string, CharterInForce>()
	for (const { id } of await listCharterVersions(reader)) versions.set(id, await charters.version(reader, id))
	for await (const rows of streamFindingHistory(reader, filter, options))
		yield rows.map((row) => {
			const version = versions.get(row.charterVersionId)
			if (!version) throw new Error('A finding is pinned to a charter version that is not stored.')
			return toFindingRecord(row, version, tenant)
		})
}

/** One row told as exports and pages tell it. */
export function toFindingRecord(
	row: FindingHistoryRow,
	version: CharterInForce,
	tenant: Pick<Deps['tenant'], 'groups'>,
): FindingRecord {
	const { context, state, family, foundAt, rolesWhenFound } = row
	const { difference } = context
	const { charter } = version
	const { second, reopened } = sightingsOf(row.turns)
	const closedAt = isClosedFinding(state) ? context.closedAt : null
	return {
		finding: { id: row.id, number: Number(row.number), at: foundAt },
		family,
		kinds: difference.kinds,
		kindsWhenFound: row.kindsWhenFound,
		standing: difference.standing,
		holder: {
			person:
				difference.personId === null
					? null
					: { id: difference.personId, name: row.personName ?? '', employer: row.employer ?? '' },
			objectId: difference.principalId,
			kind: difference.principalKind,
			name: difference.names.principal ?? row.accountName,
		},
		through: difference.through === null ? null : { id: difference.through, name: difference.names.through },
		place: difference.place === null ? null : placePart(difference.place, charter, tenant),
		policy: family === 'policy' ? policyPart(difference) : null,
		weakened: family === 'policy' ? difference.reasons : [],
		roles: rolesWhenFound.map((key) => ({ key, title: titleOf(charter, key) })),
		handles: highestOf(charter, rolesWhenFound),
		holds: { from: difference.from, until: difference.until, people: difference.people },
		access:
			difference.grantId === null || row.requestId === null
				? null
				: {
						grantId: difference.grantId,
						requestId: row.requestId,
						requestNumber: Number(row.requestNumber),
					},
		charter: {
			id: version.charterId,
			version: version.version,
			textSha256: version.textSha256,
			organisation: charter.charter.organisation,
			boundary: charter.charter.boundary,
		},
		sightings: { first: foundAt, second, last: context.lastSeenAt },
		reopened,
		reaction: reactionPart(context.reaction),
		decideBy: state === 'awaiting' ? context.decideBy : null,
		wasSilent: context.wasSilent,
		owner: context.ownerId === null ? null : { id: context.ownerId, name: row.ownerName ?? '' },
		decisions: row.decisions.map(
			({ officerId, officer, step, reason, acceptedUntil, at, entryId, entryIndex }) => ({
				officer: { id: officerId, name: officer },
				step,
				reason,
				acceptedUntil,
				at,
				entry: { id: entryId, index: entryIndex },
			}),
		),
		removal:
			context.orderedAt === null
				? null
				: {
						orderedAt: context.orderedAt,
						orderedBy: context.orderedBy,
						sentAt: removalSentAt(context),
						confirmedAt: row.removedAt,
						killSwitchAt: context.killSwitchAt,
						failure: context.failure,
					},
		state,
		outcome: findingOutcome(state),
		closed: closedAt === null ? null : { at: closedAt, why: context.missed },
		tookMs: tookMs(foundAt, closedAt),
		earlier: row.earlier === null ? null : Number(row.earlier),
		entry: {
			id: row.entryId,
			index: row.entryIndex === null ? null : Number(row.entryIndex),
			leafHash: row.leafHash,
		},
		events: row.events,
	}
}

function placePart(
	place: Place,
	charter: Charter,
	{ groups }: Pick<Deps['tenant'], 'groups'>,
): FindingRecord['place'] {
	const { name } = foundPlaceView(place, charter, groups)
	return place.kind === 'role'
		? { kind: 'role', id: place.roleDefinitionId, name, scope: place.directoryScopeId }
		: { kind: 'group', id: place.groupId, name, scope: place.relation }
}

function policyPart({ key, names }: FindingHistoryRow['context']['difference']): FindingRecord['policy'] {
	const id = key.slice('policy '.length)
	return { id, name: names.policy ?? id }
}

const reactionPart = (reaction: Reaction): FindingRecord['reaction'] =>
	reaction.do === 'decide'
		? { do: 'decide', withinSeconds: reaction.withinMs / 1000, otherwise: reaction.otherwise }
		: { do: reaction.do, withinSeconds: null, otherwise: null }

/** The highest marking that these roles reach; null where the charter has none of them. */
function highestOf(charter: Charter, roles: readonly string[]): Marking | null {
	const ranks = roles.flatMap((key) =>
		Object.hasOwn(charter.roles, key) ? MARKINGS.indexOf(charter.roles[key]?.handles ?? 'unclassified') : [],
	)
	return ranks.length === 0 ? null : (MARKINGS[Math.max(...ranks)] ?? null)
}
