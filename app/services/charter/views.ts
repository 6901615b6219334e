import type { Duty } from '#workflows/charter/charter.schema.ts'
import type { Marking } from '#workflows/charter/clearance-schemes.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Question } from '#workflows/charter/terms.ts'
import type { ClauseResult, Verdict } from '#workflows/charter/verdict.ts'
import type { PersonName, RoleName } from '../views.ts'

export type StageText = {
	title: string
	quorum: number
	withinSeconds: number
	escalation: { title: string; afterSeconds: number } | null
}

/** A charter as people read it. */
export type CharterText = {
	id: string
	title: string
	organisation: string
	boundary: string
	jurisdiction: string
	version: number
	tenants: { id: string; title: string; cloud: string }[]
	facilities: {
		key: string
		title: string
		city: string
		country: string
		networks: string[]
		certified: Marking
		presence: 'none' | 'network' | { badgeWithin: string; network: boolean }
	}[]
	agreements: {
		key: string
		title: string
		parties: string[]
		from?: string | undefined
		until?: string | undefined
	}[]
	roles: (RoleName & {
		purpose: string
		duties: readonly Duty[]
		handles: Marking
		reviewEvery: string | null
		retention: string | null
		/** What the role asks of a person, each as in the reasons of a verdict. */
		asks: Pick<ClauseResult, 'code' | 'required'>[]
		access: null | {
			entraRole: string
			maximumSeconds: number
			requestedBy: string[]
			ticketExample: string
			stages: StageText[]
		}
	})[]
	apart: { how: 'held' | 'active' | 'across'; roles: string[] }[]
	lockbox: { maximumSeconds: number; stages: StageText[] } | null
	breakGlass: {
		usedBy: string[]
		roles: string[]
		maximumSeconds: number
		secondOfficer: boolean
		tells: string[]
		review: { title: string; quorum: number; withinSeconds: number }
	} | null
	undisclosedRequester: 'deny' | 'stages-decide'
}

export type CharterView = CharterText & { inForceFrom: string; textSha256: string; yaml: string }

/** Why a person may or may not: one question, its verdict with every clause, and under what it was judged. */
export type ExplanationView = {
	person: PersonName
	role: RoleName
	part: Question['part']
	/** Approver only: the stage, counted from 1, and the title of the role that decides there. */
	stage: { number: number; title: string } | null
	/** The facility that the access is to be used from; null: any of the role's. */
	facility: string | null
	durationSeconds: number
	/** The instant that was asked about, and what was known when. */
	at: string
	knownAt: string
	/** Whether presence, working hours and what else is live were judged as well. */
	isMomentary: boolean
	charter: { title: string; version: number; textSha256: string; inForceFrom: string | null }
	verdict: Verdict
	/** SHA-256 over the canonical form of the verdict: two explanations with the same one say the same. */
	verdictSha256: string
	/** The facts themselves, for readers who may see them; null for all others. */
	facts: PersonFacts | null
}
