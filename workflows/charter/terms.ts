import { durationMs as parseDuration, type Instant, type Period } from '../shared/instants.ts'
import type { Charter, CharterRole } from './charter.schema.ts'
import { statesOfCaveat } from './caveats.ts'
import { effectiveRole, type AcceptedClearance, type EffectiveRole } from './effective.ts'
import { UNION_STATES } from './nations.ts'
import type { WorkingHours } from './person-rules.schema.ts'
import type { ClauseCode, Fix, FixOwner, Requirement } from './verdict.ts'

/** Whether a person may play a part in a role. */
export type Question = {
	role: string
	/**
	 * Holds it by appointment, asks for it just in time, has it asked for by somebody else, or decides at one of its
	 * stages as holder of that stage's role.
	 */
	part: 'holder' | 'requester' | 'beneficiary' | 'approver'
	/** Approver only: index of the stage. */
	stage?: number
	/** Approver only: as holder of the role that the stage escalates to. */
	escalated?: boolean
	at: Instant
	/** How long the access would last; every clause must outlast it. 0 for a holder and an approver. */
	durationMs: number
	/** Requester and beneficiary: one of the role's facilities that the access is to be used from; left out, any. */
	facility?: string
	/** Leaves out what only ever holds for hours: presence, working hours, and what else is live. */
	standing?: boolean
}

/** What one clause tests, as data: the plain and the compiled form of the charter both read these. */
export type Test =
	| { kind: 'holds'; fact: 'appointments' | 'facilities'; keys: readonly string[] }
	| { kind: 'apart'; fact: 'appointments' | 'live'; keys: readonly string[] }
	/** Holds that role and one of the others: barred, by whichever of them the person comes. */
	| { kind: 'notBoth'; role: string; others: readonly string[] }
	| { kind: 'citizen'; states: readonly string[] }
	| { kind: 'sole'; states: readonly string[] }
	/** `mustBeKnown`: no other clause asks for a citizenship, so one must be on record. */
	| { kind: 'notCitizen'; states: readonly string[]; mustBeKnown: boolean }
	| { kind: 'usPerson' }
	/** A second citizenship only of `onlyWith`, beside one of `qualifying` (null: any qualifies). */
	| { kind: 'dual'; onlyWith: readonly string[]; qualifying: readonly string[] | null }
	| { kind: 'resident'; states: readonly string[] }
	| { kind: 'cleared'; accepted: readonly AcceptedClearance[]; minimumRemaining: readonly Period[] }
	| { kind: 'attended'; fact: 'briefings' | 'training'; key: string; within: readonly Period[] }
	| { kind: 'employed'; employers: readonly string[]; flowDown: boolean }
	| { kind: 'present'; at: readonly PresenceRule[] }
	| { kind: 'hours'; hours: WorkingHours }
	| { kind: 'credential'; deviceBound: boolean; attested: boolean; aaguids: readonly string[] | null }
	| { kind: 'duration'; maximumMs: number }

export type PresenceRule = { facility: string; network: boolean; badgeWithinMs: number | null }

export type Term = {
	code: ClauseCode
	required: Requirement
	fix: Fix
	fixedBy: FixOwner
	test: Test
	/** Tested at the instant alone: nobody can be known to stay until the access ends. */
	atOnce: boolean
}

/**
 * Every clause that the charter puts to a person in this part, in the order in which one reads them; null when it has
 * no such role, stage, or way to ask.
 */
export function termsOf(charter: Charter, question: Omit<Question, 'at' | 'durationMs'>): Term[] | null {
	const { part, standing = false, facility } = question
	const asked = roleOf(charter, question.role)
	if (asked === null) return null
	switch (part) {
		case 'holder':
			return [
				...appointment([question.role], charter),
				...heldApart(charter, [question.role]),
				...rules(charter, asked, standing),
			]
		case 'requester':
		case 'beneficiary': {
			const { access } = asked
			if (!access) return null
			const from = part === 'requester' ? access.requestedBy : (access.benefits ?? access.requestedBy)
			return [
				...appointment(from, charter),
				...heldApart(charter, from),
				...(standing ? [] : activeApart(charter, question.role)),
				...rules(charter, asked, standing, facility),
				duration(access.maximumDuration),
			]
		}
		case 'approver': {
			const stage = question.stage === undefined ? undefined : asked.access?.stages[question.stage]
			const from = question.escalated ? stage?.escalation?.to : stage?.from
			const approver = from === undefined ? null : roleOf(charter, from)
			if (from === undefined || approver === null) return null
			return [
				...appointment([from], charter),
				...heldApart(charter, [from]),
				...decidesApart(charter, [from, stage?.from]),
				...rules(charter, approver, standing),
			]
		}
	}
}

/** Own properties only: a role called "constructor" is not a role of every charter. */
export function roleOf(charter: Charter, key: string): CharterRole | null {
	return Object.hasOwn(charter.roles, key) ? (charter.roles[key] ?? null) : null
}

