import type { Probed, Prober } from '#app/integrations/graph/probe.server.ts'
import { ok, warning, wrong, type Finding } from './finding.ts'
import type { Need } from './probes.ts'

const ADMIN = 'tenant administrator'
const OPERATOR = 'operator of Charterkeep'

const BARRING = new Set(['Authorization_RequestDenied', 'PermissionScopeNotGranted'])
const isBarred = (seen: Probed) =>
	seen.kind === 'refused' && (seen.status === 403 || seen.status === 401 || BARRING.has(seen.code))

/** Whether an application may do what it is to do; `needed` is all that it needs, and `roles` what stands in its token. */
export function judgeNeed(
	need: Need,
	needed: readonly Need[],
	roles: readonly string[] | null,
	seen: Probed,
): Finding {
	const { permission, purpose, orElse, isVital } = need
	const bad = isVital ? wrong : warning
	const isGranted = roles?.includes(permission) ?? null
	const wider = orElse.find((other) => roles?.includes(other))
	if (seen.kind === 'silent')
		return bad(permission, `To ${purpose}. The tenant did not answer (${seen.message}).`, OPERATOR)
	if (isBarred(seen) || (isGranted === false && wider === undefined && roles !== null))
		return bad(
			permission,
			`To ${purpose}. It is not granted: add it to the app registration as an application permission, with consent of an administrator.`,
			ADMIN,
		)
	if (seen.kind === 'refused' && (seen.status === 429 || seen.status >= 500))
		return bad(permission, `To ${purpose}. The tenant answered ${seen.status}: try again.`, OPERATOR)
	// What is needed for something else anyway allows no more than is needed.
	if (isGranted === false && wider !== undefined && needed.every((other) => other.permission !== wider))
		return warning(permission, `To ${purpose}. ${wider} is granted instead, which allows more.`, ADMIN)
	return ok(permission, `To ${purpose}.`)
}

/**
 * What is granted and not needed: the least is all that an application should have. What holds a permission as well is needed
 * only while the permission itself is missing. `tolerated` may be needed, as far as is known.
 */
export function excess(
	who: string,
	had: Awaited<ReturnType<Prober['roles']>>,
	needs: readonly Need[],
	tolerated: readonly string[],
): Finding[] {
	const roles = 'roles' in had ? (had.roles ?? []) : []
	const known = new Set([
		...tolerated,
		...needs.flatMap(({ permission, orElse }) =>
			roles.includes(permission) ? [permission] : [permission, ...orElse],
		),
	])
	return roles
		.filter((role) => !known.has(role))
		.map((role) => warning(role, `Not needed by ${who}: take it away.`, ADMIN))
}
