import { listCharterVersions } from '#db/queries/charter.ts'
import { streamLockboxHistory, type LockboxHistoryRow } from '#db/queries/lockbox-history.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import type { Reader } from '#db/client.ts'
import { lockboxOutcome, type LockboxRecord } from '#workflows/audit-export/formats/lockbox-record.ts'
import { hasAccess } from '#workflows/lockbox/lockbox-context.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import type { Deps } from '../deps.ts'

/**
 * The requests for customer content of a history in batches, newest first, each told under the charter version that it is
 * pinned to. `reader` must see one moment (`openSnapshot`).
 */
export async function* lockboxRecords(
	{ charters }: Pick<Deps, 'charters'>,
	reader: Reader,
	filter: HistoryFilter,
	options: { withEvents: boolean },
): AsyncGenerator<LockboxRecord[]> {
	const versions = new Map<string, CharterInForce>()
	for (const { id } of await listCharterVersions(reader)) versions.set(id, await charters.version(reader, id))
	for await (const rows of streamLockboxHistory(reader, filter, options))
		yield rows.map((row) => {
			const version = versions.get(row.charterVersionId)
			if (!version) throw new Error('A request is pinned to a charter version that is not stored.')
			return toLockboxRecord(row, version)
		})
}

/** One row told as exports and pages tell it. */
export function toLockboxRecord(row: LockboxHistoryRow, version: CharterInForce): LockboxRecord {
	const { asked, state, answer, boundaryId, boundaryName } = row
	const { charter } = version
	const role = asked.role === null ? undefined : charter.roles[asked.role]
	return {
		request: {
			id: row.id,
			number: Number(row.number),
			at: row.requestedAt,
			durationSeconds: asked.durationSeconds,
			cause: asked.cause,
			supportRequest: asked.supportRequest,
		},
		origin: row.origin,
		provider: row.provider,
		providerRequestId: row.providerRequestId,
		boundary: boundaryId === null ? null : { id: boundaryId, name: boundaryName ?? '' },
		resources: asked.resources,
		disclosed: asked.disclosed,
		requester: row.requesterId === null ? null : { id: row.requesterId, name: row.requesterName ?? '' },
		subject:
			row.beneficiaryId === null
				? null
				: { id: row.beneficiaryId, name: row.beneficiaryName ?? '', employer: row.employer ?? '' },
		role:
			asked.role === null
				? null
				: {
						key: asked.role,
						title: titleOf(charter, asked.role),
						handles: role?.handles ?? 'unclassified',
					},
		charter: {
			id: version.charterId,
			version: version.version,
			textSha256: version.textSha256,
			organisation: charter.charter.organisation,
			boundary: charter.charter.boundary,
		},
		stages: row.stages.map(({ from, quorum }) => ({ role: from, quorum })),
		denials: row.denials,
		approvals: row.decisions.map(
			({ approverId, approver, from, stage, verdict, fell, at, entryId, entryIndex }) => ({
				approver: { id: approverId, name: approver },
				role: from ?? '',
				stage,
				verdict,
				fell,
				at,
				entry: { id: entryId, index: entryIndex },
			}),
		),
		answer,
		answerCause: row.answerCause,
		state,
		outcome: lockboxOutcome(state, answer),
		isOutOfBand: row.isOutOfBand,
		providerStatus: row.providerStatus,
		access:
			hasAccess(state) || state === 'accessEnded'
				? {
						openedAt: row.grantedAt,
						endsAt: row.accessEndsAt,
						endedAt: state === 'accessEnded' ? row.closedAt : null,
						endedBy: row.endedBy,
					}
				: null,
		closedAt: row.closedAt,
		entry: {
			id: row.entryId ?? '',
			index: row.entryIndex === null ? null : Number(row.entryIndex),
			leafHash: row.leafHash,
		},
		events: row.events,
	}
}
