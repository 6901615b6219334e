import type { Instant } from '../../shared/instants.ts'
import type { AccessRecord, EntryRef } from './access-record.ts'
import { UNDISCLOSED, type LockboxRecord } from './lockbox-record.ts'
import { base } from './ocsf-base.ts'

const OTHER = 99

export type SignInEvent = {
	entry: EntryRef
	at: Instant
	isSignIn: boolean
	person: { id: string; name: string }
}
export type CharterEvent = {
	entry: EntryRef
	at: Instant
	charterId: string
	title: string
	version: number
	textSha256: string
	isFirst: boolean
}

/**
 * The events of one access: privileges assigned when the tenant confirmed it, revoked when it confirmed the end. A
 * request that never became an access has none, since nothing was assigned.
 */
export function accessEvents(record: AccessRecord): object[] {
	const { grant } = record
	if (!grant?.activatedAt) return []
	const assigned = userAccess(1, record, grant.activatedAt, 'grant.confirmed')
	return grant.endedAt === null
		? [assigned]
		: [assigned, userAccess(2, record, grant.endedAt, 'grant.ended', grant.endCause)]
}

function userAccess(
	activity: 1 | 2,
	{
		request,
		subject,
		role,
		entitlement,
		charter,
		grant,
		approvals,
		facilities,
		events,
		breakGlass,
	}: AccessRecord,
	at: Instant,
	kind: string,
	detail: string | null = null,
): object {
	const entry = events.findLast((event) => event.kind === kind) ?? null
	return {
		...base('userAccess', activity, at, entry, request.id),
		user: { uid: subject.id, name: subject.name, org: { name: subject.employer } },
		privileges: [entitlement.name],
		resources: [{ name: entitlement.scope, type: 'Microsoft Entra scope' }],
		...(detail === null ? {} : { status_detail: detail }),
		unmapped: {
			request_number: request.number,
			access_type: breakGlass === null ? 'jit' : 'break_glass',
			...(breakGlass === null
				? {}
				: { break_glass: { state: breakGlass.state, second_officer_uid: breakGlass.second?.id ?? null } }),
			charter_role: role.key,
			charter_id: charter.id,
			charter_version: charter.version,
			boundary: charter.boundary,
			justification: request.reason,
			ticket: request.ticket,
			grant_id: grant?.id,
			expires_at: grant?.expiresAt,
			tenant_request_id: grant?.tenantRequestId,
			facilities_authorised: facilities.authorised,
			facilities_present: facilities.present,
			approvals: approvals.map(({ approver, role: from, verdict, at: decidedAt, entry: { index } }) => ({
				approver_uid: approver.id,
				approver: approver.name,
				role: from,
				decision: verdict,
				time: decidedAt,
				record_entry: index,
			})),
		},
	}
}

/**
 * The events of one request for customer content: privileges assigned when its access was seen to be open, revoked when it
 * was over. What was open and over while nobody looked has its end alone; what was never opened has none.
 */
export function lockboxEvents(record: LockboxRecord): object[] {
	const { access } = record
	if (access === null) return []
	return [
		...(access.openedAt === null ? [] : [customerContent(1, record, access.openedAt)]),
		...(access.endedAt === null ? [] : [customerContent(2, record, access.endedAt, access.endedBy)]),
	]
}

function customerContent(
	activity: 1 | 2,
	record: LockboxRecord,
	at: Instant,
	endedBy: string | null = null,
): object {
	const { request, subject, disclosed, provider, boundary, charter, access, approvals, events } = record
	const entry = events.findLast((event) => event.at === at) ?? null
	return {
		...base('userAccess', activity, at, entry, request.id),
		user:
			subject === null
				? { name: disclosed.name ?? UNDISCLOSED, org: { name: provider } }
				: { uid: subject.id, name: subject.name, org: { name: subject.employer } },
		privileges: ['customer content'],
		resources: (record.resources.length > 0 ? record.resources : [boundary?.name ?? provider]).map(
			(name) => ({ name, type: 'customer content' }),
		),
		...(endedBy === null ? {} : { status_detail: endedBy }),
		unmapped: {
			request_number: request.number,
			access_type: record.origin === 'inside' ? 'lockbox_inside' : 'lockbox_provider',
			provider,
			provider_request_id: record.providerRequestId,
			provider_boundary: boundary?.name ?? null,
			requester_country: disclosed.country ?? UNDISCLOSED,
			requester_clearance: disclosed.clearance ?? UNDISCLOSED,
			decided_at_provider: record.isOutOfBand,
			charter_role: record.role?.key ?? null,
			charter_id: charter.id,
			charter_version: charter.version,
			boundary: charter.boundary,
			justification: request.cause,
			ticket: request.supportRequest,
			expires_at: access?.endsAt ?? null,
			approvals: approvals.map((each) => ({
				approver_uid: each.approver.id,
				approver: each.approver.name,
				role: each.role,
				decision: each.verdict,
				time: each.at,
				record_entry: each.entry.index,
				...(each.fell === null ? {} : { fell: each.fell }),
			})),
		},
	}
}

/** Somebody signed in to Charterkeep with a passkey (with user verification), or signed out. */
export function signInEvent({ entry, at, isSignIn, person }: SignInEvent): object {
	return {
		...base('authentication', isSignIn ? 1 : 2, at, entry, null),
		user: { uid: person.id, name: person.name },
		service: { name: 'Charterkeep' },
		...(isSignIn ? { auth_protocol_id: OTHER, auth_protocol: 'WebAuthn', is_mfa: true } : {}),
	}
}

/** A charter version came into force. */
export function charterEvent({
	entry,
	at,
	charterId,
	title,
	version,
	textSha256,
	isFirst,
}: CharterEvent): object {
	return {
		...base('entity', isFirst ? 1 : 3, at, entry, null),
		entity: {
			uid: charterId,
			name: title,
			type: 'sovereignty charter',
			version: String(version),
			data: { text_sha256: textSha256 },
		},
	}
}
