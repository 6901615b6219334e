import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { governedPlaces } from '#workflows/tenant/readiness/governed-places.ts'
import { countQuorum } from '#workflows/tenant/readiness/judge-quorum.ts'
import { judgeReadiness } from '#workflows/tenant/readiness/readiness.ts'
import type { PicturePart, TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { AT, charterWith, operator } from '#test/factories/charter.ts'
import { pictureOf, roleHolding } from './picture-parts.ts'

/** The directory role that the charter of these tests governs in the whole tenant, and two that it does not govern. */
export const GOVERNED_ROLE = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10'
export const PRINTER_TECHNICIAN = 'e8cef6f1-e4bd-4ea8-bc07-4b8d950f4477'

const STRENGTH = '00000000-0000-0000-0000-000000000004'
/** Sign-in as it should be, so that whatever a test finds is of its own making. */
const SIGN_IN: Pick<TenantPicture, 'conditionalAccess' | 'authenticationStrengths'> = {
	conditionalAccess: [
		{
			id: 'ca',
			displayName: 'Keys for all',
			state: 'enabled',
			modifiedAt: null,
			includeUsers: ['all'],
			excludeUsers: [],
			includeGroups: [],
			excludeGroups: [],
			includeRoles: [],
			excludeRoles: [],
			excludesGuests: false,
			includeApplications: ['all'],
			excludeApplications: [],
			narrowedBy: [],
			operator: 'AND',
			builtInControls: [],
			authenticationStrengthId: STRENGTH,
			hasOtherControls: false,
		},
	],
	authenticationStrengths: [
		{ id: STRENGTH, displayName: 'Phishing-resistant', allowedCombinations: ['fido2'] },
	],
}

/** PIM's own policy of each place that the charter gives, as it should be. */
const policiesOf = (charter: Charter): TenantPicture['rolePolicies'] =>
	[...governedPlaces(charter).values()].map(({ place }) => ({
		place:
			place.kind === 'role'
				? { kind: 'role', roleDefinitionId: place.roleDefinitionId }
				: { kind: 'group', groupId: place.groupId, relation: place.relation },
		maximumAssignment: 'PT8H',
		isExpirationRequired: true,
		maximumActivation: null,
		assignmentRules: [],
		activationRules: [],
		needsApproval: null,
	}))

/** An assignment through PIM that ends today. */
export const endsToday = (id: string, given: Parameters<typeof roleHolding>[1] = {}) =>
	roleHolding(id, {
		roleDefinitionId: GOVERNED_ROLE,
		from: '2026-11-23T10:00:00.000Z',
		until: '2026-11-23T18:00:00.000Z',
		scheduleId: 's',
		...given,
	})

export const signsInWith = (objectId: string, kind: 'fido2' | 'password') => ({
	read: true as const,
	objectId,
	kinds: [kind],
	passkeys: [],
	readAt: AT,
})

/** Somebody who may decide, and may not ask. */
export const approver = operator({
	personId: 'approver',
	appointments: [{ role: 'approver', validFrom: AT, validUntil: null }],
})

/** The charter of these tests with its role given by a place in a group. */
export function charterOfGroup(groupId: string): Charter {
	const access = charterWith().roles.admin?.access
	if (!access) throw new Error('The charter of the tests has no role that is asked for.')
	return charterWith({ access: { ...access, entra: { groupId, relation: 'member', name: 'Admins' } } })
}

/** The report on a tenant in which sign-in and PIM's policies are well and enough people may decide, unless something else is given. */
export function judged(
	given: Partial<Omit<TenantPicture, 'parts'>>,
	{
		charter = charterWith(),
		people = {},
		approved = [],
		unread = [],
		everybody = [operator(), approver],
	}: {
		charter?: Charter
		people?: Record<string, PersonFacts>
		approved?: readonly string[]
		unread?: readonly PicturePart[]
		everybody?: readonly PersonFacts[]
	} = {},
) {
	const quorum = countQuorum(charter, AT)
	for (const facts of everybody) quorum.add(facts)
	return judgeReadiness({
		charter,
		picture: pictureOf({ ...SIGN_IN, rolePolicies: policiesOf(charter), ...given }, unread),
		people: new Map(Object.entries(people).map(([id, facts]) => [id, { personId: facts.personId, facts }])),
		approved: new Set(approved),
		quorum,
		at: AT,
	})
}

/** Each kind of problem with what it is about, as a report tells them. */
export const problemsIn = ({ problems }: ReturnType<typeof judged>) =>
	problems.map(({ kind, about }) => `${kind} ${about ?? ''}`)
