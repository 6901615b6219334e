import type { Capability } from '#app/integrations/graph/clouds.ts'
import type { Probed, Prober } from '#app/integrations/graph/probe.server.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { checkPlaces, type CheckedPlace } from './check-places.ts'
import { ok, warning, wrong, type Finding } from './finding.ts'
import { excess, judgeNeed } from './judge-need.ts'
import { killSwitchPermissions } from './kill-switch-permissions.ts'
import { ROLE_MANAGEMENT } from './membership-permissions.ts'
import { neededPermissions } from './needed-permissions.ts'
import { policyPath, type Need, type Setup } from './probes.ts'
import { judgePolicy } from './role-policy.ts'

/** Certificates and tokens are refused by clocks that differ by more than this. */
const SKEW_WARNING_MS = 2 * 60_000
const SKEW_ERROR_MS = 5 * 60_000
const VALIDATED_MS = 3_600_000
const ADMIN = 'tenant administrator'
const OPERATOR = 'operator of Charterkeep'
const LICENCE = 'AadPremiumLicenseRequired'

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
	const { charter } = setup
	const isRefused = 'trouble' in (await first.roles())
	const places = charter === null || isRefused ? null : await checkPlaces(charter, setup, first, now)
	const set: Setup = { ...setup, ...shapeOf(charter), hasRoleGroups: hasRoleGroups(places) }
	const needs = neededPermissions(set, new Date(now.getTime() + VALIDATED_MS))
	const { findings, licence, isReached } = await checkApplication('the application', first, needs)
	if (!isReached) return findings
	return [
		...findings,
		...excess('the application', await first.roles(), needs, toleratedBy(set)),
		...licence,
		clocks(first.skewMs()),
		...(await checkKillSwitch(set, killSwitch)),
		...setup.lacks.map((one) =>
			warning(one, 'This cloud does not have it, as the settings say: Charterkeep does without.', null),
		),
		...(charter === null || places === null ? [] : await checkRoles(charter, setup.groups, places, first)),
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
		findings.push(judgeNeed(need, needs, had.roles, seen))
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

/** What of a charter says what is needed. */
function shapeOf(charter: Charter | null): Pick<Setup, 'hasUnits' | 'hasOwners'> {
	const places = Object.values(charter?.roles ?? {}).flatMap(({ access }) => access?.entra ?? [])
	return {
		hasUnits: places.some((place) => 'scope' in place && place.scope !== '/'),
		hasOwners: places.some((place) => 'relation' in place && place.relation === 'owner'),
	}
}

/** Whether a group of the charter may hold directory roles; null where one could not be looked at. */
function hasRoleGroups(places: ReadonlyMap<string, CheckedPlace> | null): boolean | null {
	const all = places === null ? null : [...places.values()]
	if (all?.some(({ needsRoleManagement }) => needsRoleManagement)) return true
	return all === null || all.some(({ isKnown }) => !isKnown) ? null : false
}

/** Which of plain membership may be needed, where it is not known what the groups may hold. */
const toleratedBy = ({ groups, hasRoleGroups: has }: Setup): string[] =>
	groups === 'membership' && has === null ? [ROLE_MANAGEMENT] : []

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

async function checkKillSwitch(setup: Setup, prober: Prober | null): Promise<Finding[]> {
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
	return isReached
		? [...findings, ...excess('the kill switch', await prober.roles(), needs, toleratedBy(setup))]
		: findings
}

/** Whether each role of the charter can be given in this tenant at all, and for as long as the charter says. */
async function checkRoles(
	charter: Charter,
	groups: GroupKeeper,
	places: ReadonlyMap<string, CheckedPlace>,
	prober: Prober,
): Promise<Finding[]> {
	const findings: Finding[] = []
	for (const [key, { access }] of Object.entries(charter.roles)) {
		if (access === undefined) continue
		const about = `role ${key}`
		const { entra } = access
		const isRole = 'roleTemplateId' in entra
		const ofPlace = places.get(key)?.findings ?? []
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
