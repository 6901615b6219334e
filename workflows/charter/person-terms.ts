import { durationMs, type Period } from '../shared/instants.ts'
import { statesOfCaveat } from './caveats.ts'
import type { Charter, CharterRole } from './charter.schema.ts'
import { effectiveRole, type EffectiveRole } from './effective.ts'
import { UNION_STATES } from './nations.ts'
import { term, type PresenceRule, type Term } from './term.ts'

/** What the role asks of the person themselves, whatever part they play. */
export function personTerms(
	charter: Charter,
	role: CharterRole,
	standing: boolean,
	facility?: string,
): Term[] {
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
			: { facility: key, network: rule.network, badgeWithinMs: durationMs(rule.badgeWithin) }
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
