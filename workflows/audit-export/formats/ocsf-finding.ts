import type { FindingKind } from '../../charter/entra.schema.ts'
import { CLOSED_FINDING_STATES, type FindingState } from '../../grants/finding-context.ts'
import { aboutName, heldText, holderName, type FindingEvent, type FindingRecord } from './finding-record.ts'
import { base } from './ocsf-base.ts'

/** `severity_id` of OCSF. */
const SEVERITY = { low: 2, medium: 3, high: 4, critical: 5 } as const
const OF_KIND: Readonly<Record<FindingKind, number>> = {
	guestOrServicePrincipal: SEVERITY.high,
	ineligibleHolder: SEVERITY.high,
	permanent: SEVERITY.high,
	outOfBand: SEVERITY.high,
	policyWeakened: SEVERITY.high,
	wrongScope: SEVERITY.medium,
	wrongEnd: SEVERITY.medium,
	missingGrant: SEVERITY.low,
}

/** `status_id` of the class Detection Finding. */
const STATUS = { new: 1, inProgress: 2, suppressed: 3, resolved: 4 } as const
const OF_STATE: Readonly<Record<FindingState, number>> = {
	seen: STATUS.new,
	alerted: STATUS.new,
	awaiting: STATUS.new,
	referred: STATUS.new,
	/** Somebody looked at it and answers for it. */
	accepted: STATUS.suppressed,
	ordered: STATUS.inProgress,
	held: STATUS.inProgress,
	removing: STATUS.inProgress,
	postponed: STATUS.inProgress,
	notConfirmed: STATUS.inProgress,
	removed: STATUS.resolved,
	gone: STATUS.resolved,
	explained: STATUS.resolved,
	/** One look saw it and none after: nothing was there. */
	neverConfirmed: STATUS.suppressed,
}

/** What a removal is tried again with each minute says nothing that was not said. */
const UNTOLD: ReadonlySet<string> = new Set(['finding.removal_retried'])
/** What somebody must be woken for. */
const ALERTS: ReadonlySet<string> = new Set(['finding.confirmed', 'finding.removal_not_confirmed'])

/**
 * The events of one finding (class Detection Finding): created at its first sighting, updated by each entry that tells more of
 * it, closed at its end. Severity and status are those that it had after the event.
 */
export const findingEvents = (record: FindingRecord): object[] =>
	record.events.filter(({ kind }) => !UNTOLD.has(kind)).map((event) => findingEvent(record, event))

function findingEvent(record: FindingRecord, event: FindingEvent): object {
	const { finding, holder, place, policy, kinds, kindsWhenFound, sightings, charter, closed } = record
	const isFirst = event.kind === 'finding.opened'
	const isClosed = (CLOSED_FINDING_STATES as readonly FindingState[]).includes(event.state)
	const decision = record.decisions.find(({ entry }) => entry.id === event.id)
	const [worst = 'missingGrant'] = isFirst ? kindsWhenFound : kinds
	const about = aboutName(record)
	return {
		...base('finding', isFirst ? 1 : isClosed ? 3 : 2, event.at, event, finding.id),
		severity_id: event.state === 'notConfirmed' ? SEVERITY.critical : OF_KIND[worst],
		status_id: OF_STATE[event.state],
		status_detail: event.state,
		is_alert: ALERTS.has(event.kind),
		...(decision?.reason ? { comment: decision.reason } : {}),
		finding_info: {
			uid: finding.id,
			title: `F-${finding.number}: ${worst}`,
			desc: `${heldText(record)}, ${about}: otherwise than approved (${kinds.join(', ')}).`,
			types: [...(isFirst ? kindsWhenFound : kinds)],
			created_time: Date.parse(finding.at),
			first_seen_time: Date.parse(sightings.first),
			last_seen_time: Date.parse(isFirst ? sightings.first : sightings.last),
			modified_time: Date.parse(event.at),
			analytic: {
				type_id: 1,
				type: 'Rule',
				name: `What the charter says of ${worst}`,
				uid: charter.id,
				version: String(charter.version),
			},
		},
		evidences: [
			{
				name: event.kind,
				...(holder.objectId === null
					? {}
					: {
							user: {
								uid: holder.objectId,
								name: holderName(record),
								...(holder.person === null ? {} : { org: { name: holder.person.employer } }),
							},
						}),
				data: { record_entry: event.index, state: event.state },
			},
		],
		resources: [
			{
				uid: policy?.id ?? place?.id ?? finding.id,
				name: about === '' ? finding.id : about,
				type: policy === null ? 'Microsoft Entra privilege' : 'Microsoft Entra policy',
			},
		],
		unmapped: {
			finding_number: finding.number,
			family: record.family,
			standing: record.standing,
			held_from: record.holds.from,
			held_until: record.holds.until,
			person_uid: holder.person?.id ?? null,
			holder_kind: holder.kind,
			through_group: record.through?.id ?? null,
			charter_roles: record.roles.map(({ key }) => key),
			charter_id: charter.id,
			charter_version: charter.version,
			boundary: charter.boundary,
			second_seen: sightings.second,
			reaction: record.reaction.do,
			reopened: record.reopened.length,
			...(decision === undefined
				? {}
				: {
						decision: {
							officer_uid: decision.officer.id,
							officer: decision.officer.name,
							step: decision.step,
							accepted_until: decision.acceptedUntil,
						},
					}),
			...(isClosed
				? {
						removal_confirmed: record.removal?.confirmedAt ?? null,
						ordered_by: record.removal?.orderedBy ?? null,
						why: closed?.why ?? null,
						took_ms: record.tookMs,
					}
				: {}),
		},
	}
}
