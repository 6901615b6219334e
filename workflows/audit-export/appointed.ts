import type { Duty } from '../charter/charter.schema.ts'
import type { Instant } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import type { createPersonHistory } from './person-history.ts'

/** Whether somebody held a duty, as the entries tell it; null where charter or facts are not laid open. */
export type AppointedTo = (personId: string, duties: readonly Duty[], at: Instant) => boolean | null

/**
 * A duty comes with an appointment to a role that gives it. Whether its rules were satisfied as well is not asked here: what they
 * rest on (presence, the make of a passkey) is in no entry of its own.
 */
export function createAppointedTo(
	charters: Pick<CharterBook, 'around'>,
	people: Pick<ReturnType<typeof createPersonHistory>, 'factsOf'>,
): AppointedTo {
	return (personId, duties, at) => {
		const known = charters.around(at)
		const { facts, sealed } = people.factsOf(personId, at)
		if (known === null || sealed.length > 0) return null
		return known.some((charter) =>
			facts.appointments.some(
				({ role, validFrom, validUntil }) =>
					validFrom <= at &&
					(validUntil === null || validUntil > at) &&
					(charter.roles[role]?.duties.some((duty) => duties.includes(duty)) ?? false),
			),
		)
	}
}
