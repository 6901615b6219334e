import type { RawTenant } from './raw-tenant.ts'

const TICKET_SYSTEM = 'Charterkeep'
const ASSIGNING = new Set(['adminAssign', 'adminUpdate'])
/** Requests that never came to anything mark nothing. */
const VOID = new Set(['Failed', 'Denied', 'Canceled'])

/** Our own marks, by the schedule that they made or changed. */
export function ticketsOf(requests: RawTenant['requests']): Map<string, string[]> {
	const tickets = new Map<string, string[]>()
	if (!requests.read) return tickets
	for (const { id, action, status, targetScheduleId, ticketInfo } of requests.rows) {
		const ticket = ticketInfo?.ticketNumber
		if (!ticket || ticketInfo.ticketSystem !== TICKET_SYSTEM) continue
		if (!ASSIGNING.has(action ?? '') || VOID.has(status ?? '')) continue
		const schedule = targetScheduleId ?? id
		const before = tickets.get(schedule) ?? []
		if (!before.includes(ticket)) tickets.set(schedule, [...before, ticket].sort())
	}
	return tickets
}
