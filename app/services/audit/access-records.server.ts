import { listCharterVersions } from '#db/queries/charter.ts'
import { streamHistory, type HistoryRecordRow } from '#db/queries/history.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import type { Reader } from '#db/client.ts'
import { groupsOf } from '#workflows/charter/stage-groups.ts'
import type { AccessRecord, Outcome } from '#workflows/audit-export/formats/access-record.ts'
import { accessStateOf, titleOf } from '../access/summarise.server.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import type { Deps } from '../deps.ts'

/**
 * The accesses of a history in batches, newest first, each told under the charter version that its request is pinned to.
 * `reader` must see one moment (`openSnapshot`).
 */
export async function* accessRecords(
	{ charters }: Pick<Deps, 'charters'>,
	reader: Reader,
	filter: HistoryFilter,
	options: { withEvents: boolean },
): AsyncGenerator<AccessRecord[]> {
	const versions = new Map<string, CharterInForce>()
	for (const { id } of await listCharterVersions(reader)) versions.set(id, await charters.version(reader, id))
	for await (const rows of streamHistory(reader, filter, options)) {
		yield rows.map((row) => {
			const version = versions.get(row.charterVersionId)
			if (!version) throw new Error('A request is pinned to a charter version that is not stored.')
			return toRecord(row, version)
		})
	}
}

function toRecord(row: HistoryRecordRow, version: CharterInForce): AccessRecord {
	const { charter } = version
	const role = Object.hasOwn(charter.roles, row.role) ? charter.roles[row.role] : undefined
	const entra = role?.access?.entra
	const { grantId, approvedAt } = row
	return {
		request: {
			id: row.id,
			number: Number(row.number),
			at: row.requestedAt,
			durationSeconds: row.durationSeconds,
			reason: row.reason,
			ticket: row.ticket,
		},
		subject: { id: row.requesterId, name: row.requesterName, employer: row.employer },
		role: { key: row.role, title: titleOf(charter, row.role), handles: role?.handles ?? 'unclassified' },
		entitlement: {
			name: entra?.name ?? '',
			scope: row.scope ?? (entra && 'scope' in entra ? entra.scope : ''),
		},
		charter: {
			id: version.charterId,
			version: version.version,
			textSha256: version.textSha256,
			organisation: charter.charter.organisation,
			boundary: charter.charter.boundary,
		},
		// What was opened by break-glass passed none. Of groups that decide at one stage the people are counted together:
		// none of them counts twice.
		stages:
			(row.breakGlass === null ? role?.access?.stages : undefined)?.map((stage) => ({
				role: stage.from,
				quorum: groupsOf(stage).reduce((sum, { quorum }) => sum + quorum, 0),
			})) ?? [],
		approvals: row.decisions.map(
			({ approverId, approver, from, stage, verdict, at, entryId, entryIndex }) => ({
				approver: { id: approverId, name: approver },
				role: from ?? '',
				stage,
				verdict,
				at,
				entry: { id: entryId, index: entryIndex },
			}),
		),
		breakGlass: useOf(row.breakGlass),
		outcome: outcomeOf(row),
		closed: row.closedAt !== null && grantId === null ? { at: row.closedAt, code: row.voidedBy } : null,
		grant:
			grantId === null || approvedAt === null
				? null
				: {
						id: grantId,
						approvedAt,
						activatedAt: row.startsAt,
						expiresAt: row.endsAt,
						endedAt: row.endedAt,
						endedBy: row.endedBy,
						endCause: row.cause,
						failure: row.failure,
						tenantRequestId: row.tenantRequestId,
					},
		facilities: { authorised: row.authorisedAt, present: row.presentAt },
		entry:
			row.entryId === null
				? null
				: {
						id: row.entryId,
						index: row.entryIndex === null ? null : Number(row.entryIndex),
						leafHash: row.leafHash,
					},
		events: row.events,
	}
}

function useOf(part: HistoryRecordRow['breakGlass']): AccessRecord['breakGlass'] {
	if (part === null) return null
	const signed = part.signatures.map(({ part: as, id, name, verdict, at, entryId, entryIndex }) => ({
		as,
		id,
		name,
		verdict,
		at,
		entry: { id: entryId, index: entryIndex },
	}))
	const second = signed.find(({ as }) => as === 'second')
	return {
		number: part.number,
		state: part.state,
		second: second ? { id: second.id, name: second.name, at: second.at, entry: second.entry } : null,
		reviews: signed
			.filter(({ as }) => as === 'review')
			.map(({ id, name, verdict, at, entry }) => ({ reviewer: { id, name }, verdict, at, entry })),
	}
}

function outcomeOf(row: HistoryRecordRow): Outcome {
	if (row.state === 'approved' && row.grantState === 'failed') return 'failed'
	const state = accessStateOf(row)
	return state === 'needs_you' ? 'waiting' : state
}
