import type { Instant } from '../shared/instants.ts'

/** A fact holds from `validFrom` (inclusive) until `validUntil` (exclusive); null means no stated end. */
export type Validity = { validFrom: Instant; validUntil: Instant | null }

export type Citizenship = Validity & { country: string }
/** `validUntil` is what the authority stated, never computed from the scheme. */
export type Clearance = Validity & {
	scheme: string
	level: string
	issuer: string
	state: 'granted' | 'suspended' | 'revoked'
}
export type Appointment = Validity & { role: string }
export type FacilityAuthorisation = Validity & { facility: string }

/** Everything that eligibility may know of a person. It holds no name: the verdict must not depend on one. */
export type PersonFacts = {
	personId: string
	citizenships: readonly Citizenship[]
	clearances: readonly Clearance[]
	appointments: readonly Appointment[]
	facilities: readonly FacilityAuthorisation[]
}
