import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { newModel, StringAdapter, newEnforcer } from 'casbin'
import type { Charter, CharterRole } from '#workflows/charter/charter.schema.ts'
import { levelsFrom } from '#workflows/charter/clearance-schemes.ts'
import type { PersonFacts, Validity } from '#workflows/charter/facts.ts'
import type { Instant } from '#workflows/shared/instants.ts'

/**
 * What a peer is told of a person. Neither can look into intervals, so everything that depends on time is worked out
 * for them beforehand, outside what is timed: they are asked less than Charterkeep is.
 */
export type Attributes = {
	citizenships: string[]
	clearances: string[]
	briefings: string[]
	appointments: string[]
	facilities: string[]
}

export function attributesOf(facts: PersonFacts, at: Instant, until: Instant): Attributes {
	const lasting = <T extends Validity>(list: readonly T[]) =>
		list.filter(
			({ validFrom, validUntil }) => validFrom <= at && (validUntil === null || validUntil >= until),
		)
	const now = <T extends Validity>(list: readonly T[]) =>
		list.filter(({ validFrom, validUntil }) => validFrom < until && (validUntil === null || validUntil > at))
	return {
		citizenships: now(facts.citizenships).map(({ country }) => country),
		clearances: lasting(facts.clearances)
			.filter(({ state }) => state === 'granted')
			.map(({ scheme, level }) => `${scheme} ${level}`),
		briefings: lasting(facts.briefings).map(({ key }) => key),
		appointments: lasting(facts.appointments).map(({ role }) => role),
		facilities: lasting(facts.facilities).map(({ facility }) => facility),
	}
}

/** The rule of a role in lists, as both peers are given it. */
function listsOf(role: CharterRole) {
	return {
		citizenships: role.citizenship.anyOf ?? [],
		excluded: role.citizenship.noneOf,
		clearances: role.clearance.anyOf.flatMap(({ scheme, level }) =>
			levelsFrom(scheme, level).map((id) => `${scheme} ${id}`),
		),
		briefings: (role.briefings ?? []).map(({ key }) => key),
		appointments: role.access?.requestedBy ?? [],
		facilities: role.facilities,
	}
}

export type Peer = {
	name: string
	/** Prepares a person, outside what is timed. */
	prepare(personId: string, attributes: Attributes): unknown
	permits(person: unknown, role: string): boolean
}

/** Cedar: the charter as one policy set, parsed beforehand, through the stateful API. */
export function cedarPeer(charter: Charter, roles: readonly string[]): Peer {
	const set = (list: readonly string[]) => `[${list.map((item) => JSON.stringify(item)).join(', ')}]`
	const policies: Record<string, string> = {}
	for (const key of roles) {
		const { citizenships, excluded, clearances, briefings, appointments, facilities } = listsOf(
			charter.roles[key]!,
		)
		policies[key] = `permit(principal, action, resource == Role::${JSON.stringify(key)}) when {
			principal.appointments.containsAny(${set(appointments)}) &&
			principal.citizenships.containsAny(${set(citizenships)}) &&
			${excluded.length > 0 ? `!principal.citizenships.containsAny(${set(excluded)}) &&` : ''}
			principal.clearances.containsAny(${set(clearances)}) &&
			${briefings.length > 0 ? `principal.briefings.containsAll(${set(briefings)}) &&` : ''}
			principal.facilities.containsAny(${set(facilities)})
		};`
	}
	const parsed = cedar.preparsePolicySet('charter', { staticPolicies: policies })
	if (parsed.type !== 'success') throw new Error('Cedar does not take the policies.')
	const action = { type: 'Action', id: 'request' }
	return {
		name: 'cedar-wasm',
		prepare: (id, attrs) => ({ id, entities: [{ uid: { type: 'Person', id }, attrs, parents: [] }] }),
		permits(person, role) {
			const { id, entities } = person as { id: string; entities: cedar.EntityJson[] }
			const answer = cedar.statefulIsAuthorized({
				principal: { type: 'Person', id },
				action,
				resource: { type: 'Role', id: role },
				context: {},
				preparsedPolicySetId: 'charter',
				entities,
				validateRequest: false,
			})
			if (answer.type !== 'success') throw new Error('Cedar gave no answer.')
			return answer.response.decision === 'allow'
		},
	}
}

const MODEL = `
[request_definition]
r = role, person
[policy_definition]
p = role, appointments, citizenships, excluded, clearances, briefings, facilities
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.role == p.role && any(r.person.appointments, p.appointments) && any(r.person.citizenships, p.citizenships) && !any(r.person.citizenships, p.excluded) && any(r.person.clearances, p.clearances) && all(r.person.briefings, p.briefings) && any(r.person.facilities, p.facilities)
`

/** casbin: attribute-based, the charter as one policy of so many lines. */
export async function casbinPeer(charter: Charter, roles: readonly string[]): Promise<Peer> {
	const enforcer = await enforcerOf(charter, roles)
	return {
		name: 'casbin',
		prepare: (_id, attributes) => attributes,
		permits: (person, role) => enforcer.enforceSync(role, person),
	}
}

/** casbin as nobody keeps a charter in it: an enforcer of its own for each role, so that it looks at one line only. */
export async function splitCasbinPeer(charter: Charter, roles: readonly string[]): Promise<Peer> {
	const enforcers = new Map<string, Awaited<ReturnType<typeof enforcerOf>>>()
	for (const role of roles) enforcers.set(role, await enforcerOf(charter, [role]))
	return {
		name: 'casbin, one enforcer a role',
		prepare: (_id, attributes) => attributes,
		permits: (person, role) => enforcers.get(role)?.enforceSync(role, person) ?? false,
	}
}

async function enforcerOf(charter: Charter, roles: readonly string[]) {
	const split = memoised((text: string) => (text === '' ? [] : text.split('|')))
	const lines = roles.map((key) => {
		const lists = listsOf(charter.roles[key]!)
		const parts = [
			lists.appointments,
			lists.citizenships,
			lists.excluded,
			lists.clearances,
			lists.briefings,
			lists.facilities,
		]
		return ['p', key, ...parts.map((part) => part.join('|'))].join(', ')
	})
	const enforcer = await newEnforcer(newModel(MODEL), new StringAdapter(lines.join('\n')))
	await enforcer.addFunction('any', (held: string[], wanted: string) =>
		split(wanted).some((item) => held.includes(item)),
	)
	await enforcer.addFunction('all', (held: string[], wanted: string) =>
		split(wanted).every((item) => held.includes(item)),
	)
	return enforcer
}

function memoised<T>(compute: (text: string) => T): (text: string) => T {
	const known = new Map<string, T>()
	return (text) => {
		let value = known.get(text)
		if (value === undefined) known.set(text, (value = compute(text)))
		return value
	}
}
