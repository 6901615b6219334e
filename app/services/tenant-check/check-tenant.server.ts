import type { Capability } from '#app/integrations/graph/clouds.ts'
import type { Probed, Prober } from '#app/integrations/graph/probe.server.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { checkPlaces } from './check-places.ts'
import { ok, warning, wrong, type Finding } from './finding.ts'
import { killSwitchPermissions, neededPermissions, policyPath, type Need } from './needed-permissions.ts'
import { judgePolicy } from './role-policy.ts'

/** Certificates and tokens are refused by clocks that differ by more than this. */
const SKEW_WARNING_MS = 2 * 60_000
const SKEW_ERROR_MS = 5 * 60_000
const VALIDATED_MS = 3_600_000
const ADMIN = 'tenant administrator'
const OPERATOR = 'operator of Charterkeep'
const LICENCE = 'AadPremiumLicenseRequired'

const BARRING = new Set(['Authorization_RequestDenied', 'PermissionScopeNotGranted'])
const isBarred = (seen: Probed) =>
	seen.kind === 'refused' && (seen.status === 403 || seen.status === 401 || BARRING.has(seen.code))
const isUnlicensed = (seen: Probed) => seen.kind === 'refused' && seen.code === LICENCE

export type TenantSetup = {
	groups: GroupKeeper
	lacks: readonly Capability[]
	/** Whether the tenant is to tell us of changes. */
	isTold: boolean
	/** Null where it could not be read: roles are not looked at then. */
	charter: Charter | null
}

/**
 * Looks whether a tenant gives what is set up: permissions, licence, clocks, and the policies of the charter's roles. Nothing
 * that it sends changes anything: it reads, validates only, and speaks of somebody who does not exist.
 */
export async function checkTenant(
	setup: TenantSetup,
	{ first, killSwitch }: { first: Prober; killSwitch: Prober | null },
	now: Date,
): Promise<Finding[]> {
	const needs = neededPermissions(
		{ ...setup, hasUnits: hasUnits(setup.charter) },
		new Date(now.getTime() + VALIDATED_MS),
	)
	const { findings, licence, isReached } = await checkApplication('the application', first, needs)
	if (!isReached) return findings
	return [
		...findings,
		...excess('the application', await first.roles(), needs),
		...licence,
		clocks(first.skewMs()),
		...(await checkKillSwitch(setup, killSwitch)),
		...setup.lacks.map((one) =>
			warning(one, 'This cloud does not have it, as the settings say: Charterkeep does without.', null),
		),
		...(await checkRoles(setup, first, now)),
	]
}

async function checkApplication(who: string, prober: Prober, needs: readonly Need[]) {
	const had = await prober.roles()
	if ('trouble' in had) {
		const sentence = {
			CredentialRefused: `The authority refuses what ${who} shows (${had.message}). Register the certificate or the federation anew.`,
			ApplicationNotFound: `The authority knows no such application, or it is disabled (${had.message}). Check the client id and the tenant id.`,
			WrongTenant: `What answers for ${who} is another tenant than ENTRA_TENANT_ID (${had.message}). Nothing is sent to it. Set the id of the tenant that is meant.`,
			NoToken: `No token was had for ${who} (${had.message}). Check the network and the address of the authority.`,
		}[had.trouble]
		const mender = had.trouble === 'NoToken' ? OPERATOR : ADMIN
		return { findings: [wrong(`token of ${who}`, sentence, mender)], licence: [], isReached: false }
	}
	const findings: Finding[] = [ok(`token of ${who}`, 'The authority gives one.')]
	let isLicensed = true
	for (const need of needs) {
		const seen = await prober.send(need.probe)
		if (isUnlicensed(seen)) isLicensed = false
		findings.push(judgeNeed(need, had.roles, seen))
	}
	const licence = isLicensed
		? [ok('licence', 'No call was refused for want of one.')]
		: [
				wrong(
					'licence',
					'The tenant has no licence for Privileged Identity Management (Microsoft Entra ID P2 or ID Governance): buy and assign one, or keep roles as plain membership of groups.',
					ADMIN,
				),
			]
	return { findings, licence, isReached: true }
}

