import { findingHistory } from '#db/queries/finding-history.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import type { FindingKind } from '#workflows/charter/entra.schema.ts'
import type { FindingStanding } from '#workflows/grants/differences.ts'
import type { FindingState } from '#workflows/grants/finding-context.ts'
import type { FindingStep } from '#workflows/ledger/finding-envelope.schema.ts'
import { foundPlaceView } from '../access/entra-place.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { HolderView } from '../findings/views.ts'
import type { EntraPlaceView } from '../views.ts'
import { toFindingRecord } from './finding-records.server.ts'

/** One finding as the page of the history shows it. */
export type FindingHistoryView = {
	id: string
	number: number
	kinds: readonly FindingKind[]
	standing: FindingStanding
	/** From when on it gives access, of what is still to begin; null of everything else. */
	beginsAt: string | null
	holder: HolderView
	through: string | null
	place: EntraPlaceView | null
	policy: string | null
	state: FindingState
	foundAt: string
	/** When it was seen again, and so believed; null where it never was. */
	secondAt: string | null
	/** How often it was a finding again after it had been accepted. */
	reopened: number
	decisions: {
		officer: string
		step: FindingStep
		acceptedUntil: string | null
		at: string
		entryIndex: number | null
	}[]
	closedAt: string | null
	tookMs: number | null
	entryIndex: number | null
}

/** The newest findings that a filter chooses; whether there are more is told beside. */
export async function findingRows(
	{ database: { db }, charters, tenant }: Deps,
	actor: Actor,
	filter: HistoryFilter,
	limit: number,
): Promise<{ rows: FindingHistoryView[]; isWhole: boolean }> {
	const found = await findingHistory(db, filter, limit + 1)
	const rows: FindingHistoryView[] = []
	for (const row of found.slice(0, limit)) {
		const version = await charters.version(db, row.charterVersionId)
		const record = toFindingRecord(row, version, tenant)
		const { person, objectId, kind, name } = record.holder
		const { place } = row.context.difference
		rows.push({
			id: record.finding.id,
			number: record.finding.number,
			kinds: record.kinds,
			standing: record.standing,
			beginsAt: record.standing === 'scheduled' ? record.holds.from : null,
			holder: {
				kind,
				name: person?.name ?? name,
				personId: actor.permissions.has('people:read') ? (person?.id ?? null) : null,
				objectId,
			},
			through: record.through === null ? null : (record.through.name ?? record.through.id),
			place: place === null ? null : foundPlaceView(place, version.charter, tenant.groups),
			policy: record.policy?.name ?? null,
			state: record.state,
			foundAt: record.sightings.first,
			secondAt: record.sightings.second,
			reopened: record.reopened.length,
			decisions: record.decisions.map(({ officer, step, acceptedUntil, at, entry }) => ({
				officer: officer.name,
				step,
				acceptedUntil,
				at,
				entryIndex: entry.index,
			})),
			closedAt: record.closed?.at ?? null,
			tookMs: record.tookMs,
			entryIndex: record.entry.index,
		})
	}
	return { rows, isWhole: found.length <= limit }
}
