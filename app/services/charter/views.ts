import type { Duty } from '#workflows/charter/charter.schema.ts'
import type { Marking } from '#workflows/charter/clearance-schemes.ts'
import type { BeforeGranting, FindingKind, Reaction } from '#workflows/charter/entra.schema.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Question } from '#workflows/charter/term.ts'
import type { ClauseResult, Verdict } from '#workflows/charter/verdict.ts'
import type { PersonName, RoleName } from '../views.ts'
import type { PlacesView } from './places-view.ts'

export type StageText = {
	title: string
	quorum: number
	/** Groups that decide at the same time. */
	alongside?: { title: string; quorum: number }[]
	/** How many denials end it, where one is not enough. */
	denials?: number
	withinSeconds: number
	escalation: { title: string; afterSeconds: number } | null
}

/** A charter as people read it. */
export type CharterText = {
	charterId: string
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
			/** Who may have it; null: those who may ask. */
			benefits: string[] | null
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
	entra: {
		beforeGranting: BeforeGranting
		endSessions: boolean
		reactions: { kind: FindingKind; reaction: Reaction }[]
		massRemoval: { most: number; withinMs: number }
		breakGlassAccounts: readonly { objectId: string; title: string }[]
	}
}

/** A version that is or was in force. */
export type VersionRow = {
	version: number
	inForceFrom: string
	/** Null while it is in force. */
	inForceUntil: string | null
	textSha256: string
	entryIndex: number | null
	/** The amendment that brought it; null for the first version. */
	amendmentId: string | null
}

export type CharterView = CharterText &
	VersionRow & { id: string; isInForce: boolean; yaml: string } & {
		/** Whether the tenant could give the places that it names; null of a version that is not in force. */
		places: PlacesView | null
	}

type RoleText = CharterText['roles'][number]
/** Parts of a role that are compared one by one; `other` is what only the text shows. */
export type RolePart =
	keyof Omit<RoleText, 'key' | 'asks' | 'access'> | keyof NonNullable<RoleText['access']> | 'other'
export type RoleChange = {
	key: string
	status: 'added' | 'removed' | 'changed'
	before: RoleText | null
	after: RoleText | null
	/** What it no longer asks for, and what it asks for now. */
	dropped: RoleText['asks']
	added: RoleText['asks']
	parts: RolePart[]
}
/** Sections of a charter outside its roles that say something else. */
export type ChangedSection =
	'head' | 'facilities' | 'agreements' | 'apart' | 'lockbox' | 'breakGlass' | 'undisclosedRequester' | 'entra'
export type CharterChanges = { roles: RoleChange[]; sections: ChangedSection[] }

export type DiffLine = {
	kind: 'same' | 'added' | 'removed'
	before: number | null
	after: number | null
	text: string
}
/** Two texts, line by line: stretches that differ, each with some lines around it. Null when they are too different. */
export type TextDiff = { hunks: { lines: DiffLine[] }[] | null; added: number; removed: number }

export type DiffView = {
	from: { version: number; textSha256: string }
	to: { version: number; textSha256: string }
	text: TextDiff
	changes: CharterChanges
}

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
	/** Titles of the roles and facilities that the facts name by their keys. */
	titles: Readonly<Record<string, string>>
}
