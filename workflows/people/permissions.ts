import type { Charter, Duty } from '../charter/charter.schema.ts'
import { judge } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import type { Instant } from '../shared/instants.ts'

export type Permission =
	/** See who there is, and whether they satisfy the charter. */
	| 'people:read'
	/** See what is recorded about people: nationalities, levels, journeys, reports. */
	| 'people:values'
	| 'people:record'
	/** Connect what tells who is at a facility, and see who is. */
	| 'presence:manage'
	/** See whether mail and webhooks get through, and say which webhooks there are. */
	| 'telling:manage'
	| 'people:enrol'
	| 'people:suspend'
	| 'vetting:run'
	| 'people:provision'
	/** Say which boundaries of providers there are, who holds their roles, and who is on duty. */
	| 'roster:manage'
	/** See how many people satisfy the charter from now on, role by role; names are for those who record facts. */
	| 'forecast:read'
	/** See the readiness reports and the plan. */
	| 'readiness:read'
	/** Make reports, and say who does what by when. */
	| 'readiness:manage'
	| 'request:file'
	| 'request:decide'
	| 'request:read_all'
	| 'grant:end_any'
	/** Revoke the tokens that programs of others act with. */
	| 'token:revoke_any'
	| 'grant:read_all'
	| 'charter:read'
	| 'charter:amend'
	| 'eligibility:explain'
	/** Sign as the second officer that somebody breaks the glass. */
	| 'break_glass:second'
	/** See every use of break-glass and what is owed. */
	| 'break_glass:read_all'
	/** Record afterwards what was used by the sealed procedure. */
	| 'break_glass:record'
	/** See every request for customer content. */
	| 'lockbox:read'
	/** Bring requests in by hand, and say what a provider confirmed. */
	| 'lockbox:record'
	/** See what Entra holds otherwise than approved. */
	| 'finding:read'
	/** Take findings on, and sign what becomes of them. */
	| 'finding:decide'
	| 'record:read'
	| 'record:export'
	| 'record:erase'

const GIVEN_BY: Readonly<Record<Duty, readonly Permission[]>> = {
	security_officer: [
		'readiness:read',
		'readiness:manage',
		'people:read',
		'people:values',
		'people:record',
		'presence:manage',
		'telling:manage',
		'roster:manage',
		'people:enrol',
		'people:suspend',
		'vetting:run',
		'people:provision',
		'forecast:read',
		'request:read_all',
		'grant:end_any',
		'token:revoke_any',
		'grant:read_all',
		'break_glass:second',
		'break_glass:read_all',
		'break_glass:record',
		'lockbox:read',
		'lockbox:record',
		'finding:read',
		'finding:decide',
		'record:read',
		'record:erase',
		'eligibility:explain',
	],
	approver: [
		'people:read',
		'forecast:read',
		'request:decide',
		'request:read_all',
		'grant:read_all',
		'break_glass:second',
		'break_glass:read_all',
		'lockbox:read',
	],
	operator: ['request:file'],
	charter_owner: [
		'readiness:read',
		'readiness:manage',
		'forecast:read',
		'request:read_all',
		'grant:read_all',
		'break_glass:read_all',
		'lockbox:read',
		'finding:read',
		'record:read',
		'telling:manage',
		'charter:amend',
		'eligibility:explain',
	],
	auditor: [
		'readiness:read',
		'people:read',
		'forecast:read',
		'request:read_all',
		'grant:read_all',
		'break_glass:read_all',
		'lockbox:read',
		'finding:read',
		'record:read',
		'record:export',
		'eligibility:explain',
	],
}

/** What these duties allow in Charterkeep itself. Reading the charter is everybody's right. */
export function permissionsOf(duties: Iterable<Duty>): ReadonlySet<Permission> {
	return new Set<Permission>(['charter:read', ...[...duties].flatMap((duty) => GIVEN_BY[duty])])
}

/**
 * The duties a person has now: those of the roles that they are appointed to AND satisfy. An officer whose clearance
 * has lapsed has no duty until it is renewed.
 */
export function dutiesOf(charter: Charter, facts: PersonFacts, at: Instant): ReadonlySet<Duty> {
	const held = Object.entries(charter.roles).filter(
		([role, { duties }]) =>
			duties.length > 0 && judge(charter, facts, { role, part: 'holder', at, durationMs: 0 }).permit,
	)
	return new Set(held.flatMap(([, { duties }]) => duties))
}