const term = (
	code: ClauseCode,
	required: Requirement,
	fix: Fix,
	fixedBy: FixOwner,
	test: Test,
	atOnce = false,
): Term => ({ code, required, fix, fixedBy, test, atOnce })

const titles = (charter: Charter, roles: readonly string[]) =>
	roles.map((key) => roleOf(charter, key)?.title ?? key)

const appointment = (roles: readonly string[], charter: Charter) => [
	term('APPOINTMENT', { anyOf: titles(charter, roles) }, 'appoint', 'charter_owner', {
		kind: 'holds',
		fact: 'appointments',
		keys: roles,
	}),
]

/** Roles that must stay apart from this one. */
const others = (pairs: readonly (readonly string[])[] | undefined, role: string) =>
	(pairs ?? []).flatMap(([a = '', b = '']) => (a === role ? [b] : b === role ? [a] : []))

function apart(
	charter: Charter,
	keys: string[],
	code: ClauseCode,
	fact: 'appointments' | 'live',
	fix: Fix,
	fixedBy: FixOwner,
) {
	return keys.length === 0
		? []
		: [term(code, { noneOf: titles(charter, keys) }, fix, fixedBy, { kind: 'apart', fact, keys })]
}

/** Pairs of the role that must be held; where one of several is enough, who holds both of any pair is barred. */
function heldApart(charter: Charter, roles: readonly string[]): Term[] {
	const pairs = charter.separationOfDuty?.neverHeldTogether
	const [only = ''] = roles
	if (roles.length === 1)
		return apart(
			charter,
			others(pairs, only),
			'SEPARATION_OF_DUTY',
			'appointments',
			'end_other_appointment',
			'charter_owner',
		)
	return [...new Set(roles)].flatMap((role) => {
		const keys = others(pairs, role)
		return keys.length === 0
			? []
			: term(
					'SEPARATION_OF_DUTY',
					{ noneOf: titles(charter, keys) },
					'end_other_appointment',
					'charter_owner',
					{ kind: 'notBoth', role, others: keys },
				)
	})
}

const activeApart = (charter: Charter, role: string) =>
	apart(
		charter,
		others(charter.separationOfDuty?.neverActiveTogether, role),
		'SEPARATION_ACTIVE',
		'live',
		'end_other_access',
		'requester',
	)

/** Who decides in place of a stage's role is barred by the pairs of that role as well. */
const decidesApart = (charter: Charter, roles: readonly (string | undefined)[]) =>
	apart(
		charter,
		(charter.separationOfDuty?.neverAcross ?? []).flatMap(({ requests, approves }) =>
			roles.includes(approves) ? [requests] : [],
		),
		'SEPARATION_OF_DUTY',
		'appointments',
		'end_other_appointment',
		'charter_owner',
	)

/** What the role asks of the person themselves, whatever part they play. */
function rules(charter: Charter, role: CharterRole, standing: boolean, facility?: string): Term[] {
	const effective = effectiveRole(charter, role)
	const facilities =
		facility === undefined
			? effective.facilities
			: effective.facilities.filter((approved) => approved === facility)
	return [
		...citizenshipTerms(effective),
		...residenceTerms(effective),
		clearanceTerm(effective),
		...effective.caveats.map((caveat) =>
			term('CAVEAT', { caveat }, 'change_charter', 'nobody', {
				kind: 'citizen',
				states: statesOfCaveat(caveat) ?? [],
			}),
		),
		...effective.briefings.map(({ key, within }) =>
			term('BRIEFING', { key }, 'brief', 'security_officer', {
				kind: 'attended',
				fact: 'briefings',
				key,
				within,
			}),
		),
		...effective.training.map(({ key, within }) =>
			term('TRAINING', { key }, 'train', 'person', { kind: 'attended', fact: 'training', key, within }),
		),
		...employerTerms(effective),
		term(
			'FACILITY',
			{ anyOf: facilities.map((key) => charter.facilities[key]?.title ?? key) },
			'authorise_facility',
			'security_officer',
			{ kind: 'holds', fact: 'facilities', keys: facilities },
		),
		...(standing ? [] : momentaryTerms(charter, effective, facilities)),
		...credentialTerms(effective),
	]
}

