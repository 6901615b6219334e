import { approvalsText, local, minutesBetween, text, type CellOf, type Columns } from './csv-cells.ts'
import { UNDISCLOSED, type LockboxRecord } from './lockbox-record.ts'

/** Columns that came later, behind those of before; empty for whatever is no request for customer content. */
export const LOCKBOX_COLUMNS: Columns<LockboxRecord> = [
	['provider', ({ provider }) => provider],
	['provider_boundary', ({ boundary }) => text(boundary?.name)],
	['provider_request_id', ({ providerRequestId }) => providerRequestId],
	['provider_requester', (record) => disclosedText(record)],
	['provider_status', ({ providerStatus }) => providerStatus],
	['lockbox_state', ({ state }) => state],
	['lockbox_answer', ({ answer, answerCause }) => [answer, answerCause].filter(Boolean).join(' ')],
	['decided_at_provider', ({ isOutOfBand }) => String(isOutOfBand)],
]

/** What a request for customer content says in the columns of accesses; a column that is not here stays empty. */
export const LOCKBOX_CELLS: Readonly<Record<string, CellOf<LockboxRecord>>> = {
	exported_by: (_, { exportedBy }) => exportedBy,
	exported_at_utc: (_, { exportedAt }) => exportedAt,
	classification_marking: ({ role }) => text(role?.handles),
	record_id: ({ entry }) => entry.id,
	ledger_seq: ({ entry }) => text(entry.index),
	record_hash: ({ entry }) => text(entry.leafHash),
	customer: ({ charter }) => charter.organisation,
	boundary: ({ charter }) => charter.boundary,
	charter_id: ({ charter }) => charter.id,
	charter_version: ({ charter }) => text(charter.version),
	charter_text_sha256: ({ charter }) => charter.textSha256,
	request_number: ({ request }) => `L-${request.number}`,
	request_id: ({ request }) => request.id,
	access_type: ({ origin }) => (origin === 'inside' ? 'lockbox_inside' : 'lockbox_provider'),
	subject_id: ({ subject }) => text(subject?.id),
	subject_name: ({ subject, disclosed }) => subject?.name ?? disclosed.name ?? UNDISCLOSED,
	employer: ({ subject }) => text(subject?.employer),
	role: ({ role }) => text(role?.key),
	role_title: ({ role }) => text(role?.title),
	entitlement: () => 'customer content',
	scope: ({ resources }) => resources.join(' '),
	justification: ({ request }) => request.cause,
	ticket_ref: ({ request }) => request.supportRequest,
	requested_by: ({ requester }) => text(requester?.id),
	requested_at_utc: ({ request }) => request.at,
	requested_at_local: ({ request }, context) => local(request.at, context),
	requested_minutes: ({ request: { durationSeconds } }) =>
		durationSeconds === null ? '' : text(durationSeconds / 60),
	approvals: ({ approvals }) => approvalsText(approvals),
	activated_at_utc: ({ access }) => text(access?.openedAt),
	activated_at_local: ({ access }, context) => local(access?.openedAt, context),
	expires_at_utc: ({ access }) => text(access?.endsAt),
	revoked_at_utc: ({ access }) => text(access?.endedAt),
	revoked_at_local: ({ access }, context) => local(access?.endedAt, context),
	revoked_by: ({ access }) => text(access?.endedBy),
	duration_minutes: ({ access }) => minutesBetween(access?.openedAt ?? null, access?.endedAt ?? null),
	outcome: ({ outcome }) => outcome,
	outcome_code: ({ denials }) => denials.join(' '),
	local_timezone: (_, { zone }) => zone.name,
}

/** What the provider says of whoever asks, in one cell as a JSON object; empty for one of ours. */
function disclosedText({ origin, disclosed }: LockboxRecord): string {
	if (origin === 'inside') return ''
	const { name, country, clearance } = disclosed
	return JSON.stringify({
		name: name ?? UNDISCLOSED,
		country: country ?? UNDISCLOSED,
		clearance: clearance ?? UNDISCLOSED,
	})
}
