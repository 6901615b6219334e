import type { RequestRow } from '#db/queries/requests.ts'
import { seatsAt } from '#workflows/access/request-context.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { AccessState, RequestSummary, RoleName } from '../views.ts'
import { isRepeatable } from './repeat-request.server.ts'

export const titleOf = (charter: Charter, role: string) =>
	(Object.hasOwn(charter.roles, role) ? charter.roles[role]?.title : undefined) ?? role

export const roleName = (charter: Charter, key: string): RoleName => ({ key, title: titleOf(charter, key) })

type StateRow = Pick<RequestRow, 'state' | 'grantState'> & Partial<Pick<RequestRow, Extending>>
type Extending = 'id' | 'extendsGrantId' | 'extendedState' | 'extendedContext'

/** The state of the access in the words of the page. "active" only ever comes from the tenant's confirmation. */
export function accessStateOf(row: StateRow): AccessState {
	switch (row.state) {
		case 'pending':
			return 'waiting'
		case 'denied':
			return 'refused'
		case 'timedOut':
			return 'timed_out'
		case 'withdrawn':
		case 'voided':
			return 'voided'
		case 'approved':
			return row.extendsGrantId ? extensionStateOf(row) : grantStateOf(row.grantState)
	}
}

/** Of an approved extension: on its way until Entra shows the later end, then as the access that it extends. */
function extensionStateOf({ id, extendedState, extendedContext }: StateRow): AccessState {
	const { extension, extended = [] } = extendedContext ?? {}
	if (extension?.requestId === id) return 'provisioning'
	return extended.some(({ requestId }) => requestId === id) ? grantStateOf(extendedState ?? null) : 'refused'
}

function grantStateOf(grantState: RequestRow['grantState']): AccessState {
	switch (grantState) {
		case 'scheduled':
			return 'scheduled'
		case 'drifted':
			return 'drifted'
		case 'extending':
		case 'active':
			return 'active'
		case 'removing':
		case 'postponed':
			return 'ending'
		case 'notConfirmed':
			return 'not_confirmed'
		case 'ended':
		case 'expired':
		case 'revoked':
			return 'ended'
		case 'voided':
			return 'voided'
		case 'failed':
			return 'refused'
		case 'planned':
		case 'provisioning':
		case null:
			return 'provisioning'
	}
}

/** One row of a list of requests. */
export function summarise(row: RequestRow, charter: Charter): RequestSummary {
	const state = accessStateOf(row)
	const openStage = row.state === 'pending' ? row.context.stages[row.context.stage] : undefined
	return {
		id: row.id,
		number: row.number,
		requester: { id: row.requesterId, name: row.requesterName },
		role: roleName(charter, row.role),
		state,
		durationSeconds: row.durationSeconds,
		filedAt: row.createdAt.toISOString(),
		deadline: openStage
			? row.context.decideBy
			: state === 'active' || state === 'drifted'
				? (row.grantContext?.endsAt ?? row.extendedContext?.endsAt ?? null)
				: null,
		waitsFor:
			openStage === undefined
				? null
				: seatsAt(row.context, row.context.stage)
						.filter(({ isFilled }) => !isFilled)
						.map(({ from }) => titleOf(charter, from))
						.join(', '),
		startAt: row.startAt?.toISOString() ?? null,
		grantId: row.grantId,
		isBreakGlass: row.context.stages.length === 0,
		isRepeatable: isRepeatable(row),
	}
}
