import { csvRecord } from '#workflows/audit-export/formats/csv.ts'
import type { ReportLine } from '#workflows/tenant/readiness/report.schema.ts'

/** Names of accounts, groups and applications by object id; whoever is not in it is named by id alone. */
export type AccountNames = ReadonlyMap<string, { name: string | null; upn: string | null }>

const HEAD = [
	'account_id',
	'account_name',
	'user_principal_name',
	'account_kind',
	'person_id',
	'place_kind',
	'place_id',
	'place_scope',
	'charter_roles',
	'standing',
	'through_group',
	'from_utc',
	'until_utc',
	'charter_verdict',
	'clauses',
	'phishing_resistant',
	'problems',
] as const

/** Who holds what as CSV (RFC 4180, UTF-8); no cell is a formula to a spreadsheet. */
export function linesAsCsv(
	{ lines }: { lines: readonly (Omit<ReportLine, 'codes'> & { codes: readonly string[] })[] },
	names: AccountNames,
): string {
	const rows = lines.map((line) => {
		const { place } = line
		const known = names.get(line.principalId)
		return [
			line.principalId,
			known?.name ?? '',
			known?.upn ?? '',
			line.kind,
			line.personId ?? '',
			place.kind,
			place.kind === 'role' ? place.roleDefinitionId : place.groupId,
			place.kind === 'role' ? place.directoryScopeId : place.relation,
			line.roles.join(' '),
			line.standing,
			line.through ?? '',
			line.from ?? '',
			line.until ?? '',
			line.verdict,
			line.codes.join(' '),
			line.method ?? '',
			line.problems.join(' '),
		]
	})
	return [HEAD, ...rows].map(csvRecord).join('')
}
