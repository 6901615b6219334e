import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { charterVersionInForce } from '#db/queries/charter.ts'
import { readConfig } from '#app/config.server.ts'
import { openProber } from '#app/integrations/graph/probe.server.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { certificatesOf } from '#app/integrations/graph/certificates.ts'
import { judgeCertificate } from '#app/services/tenant-check/certificate.ts'
import { checkTenant } from '#app/services/tenant-check/check-tenant.server.ts'
import { warning, type Finding } from '#app/services/tenant-check/finding.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { CommandError } from '../command-error.ts'
import { withDatabase } from '../open-database.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')
const SIGNS = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' } as const

/** `charterkeep tenant check`: 0 nothing is wrong, 1 something is. */
export async function check(args: string[]): Promise<number> {
	const { values } = parseArgs({
		args,
		options: { charter: { type: 'string' }, json: { type: 'boolean', default: false } },
	})
	const { tenant } = readConfig(process.env, CHECKOUT)
	if (tenant === null)
		throw new CommandError(
			'No tenant is set, so the sandbox stands in for one and there is nothing to check. Set ENTRA_TENANT_ID and the settings beside it (.env.example).',
		)
	const now = () => new Date()
	const tools = { newId: randomUUID, now }
	const connection = { ...tenant, kind: 'entra' as const }
	const { killSwitch } = tenant
	const read = await charterOf(values.charter)
	const findings = await checkTenant(
		{
			groups: tenant.groups,
			lacks: tenant.lacks,
			isTold: tenant.notificationUrl !== null,
			charter: read.charter,
		},
		{
			first: openProber(connection, tools),
			killSwitch: killSwitch === null ? null : openProber({ ...connection, identity: killSwitch }, tools),
		},
		now(),
	)
	const dated = certificatesOf(connection.identity, killSwitch).map((one) => judgeCertificate(one, now()))
	// Where no token is had, a certificate that is well is not what somebody looks for.
	const isReached = findings.some(({ level }) => level === 'ok')
	const told = dated.filter(({ level }) => isReached || level !== 'ok')
	const all = [...findings, ...told, ...read.findings]
	const errors = all.filter(({ level }) => level === 'error').length
	if (values.json)
		console.log(JSON.stringify({ tenant: tenant.tenantId, cloud: tenant.cloud, findings: all }, null, 2))
	else {
		console.log(`Tenant ${tenant.name} (${tenant.cloud}: ${tenant.graphBaseUrl})\n`)
		for (const finding of all) console.log(lineOf(finding))
		console.log(`\n${errors === 0 ? 'Nothing is wrong.' : `${errors} to be mended.`}`)
	}
	return errors === 0 ? 0 : 1
}

const lineOf = ({ about, level, sentence, mender }: Finding) =>
	`${SIGNS[level]} ${about}: ${sentence}${mender === null ? '' : ` [${mender}]`}`

/** The charter in force, or that of a file. Without either, everything else is looked at all the same. */
async function charterOf(
	file: string | undefined,
): Promise<{ charter: Charter | null; findings: Finding[] }> {
	if (file !== undefined) return { charter: readCharter(textOf(file)).charter, findings: [] }
	try {
		const yaml = await withDatabase(async ({ db }) => (await charterVersionInForce(db, new Date())).yaml, {
			instead: 'name a charter with --charter FILE',
		})
		return { charter: readCharter(yaml).charter, findings: [] }
	} catch (error) {
		if (!(error instanceof CommandError)) throw error
		const sentence = `Roles were not looked at: ${error.message}`
		return { charter: null, findings: [warning('charter', sentence, 'operator of Charterkeep')] }
	}
}

function textOf(file: string): string {
	try {
		return readFileSync(file, 'utf8')
	} catch (error) {
		throw new CommandError(`The charter ${file} cannot be read: ${(error as Error).message}.`, {
			cause: error,
		})
	}
}