function judgeNeed(need: Need, roles: readonly string[] | null, seen: Probed): Finding {
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
	if (isGranted === false && wider !== undefined)
		return warning(permission, `To ${purpose}. ${wider} is granted instead, which allows more.`, ADMIN)
	return ok(permission, `To ${purpose}.`)
}

const hasUnits = (charter: Charter | null): boolean =>
	Object.values(charter?.roles ?? {}).some(
		({ access }) => access !== undefined && 'scope' in access.entra && access.entra.scope !== '/',
	)

/** What is granted and not needed: the least is all that an application should have. */
function excess(who: string, had: Awaited<ReturnType<Prober['roles']>>, needs: readonly Need[]): Finding[] {
	const roles = 'roles' in had ? (had.roles ?? []) : []
	const known = new Set(needs.flatMap(({ permission, orElse }) => [permission, ...orElse]))
	return roles
		.filter((role) => !known.has(role))
		.map((role) => warning(role, `Not needed by ${who}: take it away.`, ADMIN))
}

function clocks(skewMs: number | null): Finding {
	if (skewMs === null) return warning('clock', 'The tenant did not tell its time.', OPERATOR)
	const seconds = Math.round(Math.abs(skewMs) / 1000)
	const sentence = `The clock here and that of the tenant differ by ${seconds} s`
	if (Math.abs(skewMs) > SKEW_ERROR_MS)
		return wrong(
			'clock',
			`${sentence}: tokens are refused and accesses end at the wrong time. Set it by NTP.`,
			OPERATOR,
		)
	if (Math.abs(skewMs) > SKEW_WARNING_MS) return warning('clock', `${sentence}. Set it by NTP.`, OPERATOR)
	return ok('clock', `${sentence}.`)
}

async function checkKillSwitch(setup: TenantSetup, prober: Prober | null): Promise<Finding[]> {
	if (prober === null)
		return [
			warning(
				'kill switch',
				'There is none: nothing removes access while the application itself is refused. Set ENTRA_KILL_SWITCH_CLIENT_ID and ENTRA_KILL_SWITCH_CERTIFICATE_FILE.',
				OPERATOR,
			),
		]
	const needs = killSwitchPermissions(setup)
	const { findings, isReached } = await checkApplication('the kill switch', prober, needs)
	return isReached ? [...findings, ...excess('the kill switch', await prober.roles(), needs)] : findings
}

/** Whether each role of the charter can be given in this tenant at all, and for as long as the charter says. */
async function checkRoles(
	{ charter, groups, lacks }: TenantSetup,
	prober: Prober,
	now: Date,
): Promise<Finding[]> {
	if (charter === null) return []
	const places = await checkPlaces(charter, { groups, lacks }, prober, now)
	const findings: Finding[] = []
	for (const [key, { access }] of Object.entries(charter.roles)) {
		if (access === undefined) continue
		const about = `role ${key}`
		const { entra } = access
		const isRole = 'roleTemplateId' in entra
		const ofPlace = places.get(key) ?? []
		findings.push(...ofPlace)
		// What cannot be given at all is not asked for how long.
		if (ofPlace.some(({ level }) => level === 'error')) continue
		if (!isRole && groups === 'membership') {
			findings.push(ok(about, 'It is plain membership, which has no policy: Charterkeep alone ends it.'))
			continue
		}
		const path = isRole
			? policyPath('DirectoryRole', '/', entra.roleTemplateId)
			: policyPath('Group', entra.groupId, entra.relation)
		const seen = await prober.send({ method: 'GET', path })
		findings.push(
			...(seen.kind === 'done'
				? judgePolicy(about, durationMs(access.maximumDuration) ?? 0, seen.answer)
				: [warning(about, 'Its policy could not be read, so its longest duration is not known.', ADMIN)]),
		)
	}
	return findings
}
