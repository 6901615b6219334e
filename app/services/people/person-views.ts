import type { FactCourse, StoredValues } from '#db/queries/fact-rows.ts'
import type { FactSource } from '#workflows/ledger/primitives.schema.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { ClauseCode, Verdict } from '#workflows/charter/verdict.ts'
import type { PersonName, RoleName } from '../views.ts'

/** Where a fact stands: it holds, will hold, has ended, or was taken back. */
export type FactStatus = 'current' | 'upcoming' | 'ended' | 'retracted'

export type PersonFactView = {
	id: string
	kind: FactKind
	values: StoredValues
	status: FactStatus
	validFrom: string
	validUntil: string | null
	recordedAt: string
	recordedBy: string | null
	source: FactSource
	evidence: string
	file: { id: string; sha256: string } | null
	verified: { at: string; by: string | null } | null
	retracted: { at: string; by: string | null; reason: string | null; supersededBy: string | null } | null
	/** The fact that this one corrects. */
	corrects: string | null
	course: { [K in keyof FactCourse]: K extends `${string}At` ? string | null : FactCourse[K] }
	/**
	 * A journey that was not approved before it began, or not debriefed after its end; an event that nobody triaged; a visit
	 * that is not over and was certified with a clearance that does not last as long by now.
	 */
	alarm: 'unapproved' | 'debrief_owed' | 'untriaged' | 'not_covered' | null
}

/** A part of the charter's rules as satisfied or not, for readers who may not see what is recorded. */
export type CoarseReason = { group: 'NATIONALITY' | 'CLEARANCE' | ClauseCode; satisfied: boolean }

export type PersonView = PersonName & {
	userPrincipalName: string
	employer: string
	personnelNumber: string | null
	entraObjectId: string
	manager: PersonName | null
	passkeys: number
	/** Null for readers who may see only whether the charter is satisfied. */
	facts: PersonFactView[] | null
	/** Live accesses and accesses that are being made, for "is access still live?". */
	liveAccesses: number
	roles: (RoleName & {
		purpose: string
		part: 'holder' | 'requester'
		entraRole: string | null
		/** Null for readers who may not see what is recorded; they have `coarse`. */
		verdict: Verdict | null
		coarse: CoarseReason[]
		permit: boolean
	})[]
	/** Titles of roles and facilities that facts name. */
	titles: Readonly<Record<string, string>>
}

/** One fact with what came before and after it, oldest first. */
export type FactPageView = {
	person: PersonName
	fact: PersonFactView
	chain: PersonFactView[]
	titles: Readonly<Record<string, string>>
	liveAccesses: number
}
