import type { Database } from '#db/client.ts'
import { charterVersionInForce } from '#db/queries/charter.ts'
import { listPeople } from '#db/queries/people.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { startSandboxArm } from './arm/server.ts'
import { startSandboxTenant, type SandboxUser } from './tenant/server.ts'

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
]

/** Sample personas who have other methods than a FIDO2 key. */
const METHODS: Readonly<Record<string, string[]>> = {
	'data-owner': ['password', 'windowsHelloForBusiness'],
	'second-operator': ['password', 'microsoftAuthenticator', 'phone'],
}

/** Starts the sandbox tenant with the people and roles of the organisation, and gives the connection to it. */
export async function startSandbox({
	directory,
	port,
	database,
	now,
	undo,
}: {
	directory: string
	port: number
	database: Database
	now: () => Date
	undo: (() => Promise<void> | void)[]
}) {
	const people = await listPeople(database.db, { search: '', after: null, limit: 10_000 })
	const { charter } = readCharter((await charterVersionInForce(database.db, now())).yaml)
	const sandbox = await startSandboxTenant({
		directory,
		port,
		now,
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
		roles: Object.values(charter.roles).flatMap(({ access }) =>
			access && 'roleTemplateId' in access.entra
				? [{ id: access.entra.roleTemplateId, displayName: access.entra.name }]
				: [],
		),
	})
	undo.push(() => sandbox.stop())
	const arm = await startSandboxArm({
		directory,
		certificate: sandbox.certificate,
		checkToken: sandbox.checkToken,
		now,
	})
	undo.push(() => arm.stop())
	const { tenantId, clientId, certificatePem, caPem, authorityHost, graphBaseUrl } = sandbox
	return {
		name: 'Sandbox tenant',
		tenantId,
		clientId,
		certificatePem,
		caPem,
		authorityHost,
		graphBaseUrl,
		timeoutMs: TIMEOUT_MS,
		sandbox,
		arm,
	}
}
