import type { Database } from '#db/client.ts'
import { charterVersionInForce } from '#db/queries/charter.ts'
import { listPeople } from '#db/queries/people.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { startSandboxTenant } from './tenant/server.ts'

const TIMEOUT_MS = 10_000

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
		users: people.map(({ entraObjectId, displayName, userPrincipalName }) => ({
			id: entraObjectId,
			displayName,
			userPrincipalName,
			accountEnabled: true,
		})),
		roles: Object.values(charter.roles).flatMap(({ access }) =>
			access && 'roleTemplateId' in access.entra
				? [{ id: access.entra.roleTemplateId, displayName: access.entra.name }]
				: [],
		),
	})
	undo.push(() => sandbox.stop())
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
	}
}
