import type { Client } from '@microsoft/microsoft-graph-client'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import type { DirectoryPort } from '../directory-port.ts'
import {
	GrantPortUnavailable,
	type GrantPort,
	type GrantTarget,
	type PlacePort,
	type WriteOutcome,
} from '../grant-port.ts'
import type { SubscriptionPort } from '../subscription-port.ts'
import type { TenantPort } from '../tenant-port.ts'
import type { WatchPort } from '../watch-port.ts'
import { assignments } from './assignments.server.ts'
import { certificatesOf, type AppCertificate } from './certificates.ts'
import { connectGraph, type TenantConnection } from './client.server.ts'
import type { Capability } from './clouds.ts'
import { directoryRoles } from './directory-roles.server.ts'
import { graphDirectory } from './directory.server.ts'
import type { AppIdentity } from './credentials.server.ts'
import { groupMembers } from './group-members.server.ts'
import { openLanes, REAL_TIME, type Lanes, type LanesClock } from './lanes.server.ts'
import { eligibilities } from './eligibilities.server.ts'
import { pimGroups } from './pim-groups.server.ts'
import { rememberRules } from './remembered-rules.ts'
import { reading } from './reading.server.ts'
import { schedules } from './schedules.server.ts'
import { graphSubscriptionPort } from './subscriptions.server.ts'
import { graphSignIns } from './sign-ins.server.ts'
import { graphTenant } from './tenant-reader.server.ts'
import { inLane } from './urgency.server.ts'

const RULES_KEPT_MS = 30_000

/** The connectors of one tenant, and what to call that tenant. */
export function connectTenant(
	tenant: TenantConnection,
	newId: () => string,
	now: () => Date = () => new Date(),
	clock: LanesClock = REAL_TIME,
): {
	grants: GrantPort
	directory: DirectoryPort
	reader: TenantPort
	subscriptions: SubscriptionPort
	watch: WatchPort
	label: {
		kind: 'sandbox' | 'entra'
		id: string
		/** Tenants that were left for good. */
		former: readonly string[]
		name: string
		groups: GroupKeeper
		/** What its cloud does not have. */
		lacks: readonly Capability[]
		certificates: readonly AppCertificate[]
	}
} {
	const tools = { newId, lanes: openLanes(tenant.budgets, clock) }
	const client = connectGraph(tenant, tools)
	return {
		grants: grantPort(client, tenant, { newId, lanes: tools.lanes, clock, now }),
		directory: graphDirectory(client, tools.lanes, tenant),
		reader: rememberRules(graphTenant(client, tools.lanes, { ...tenant, now }), RULES_KEPT_MS, now),
		subscriptions: graphSubscriptionPort(client, tenant),
		watch: graphSignIns(client, tenant.graphBaseUrl),
		label: {
			kind: tenant.kind,
			id: tenant.tenantId.toLowerCase(),
			former: tenant.formerTenantIds ?? [],
			name: tenant.name,
			groups: tenant.groups,
			lacks: tenant.lacks,
			certificates: certificatesOf(tenant.identity, tenant.killSwitch),
		},
	}
}

/** Every kind of place behind the one port: each target goes to the connector of its kind. */
function grantPort(
	client: Client,
	tenant: TenantConnection,
	{ newId, lanes, clock, now }: { newId: () => string; lanes: Lanes; clock: LanesClock; now: () => Date },
): GrantPort {
	const portOf = placesOf(client, tenant, lanes)
	const { killSwitch } = tenant
	// Its calls are counted apart: another application has a budget of its own.
	const removers = killSwitch === null ? null : removersOf(tenant, killSwitch, { newId, clock })
	return {
		assign: (order) => portOf(order).assign(order),
		update: (order) => portOf(order).update(order),
		remove: (order) => portOf(order).remove(order),
		cancel: (target, requestId) => portOf(target).cancel(target, requestId),
		read: (target, how) => portOf(target).read(target, how),
		eligibilities: eligibilities(client, lanes),
		assignments: assignments(client),
		schedules: schedules(client, tenant.lacks, now),
		async revokeSessions(principalId) {
			const path = `/users/${encodeURIComponent(principalId)}/revokeSignInSessions`
			await inLane('sessions', () => reading(() => client.api(path).post({})))
		},
		killSwitch: removers === null ? null : { remove: (order) => removers(order).remove(order) },
	}
}

function removersOf(
	tenant: TenantConnection,
	identity: AppIdentity,
	{ newId, clock }: { newId: () => string; clock: LanesClock },
) {
	const lanes = openLanes(tenant.budgets, clock)
	return placesOf(connectGraph({ ...tenant, identity }, { newId, lanes }), tenant, lanes)
}

function placesOf(client: Client, { graphBaseUrl, lacks }: TenantConnection, lanes: Lanes) {
	const ports = {
		role: lacks.includes('pim-roles') ? WITHOUT_PIM : directoryRoles(client, lanes),
		pim: pimGroups(client, lanes),
		membership: groupMembers(client, graphBaseUrl, lanes),
	}
	return ({ place }: GrantTarget): PlacePort => (place.kind === 'role' ? ports.role : ports[place.by])
}

const NO_PIM = 'This cloud has no Privileged Identity Management for directory roles.'
const refused = (): Promise<WriteOutcome> =>
	Promise.resolve({ kind: 'refused', code: 'NoPimForRoles', message: NO_PIM })

/**
 * Directory roles where the cloud has no PIM: what is asked for is refused, with that reason. Nothing is read as "not
 * held": an access that was given before the setting was made must not pass for ended.
 */
const WITHOUT_PIM: PlacePort = {
	assign: refused,
	update: refused,
	remove: refused,
	cancel: refused,
	read: () => Promise.reject(new GrantPortUnavailable(NO_PIM)),
}
