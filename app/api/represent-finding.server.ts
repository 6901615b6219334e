import type { z } from 'zod'
import type { FindingSummary, FindingView } from '#app/services/findings/views.ts'
import type { findingShape, findingsShape } from './finding-shapes.server.ts'
import { requestUrl } from './represent.server.ts'

export const findingUrl = (id: string) => `/api/v1/findings/${id}`

/** A finding as a line of a list. */
export function findingSummaryOf(finding: FindingSummary): z.infer<typeof findingsShape>['findings'][number] {
	const { id, holder, place, reaction, removedAfterMs } = finding
	return {
		id,
		number: finding.number,
		url: findingUrl(id),
		family: finding.family,
		kinds: [...finding.kinds],
		state: finding.state,
		standing: finding.standing,
		holder: { name: holder.name, objectId: holder.objectId, kind: holder.kind },
		through: finding.through,
		place: place === null ? null : { name: place.name, where: place.where, unit: place.unit },
		policy: finding.policy,
		roles: [...finding.roles],
		reaction:
			reaction.do === 'decide'
				? { do: 'decide', withinSeconds: reaction.withinMs / 1000, otherwise: reaction.otherwise }
				: { do: reaction.do, withinSeconds: null, otherwise: null },
		owner: finding.owner,
		foundAt: finding.foundAt,
		lastSeenAt: finding.lastSeenAt,
		decideBy: finding.decideBy,
		isRemovable: finding.isRemovable,
		closedAt: finding.closedAt,
		removedAfterSeconds: removedAfterMs === null ? null : removedAfterMs / 1000,
	}
}

/** One finding with what was seen, decided and done. For which reasons the charter refuses its holder is told to people only. */
export function findingOf(view: FindingView): z.infer<typeof findingShape> {
	const { holds, request, orderedAt } = view
	return {
		...findingSummaryOf(view),
		holds,
		weakened: view.family === 'policy' ? [...view.reasons] : [],
		request:
			request === null ? null : { id: request.id, number: request.number, url: requestUrl(request.id) },
		confirmedAt: view.confirmedAt,
		removal:
			orderedAt === null
				? null
				: {
						orderedAt,
						orderedBy: view.orderedBy,
						sentAt: view.sentAt,
						killSwitchAt: view.killSwitchAt,
						failure: view.failure,
					},
		acceptedUntil: view.acceptedUntil,
		missed: view.missed,
		decisions: view.decisions.map(({ step, officer, reason, acceptedUntil, at, entryIndex }) => ({
			step,
			officer,
			reason,
			acceptedUntil,
			at,
			recordEntry: entryIndex,
		})),
	}
}
