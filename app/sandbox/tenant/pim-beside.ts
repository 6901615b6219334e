import { assignmentIdOf } from './assignment-id.ts'
import type { Row } from './pim-kinds.ts'
import type { StoredRequest } from './state.ts'

/** What is done to assignments past the requests of PIM, and what the plain list of assignments tells. */
export function actBeside({
	requests,
	assignments,
	isOver,
	now,
	newId,
}: {
	requests: StoredRequest[]
	assignments: () => readonly StoredRequest[]
	isOver: (request: StoredRequest) => boolean
	now: () => number
	newId: () => string
}) {
	/** As nobody's request made it. */
	const unasked = {
		action: 'adminAssign',
		ticketNumber: null,
		ticketSystem: null,
		removedAt: null,
		canceledAt: null,
	} as const
	return {
		/** An assignment for good made past PIM, as the rest of Graph and older tools make them. */
		assignDirectly(principalId: string, place: StoredRequest['place']): string {
			const id = `${newId()}-1`
			requests.push({
				...unasked,
				id,
				principalId,
				place,
				justification: null,
				targetScheduleId: id,
				createdAt: now(),
				provisionAt: now(),
				endAt: null,
				expirationType: 'noExpiration',
				isDirect: true,
			})
			return id
		},
		/** Somebody who is eligible activates a place from a later time on, as they do in the portal. */
		activateLater(principalId: string, place: StoredRequest['place'], startAt: number, endAt: number): void {
			const id = newId()
			requests.push({
				...unasked,
				id,
				principalId,
				place,
				justification: 'activated',
				targetScheduleId: id,
				createdAt: now(),
				provisionAt: startAt,
				beginsLater: true,
				isActivation: true,
				endAt,
				expirationType: 'afterDateTime',
			})
		},
		/** Takes an assignment away by its own id, without a request; false where there is none. */
		removeDirectly(id: string): boolean {
			const found = requests.find((r) => r.action === 'adminAssign' && assignmentIdOf(r) === id && !isOver(r))
			if (found) found.removedAt = now()
			return found !== undefined
		},
		/** Ends what is active at exactly this place, as taking somebody out of the plain list of a group does; false where nothing is. */
		takeOut(principalId: string, place: StoredRequest['place']): boolean {
			const found = requests.filter(
				(r) =>
					r.action === 'adminAssign' &&
					r.principalId === principalId &&
					r.provisionAt <= now() &&
					Object.entries(place).every(([name, value]) => r.place[name] === value) &&
					!isOver(r),
			)
			for (const one of found) one.removedAt = now()
			return found.length > 0
		},
		/** What is assigned now, as the plain list of assignments has it. */
		assignments: (): Row[] =>
			assignments()
				.filter((r) => !isOver(r) && now() >= r.provisionAt)
				.map((r) => ({ id: assignmentIdOf(r), principalId: r.principalId, ...r.place, appScopeId: null })),
		/** What somebody does beside the requests that are told here: another begin or end, another scope, or gone. */
		meddle(
			principalId: string,
			/** The id of the role or group. */
			id: string,
			{
				directoryScopeId,
				...change
			}: Partial<Pick<StoredRequest, 'provisionAt' | 'endAt' | 'removedAt'>> & {
				directoryScopeId?: string
			},
		): boolean {
			const found = requests.find(
				(r) =>
					r.action === 'adminAssign' &&
					r.principalId === principalId &&
					Object.values(r.place).includes(id) &&
					!isOver(r),
			)
			if (found) Object.assign(found, change)
			if (found && directoryScopeId !== undefined) found.place = { ...found.place, directoryScopeId }
			return found !== undefined
		},
	}
}
