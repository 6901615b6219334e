import { DIRECTORY_ROLES } from '#workflows/lockbox/approver-roles.ts'
import type { Database } from '#db/client.ts'
import { charterVersionInForce } from '#db/queries/charter.ts'
import { listPeople } from '#db/queries/people.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { startSandboxArm } from './arm/server.ts'
import { startSandboxAdmin } from './tenant/admin.ts'
import type { SandboxUser } from './tenant/directory.ts'
import { PHISHING_RESISTANT_STRENGTH } from './tenant/conditional-access.ts'
import { startSandboxTenant } from './tenant/server.ts'

const TIMEOUT_MS = 10_000

/** Accounts that the tenant has beside those of the organisation's people, as every tenant does. */
const BESIDE: readonly SandboxUser[] = [
	{
		id: 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01',
		displayName: 'Nadja Weiland',
		userPrincipalName: 'nadja.weiland@btr.example',
		accountEnabled: true,
	},
	{
		id: 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02',
		displayName: 'Scan service',
		userPrincipalName: 'svc-scan@btr.example',
		accountEnabled: true,
		methods: ['password'],
	},
	{
		id: 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03',
		displayName: 'Visiting auditor',
		userPrincipalName: 'visitor_partner.example#EXT#@btr.example',
		accountEnabled: false,
		userType: 'Guest',
		methods: ['password', 'phone'],
	},
	{
		// The sample charter names it as the account that is watched and never touched.
		id: 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a04',
		displayName: 'Emergency access',
		userPrincipalName: 'emergency@btr.example',
		accountEnabled: true,
		methods: ['password', 'fido2'],
	},
]

/** What every tenant should have: whoever holds a role that is given just in time signs in phishing-resistant. */
export const PRIVILEGED_SIGN_IN = {
	id: '5a0c9b52-3c1e-4f0d-8d4e-9b7f3e2a1c01',
	displayName: 'Privileged roles sign in phishing-resistant',
	strengthId: PHISHING_RESISTANT_STRENGTH,
}

/** A public address, which no name server knows. */
const PUBLIC = 'https://charterkeep.invalid'

/** A group that no charter of the samples speaks of. */
export const GROUP_BESIDE = { id: 'c1a6f0d2-55b7-4e0b-9b0e-2f6c1f4d7e01', displayName: 'Site services' }

/** Sample personas who have other methods than a FIDO2 key. */
const METHODS: Readonly<Record<string, string[]>> = {
	'data-owner': ['password', 'windowsHelloForBusiness'],
	'second-operator': ['password', 'microsoftAuthenticator', 'phone'],
}

/** Directory roles that answer a provider: every tenant has them. */
const APPROVING = Object.entries(DIRECTORY_ROLES).map(([displayName, id]) => ({ id, displayName }))

/** Starts the sandbox tenant with the people and roles of the organisation, and gives the connection to it. */
export async function startSandbox({
	directory,
	port,
	database,
	now,
	undo,
	seedUsers = 0,
	reachedAt = null,
	exchangesKept,
}: {
	directory: string
	port: number
	database: Database
	now: () => Date
	undo: (() => Promise<void> | void)[]
	/** Adds made-up users until there are so many. */
	seedUsers?: number
	/** Where this Charterkeep listens; null where the sandbox has nobody to tell anything. */
	reachedAt?: string | null
	/** How many calls the sandbox tenant keeps with their answers. */
	exchangesKept?: number
}) {
	const people = await listPeople(database.db, { search: '', after: null, limit: 10_000 })
	const { charter } = readCharter((await charterVersionInForce(database.db, now())).yaml)
	const sandbox = await startSandboxTenant({
		directory,
		port,
		now,
		reach: (url) => url.replace(PUBLIC, reachedAt ?? PUBLIC),
		...(exchangesKept === undefined ? {} : { exchangesKept }),
		users: [
			...people.map(({ entraObjectId, displayName, userPrincipalName, persona }) => ({
				id: entraObjectId,
				displayName,
				userPrincipalName,
				accountEnabled: true,
				...(METHODS[persona ?? ''] ? { methods: METHODS[persona ?? ''] } : {}),
			})),
			...BESIDE,
		],
		groups: [
			GROUP_BESIDE,
			...Object.values(charter.roles).flatMap(({ access }) =>
				access && 'groupId' in access.entra
					? [{ id: access.entra.groupId, displayName: access.entra.name }]
					: [],
			),
		],
		conditionalAccess: [
			{
				...PRIVILEGED_SIGN_IN,
				includeRoles: Object.values(charter.roles).flatMap(({ access }) =>
					access && 'roleTemplateId' in access.entra ? [access.entra.roleTemplateId] : [],
				),
			},
		],
		roles: [
			...APPROVING,
			...Object.values(charter.roles).flatMap(({ access }) =>
				access && 'roleTemplateId' in access.entra
					? [{ id: access.entra.roleTemplateId, displayName: access.entra.name }]
					: [],
			),
		],
	})
	undo.push(() => sandbox.stop())
	if (seedUsers > 0) sandbox.switches.seedUsers(seedUsers)
	const admin = await startSandboxAdmin(sandbox.switches)
	undo.push(() => admin.stop())
	const arm = await startSandboxArm({
		directory,
		certificate: sandbox.certificate,
		checkToken: sandbox.checkToken,
		now,
	})
	undo.push(() => arm.stop())
	return {
		name: 'Sandbox tenant',
		...sandbox.connection,
		timeoutMs: TIMEOUT_MS,
		groups: 'pim' as const,
		sandbox,
		arm,
		/** Where its faults are switched. */
		adminUrl: admin.url,
		/** Where it is to tell us of changes: as if a proxy with a certificate stood before us. */
		notificationUrl: reachedAt === null ? null : `${PUBLIC}/graph/notifications`,
	}
}
