import { durationMs } from '../shared/instants.ts'
import type { Charter } from './charter.schema.ts'
import { personTerms } from './person-terms.ts'
import { groupsOf } from './stage-groups.ts'
import { roleOf, term, titles, type Question, type Term } from './term.ts'
import type { ClauseCode, Fix, FixOwner } from './verdict.ts'

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
				unsuspended,
				...appointment([question.role], charter),
				...heldApart(charter, [question.role]),
				...personTerms(charter, asked, standing),
			]
		case 'requester':
		case 'beneficiary': {
			const { access } = asked
			if (!access) return null
			const from = part === 'requester' ? access.requestedBy : (access.benefits ?? access.requestedBy)
			return [
				unsuspended,
				...appointment(from, charter),
				...heldApart(charter, from),
				...(standing ? [] : activeApart(charter, question.role)),
				...personTerms(charter, asked, standing, facility),
				duration(access.maximumDuration),
			]
		}
		case 'approver': {
			const stage = question.stage === undefined ? undefined : asked.access?.stages[question.stage]
			const group = stage === undefined ? undefined : groupsOf(stage)[question.group ?? 0]
			if (group === undefined) return null
			const from = question.escalated ? stage?.escalation?.to : group.from
			const approver = from === undefined ? null : roleOf(charter, from)
			if (from === undefined || approver === null) return null
			return [
				unsuspended,
				...appointment([from], charter),
				...heldApart(charter, [from]),
				...decidesApart(charter, [from, group.from]),
				...personTerms(charter, approver, standing),
			]
		}
	}
}

/** Whatever a charter says: who is suspended has no part in anything. */
const unsuspended = term('SUSPENDED', {}, 'lift_suspension', 'security_officer', { kind: 'unsuspended' })

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

const duration = (maximum: string) =>
	term('DURATION', { atMost: maximum }, 'ask_shorter', 'requester', {
		kind: 'duration',
		maximumMs: durationMs(maximum) ?? 0,
	})
