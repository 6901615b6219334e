import type { z } from 'zod'
import type { GrantNow, RequestableRole, RequestSummary, RequestView } from '#app/services/views.ts'
import { reasonOf, type Words } from './problems.server.ts'
import type { grantsShape } from './grant-shapes.server.ts'
import type { requestShape, requestsShape } from './request-shapes.server.ts'
import type { rolesShape } from './shapes.server.ts'

export const requestUrl = (id: string) => `/api/v1/requests/${id}`

/** A request as a line of a list. */
export const summaryOf = ({
	id,
	number,
	requester,
	role,
	state,
	durationSeconds,
	filedAt,
	startAt,
	deadline,
	waitsFor,
	grantId,
	isBreakGlass,
}: RequestSummary): z.infer<typeof requestsShape>['requests'][number] => ({
	id,
	number,
	url: requestUrl(id),
	requester,
	role: role.key,
	title: role.title,
	state,
	durationSeconds,
	filedAt,
	startAt,
	deadline,
	waitsFor,
	grantId,
	isBreakGlass,
})

/** One request with everything about it that its page says, but for what is told by people to people. */
export function requestOf(view: RequestView): z.infer<typeof requestShape> {
	const { grant, grantId } = view
	return {
		...summaryOf(view),
		reason: view.reason,
		ticket: view.ticket,
		filedBy: view.filedBy,
		filingId: view.filing?.id ?? null,
		charterVersion: view.charterVersion,
		charterTextSha256: view.charterTextSha256,
		requestSha256: view.requestSha256,
		grantedSeconds: view.grantedSeconds,
		stages: view.stages.map(({ roleTitle, status, decideBy, groups }) => ({
			title: roleTitle,
			status,
			decideBy,
			decisions: groups.flatMap(({ seats }) =>
				seats.map(({ name, verdict, decidedAt }) => ({ name, verdict, decidedAt })),
			),
		})),
		denial: view.denial,
		voidedBy: view.voidedBy,
		isAsked: view.isAsked,
		grant:
			grant === null || grantId === null
				? null
				: {
						id: grantId,
						state: grant.state,
						from: grant.startsAt ?? grant.startAt,
						until: grant.endsAt,
						closedAt: grant.closedAt,
						cause: grant.cause,
					},
		mayWithdraw: view.mayWithdraw,
		mayEnd: view.mayEnd,
	}
}

/** A role that can be asked for: for how long, who decides and by when, or why not. */
export function roleOf(
	{
		key,
		title,
		purpose,
		entraRole,
		maximumSeconds,
		ticketExample,
		verdict,
		isOpenAlready,
		gap,
		stages,
	}: RequestableRole,
	words: Words,
): z.infer<typeof rolesShape>['roles'][number] {
	return {
		role: key,
		title,
		purpose,
		entraRole,
		mayAsk: verdict.permit && !isOpenAlready && gap === null,
		maximumSeconds,
		ticketExample,
		holdsUntil: verdict.permit ? verdict.until : null,
		isOpen: isOpenAlready,
		gap,
		stages: stages.map(({ groups, withinMs, escalation }) => ({
			groups,
			withinSeconds: withinMs / 1000,
			escalation:
				escalation === null ? null : { title: escalation.title, afterSeconds: escalation.afterMs / 1000 },
		})),
		reasons: verdict.permit ? [] : verdict.denials.map((denial) => reasonOf(denial, words)),
	}
}

/** One access that the tenant holds or is about to. */
export const grantOf = ({
	id,
	number,
	grantId,
	requester,
	role,
	state,
	from,
	until,
	extendingTo,
	isBreakGlass,
}: GrantNow): z.infer<typeof grantsShape>['grants'][number] => ({
	id: grantId ?? id,
	requestId: id,
	requestNumber: number,
	holder: requester,
	role: role.key,
	title: role.title,
	state,
	from,
	until,
	extendingTo,
	isBreakGlass,
})