function citizenshipTerms({ citizenship }: EffectiveRole): Term[] {
	const { anyOf, soleOf, noneOf, unionCitizen, usPerson, dualOnlyWith } = citizenship
	const terms: Term[] = []
	if (anyOf)
		terms.push(
			term('CITIZENSHIP', { anyOf }, 'record_citizenship', 'security_officer', {
				kind: 'citizen',
				states: anyOf,
			}),
		)
	if (soleOf)
		terms.push(
			term('CITIZENSHIP_SOLE', { anyOf: soleOf }, 'record_citizenship', 'security_officer', {
				kind: 'sole',
				states: soleOf,
			}),
		)
	if (noneOf.length > 0)
		terms.push(
			term('CITIZENSHIP_EXCLUDED', { noneOf }, 'change_charter', 'nobody', {
				kind: 'notCitizen',
				states: noneOf,
				mustBeKnown: !anyOf && !soleOf && !unionCitizen,
			}),
		)
	if (unionCitizen)
		terms.push(
			term('UNION_CITIZEN', {}, 'record_citizenship', 'security_officer', {
				kind: 'citizen',
				states: UNION_STATES,
			}),
		)
	if (usPerson)
		terms.push(term('US_PERSON', {}, 'record_citizenship', 'security_officer', { kind: 'usPerson' }))
	if (dualOnlyWith !== null)
		terms.push(
			term('DUAL_NATIONALITY', { onlyWith: dualOnlyWith }, 'change_charter', 'nobody', {
				kind: 'dual',
				onlyWith: dualOnlyWith,
				qualifying: qualifying(citizenship),
			}),
		)
	return terms
}

/** The citizenships that make a person fit; null when a right of residence may do so as well. */
function qualifying({ anyOf, soleOf, unionCitizen, usPerson }: EffectiveRole['citizenship']) {
	const lists = [anyOf, soleOf, unionCitizen ? UNION_STATES : null].filter((list) => list !== null)
	if (lists.length === 0) return usPerson ? null : []
	return lists.reduce((all, next) => all.filter((state) => next.includes(state)))
}

function residenceTerms({ residence: { anyOf, unionResident } }: EffectiveRole): Term[] {
	return [
		...(anyOf
			? [
					term('RESIDENCE', { anyOf }, 'record_residence', 'security_officer', {
						kind: 'resident',
						states: anyOf,
					}),
				]
			: []),
		...(unionResident
			? [
					term('UNION_RESIDENT', {}, 'record_residence', 'security_officer', {
						kind: 'resident',
						states: UNION_STATES,
					}),
				]
			: []),
	]
}

function clearanceTerm({ clearance: { accepted, minimumRemaining } }: EffectiveRole): Term {
	const names = accepted.map(({ scheme, level, issuers, agreement }) =>
		[
			`${scheme} ${level}`,
			...(issuers ? [`(${issuers.join(', ')})`] : []),
			...(agreement ? [`[${agreement.key}]`] : []),
		].join(' '),
	)
	const days = minimumRemaining.map(periodText)
	return term(
		'CLEARANCE',
		days.length > 0 ? { anyOf: names, remaining: days } : { anyOf: names },
		'record_clearance',
		'security_officer',
		{ kind: 'cleared', accepted, minimumRemaining },
	)
}

const periodText = ({ months, ms }: Period) =>
	`P${months > 0 ? `${months}M` : ''}${ms > 0 || months === 0 ? `${Math.round(ms / 86_400_000)}D` : ''}`

function employerTerms({ employer }: EffectiveRole): Term[] {
	if (!employer) return []
	const { anyOf, flowDown } = employer
	return [
		term('EMPLOYER', { anyOf, flowDown }, 'record_employment', 'security_officer', {
			kind: 'employed',
			employers: anyOf,
			flowDown,
		}),
	]
}

/** Where one of the facilities asks for no presence, being authorised for that one is enough. */
function momentaryTerms(charter: Charter, effective: EffectiveRole, facilities: readonly string[]): Term[] {
	const presence = facilities.map((key): PresenceRule => {
		const rule = charter.facilities[key]?.presence ?? 'none'
		return typeof rule === 'string'
			? { facility: key, network: rule === 'network', badgeWithinMs: null }
			: { facility: key, network: rule.network, badgeWithinMs: parseDuration(rule.badgeWithin) }
	})
	const isAsked = presence.some(({ network, badgeWithinMs }) => network || badgeWithinMs !== null)
	return [
		...(isAsked
			? [
					term(
						'PRESENCE',
						{ anyOf: facilities.map((key) => charter.facilities[key]?.title ?? key) },
						'come_to_facility',
						'person',
						{ kind: 'present', at: presence },
						true,
					),
				]
			: []),
		...effective.workingHours.map((hours) =>
			term(
				'WORKING_HOURS',
				{ zone: hours.zone, days: hours.days, from: hours.from, until: hours.until },
				'wait_for_hours',
				'requester',
				{ kind: 'hours', hours },
			),
		),
	]
}

function credentialTerms({ credential }: EffectiveRole): Term[] {
	if (!credential) return []
	const { deviceBound, attested, aaguids } = credential
	return [
		term(
			'CREDENTIAL',
			{ deviceBound, attested, ...(aaguids ? { aaguids } : {}) },
			'enrol_passkey',
			'person',
			{ kind: 'credential', deviceBound, attested, aaguids },
		),
	]
}

const duration = (maximum: string) =>
	term('DURATION', { atMost: maximum }, 'ask_shorter', 'requester', {
		kind: 'duration',
		maximumMs: parseDuration(maximum) ?? 0,
	})
