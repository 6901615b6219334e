import type { Instant } from '../shared/instants.ts'
import { canonicalJson } from '../shared/canonical-json.ts'
import type { Charter, RoleAccess } from './charter.schema.ts'
import { judge } from './eligibility.ts'
import type { PersonFacts } from './facts.ts'
import { roleOf } from './term.ts'

/** Why an access does not survive a charter: a clause it fails, or what the charter changed about the role itself. */
export type EndReason = string

/**
 * Whether a pending request or a live access, agreed to under an older version, holds under this charter for the rest
 * of its time; every reason when it does not. A request whose approval or target the charter changes falls as well:
 * it would be decided by rules that are no longer in force.
 */
export function reasonsToEnd(
	charter: Charter,
	{
		role,
		agreed,
		facts,
		at,
		remainingMs,
		isPending,
		isStarting = false,
	}: {
		role: string
		/** The role's access as it was agreed to. */
		agreed: RoleAccess | undefined
		facts: PersonFacts
		at: Instant
		/** What is left of it; for a request, all of it. */
		remainingMs: number
		isPending: boolean
		/** It is about to begin: what only ever holds for hours (presence, working hours) is judged as well. */
		isStarting?: boolean
	},
): EndReason[] {
	const access = roleOf(charter, role)?.access
	if (!access) return ['ROLE_GONE']
	const verdict = judge(charter, facts, {
		role,
		part: 'requester',
		at,
		durationMs: Math.max(0, remainingMs),
		standing: !isStarting,
	})
	const isSame = (part: keyof RoleAccess) =>
		agreed !== undefined && canonicalJson(plain(agreed[part])) === canonicalJson(plain(access[part]))
	return [
		...(verdict.permit ? [] : verdict.denials.map(({ code }) => code)),
		...(isSame('entra') ? [] : ['TARGET_CHANGED']),
		...(isPending && !isSame('stages') ? ['APPROVAL_CHANGED'] : []),
	]
}

/** Without keys that say nothing, which have no JSON form. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as null
