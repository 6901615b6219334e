import { local, minutes, text, type CellOf, type Columns } from './csv-cells.ts'
import { holderName, type FindingRecord } from './finding-record.ts'

/** Columns of findings, behind those of before; empty for whatever is none. */
export const FINDING_COLUMNS: Columns<FindingRecord> = [
	['finding_state', ({ state }) => state],
	['finding_kinds', ({ kinds }) => kinds.join(' ')],
	['finding_holder_kind', ({ holder: { kind } }) => text(kind)],
	['finding_holder_object_id', ({ holder: { objectId } }) => text(objectId)],
	['finding_through_group', ({ through }) => text(through?.name ?? through?.id)],
	['finding_standing', ({ standing }) => standing],
	['finding_held_from_utc', ({ holds: { from } }) => text(from)],
	['finding_held_until_utc', ({ holds: { until } }) => text(until)],
	['finding_of_request', ({ access }) => (access === null ? '' : `R-${access.requestNumber}`)],
	['finding_first_seen_utc', ({ sightings: { first } }) => first],
	['finding_second_seen_utc', ({ sightings: { second } }) => text(second)],
	['finding_last_seen_utc', ({ sightings: { last } }) => last],
	['finding_reaction', ({ reaction }) => reactionText(reaction)],
	['finding_owner', ({ owner }) => text(owner?.name)],
	['finding_decide_by_utc', ({ decideBy }) => text(decideBy)],
	['finding_silence', ({ wasSilent }) => String(wasSilent)],
	['finding_decisions', ({ decisions }) => decisionsText(decisions)],
	['finding_accepted_until_utc', (record) => acceptedUntil(record)],
	['finding_removal_ordered_utc', ({ removal }) => text(removal?.orderedAt)],
	['finding_removal_ordered_by', ({ removal }) => text(removal?.orderedBy)],
	['finding_removal_sent_utc', ({ removal }) => text(removal?.sentAt)],
	['finding_removal_confirmed_utc', ({ removal }) => text(removal?.confirmedAt)],
	['finding_kill_switch_utc', ({ removal }) => text(removal?.killSwitchAt)],
	['finding_failure', ({ removal }) => text(removal?.failure)],
	['finding_over_utc', ({ closed }) => text(closed?.at)],
	['finding_over_why', ({ closed }) => text(closed?.why)],
	['finding_took_minutes', ({ tookMs }) => (tookMs === null ? '' : minutes(tookMs))],
	['finding_reopened', ({ reopened }) => reopenedText(reopened)],
	['finding_earlier', ({ earlier }) => (earlier === null ? '' : `F-${earlier}`)],
	['finding_weakened', ({ weakened }) => weakened.join(' ')],
]

/**
 * What a finding says in the columns of accesses; a column that is not here stays empty. It was never asked for, so nothing
 * stands in what tells of requests, and whatever Entra held is no access that was activated or revoked here.
 */
export const FINDING_CELLS: Readonly<Record<string, CellOf<FindingRecord>>> = {
	exported_by: (_, { exportedBy }) => exportedBy,
	exported_at_utc: (_, { exportedAt }) => exportedAt,
	classification_marking: ({ handles }) => text(handles),
	record_id: ({ entry }) => entry.id,
	ledger_seq: ({ entry }) => text(entry.index),
	record_hash: ({ entry }) => text(entry.leafHash),
	customer: ({ charter }) => charter.organisation,
	boundary: ({ charter }) => charter.boundary,
	charter_id: ({ charter }) => charter.id,
	charter_version: ({ charter }) => text(charter.version),
	charter_text_sha256: ({ charter }) => charter.textSha256,
	request_number: ({ finding }) => `F-${finding.number}`,
	request_id: ({ finding }) => finding.id,
	grant_id: ({ access }) => text(access?.grantId),
	access_type: () => 'finding',
	subject_id: ({ holder: { person } }) => text(person?.id),
	subject_name: (record) => holderName(record),
	employer: ({ holder: { person } }) => text(person?.employer),
	role: ({ roles }) => roles.map(({ key }) => key).join(' '),
	role_title: ({ roles }) => roles.map(({ title }) => title).join('; '),
	entitlement: ({ place, policy }) => text(policy?.name ?? place?.name),
	scope: ({ place }) => text(place?.scope),
	requested_at_utc: ({ finding }) => finding.at,
	requested_at_local: ({ finding }, context) => local(finding.at, context),
	outcome: ({ outcome }) => outcome,
	local_timezone: (_, { zone }) => zone.name,
}

/** As the charter says it: `alert`, `remove`, or to decide within so many seconds and what happens otherwise. */
const reactionText = ({ do: what, withinSeconds, otherwise }: FindingRecord['reaction']) =>
	what === 'decide' ? `decide within ${withinSeconds ?? 0} s, otherwise ${otherwise ?? 'alert'}` : what

/** Until when somebody answers for it; only while they do. */
const acceptedUntil = ({ state, decisions }: FindingRecord) =>
	state === 'accepted' ? text(decisions.findLast(({ step }) => step === 'accept')?.acceptedUntil) : ''

/** What officers signed, in one cell as a JSON array; empty where nobody did. */
function decisionsText(decisions: FindingRecord['decisions']): string {
	if (decisions.length === 0) return ''
	return JSON.stringify(
		decisions.map(({ officer, step, reason, acceptedUntil: until, at, entry }) => ({
			officer: officer.name,
			officer_id: officer.id,
			step,
			reason,
			accepted_until_utc: until,
			at_utc: at,
			method: 'webauthn',
			entry: entry.index,
		})),
	)
}

/** When it was a finding again, in one cell as a JSON array; empty where it never was. */
function reopenedText(reopened: FindingRecord['reopened']): string {
	if (reopened.length === 0) return ''
	return JSON.stringify(reopened.map(({ at, why, second }) => ({ at_utc: at, why, second_seen_utc: second })))
}
