import type { Instant } from '../../shared/instants.ts'
import type { ExportContext } from './access-record.ts'
import { CHECKS } from './oscal-checks.ts'
import { line, oscalUuid, prop } from './oscal-parts.ts'
import type { Tally } from './oscal-tally.ts'

/** Version of the Open Security Controls Assessment Language that the document follows. */
export const OSCAL_VERSION = '1.2.2'

type OscalContext = ExportContext & {
	organisation: string
	charter: { id: string; title: string; version: number; textSha256: string }
	/** In words, what the filter chose. */
	filter: Readonly<Record<string, string | null>>
	/** Beginning and end of the evidence: the period of the filter, as far as it has ends. */
	start: Instant
	end: Instant
}

const text = (value: unknown) => JSON.stringify(value)

/** The document up to its observations, as JSON that is still open. */
export function oscalHead(context: OscalContext): string {
	const { organisation, charter, boundary, exportedBy, exportedAt, filter, start, end } = context
	const chosen = Object.entries(filter).map(([name, value]) => `${name}: ${value ?? 'all'}`)
	const party = oscalUuid('party', organisation)
	const plan = oscalUuid('plan', charter.id, charter.textSha256)
	const metadata = {
		title: line(`Access to ${boundary}: assessment results`),
		'last-modified': exportedAt,
		version: exportedAt,
		'oscal-version': OSCAL_VERSION,
		props: [prop('exported-by', exportedBy)],
		parties: [{ uuid: party, type: 'organization', name: line(organisation) }],
	}
	const resource = {
		uuid: plan,
		title: line(`${charter.title}, version ${charter.version}`),
		description: `The charter in force is the plan that accesses are assessed against. SHA-256 of its text: ${charter.textSha256}.`,
	}
	const result = {
		uuid: oscalUuid('result', exportedAt, text(filter)),
		title: `Accesses from ${start} to ${end}`,
		description: `Every request and access that fits: ${chosen.join('; ')}. Read from the records of Charterkeep by program, each access laid against the charter version then in force.`,
		start,
		end,
		'reviewed-controls': {
			'control-selections': [
				{
					'include-controls': [...new Set(CHECKS.map(({ control }) => control))].map((id) => ({
						'control-id': id,
					})),
				},
			],
		},
	}
	const head = {
		uuid: oscalUuid('results', exportedAt, text(filter)),
		metadata,
		'import-ap': { href: `#${plan}` },
		'back-matter': { resources: [resource] },
	}
	// Both objects are left open, for what is not known before every access has been seen.
	return `{"assessment-results":${text(head).slice(0, -1)},"results":[${text(result).slice(0, -1)}`
}

/** The findings, and the end of the document. Where no access was active nothing was examined, and nothing is found. */
export function oscalTail(tally: Tally): string {
	const findings = CHECKS.filter(({ examined }) => examined(tally) > 0).map(
		({ control, target, title, failed, describe, examined, areRisks }) => {
			const against = failed(tally)
			return {
				uuid: oscalUuid('finding', target, String(examined(tally)), against.join(' ')),
				title,
				description: describe(tally),
				target: {
					type: 'statement-id',
					'target-id': target,
					status: { state: against.length === 0 ? 'satisfied' : 'not-satisfied' },
				},
				...(against.length > 0
					? {
							'related-observations': against.map((id) => ({
								'observation-uuid': oscalUuid('observation', id),
							})),
						}
					: {}),
				...(against.length > 0 && areRisks
					? { 'related-risks': against.map((id) => ({ 'risk-uuid': oscalUuid('risk', id) })) }
					: {}),
				props: [prop('control', control)],
			}
		},
	)
	return `${findings.length > 0 ? `,"findings":${text(findings)}` : ''},"remarks":${text(remarksOf(tally))}}]}}\n`
}

function remarksOf({ requests, active, lockboxes, opened, drift, believed, standing }: Tally): string {
	const accesses =
		active === 0
			? 'No access that fits was ever active: of accesses there was nothing to examine, and nothing is found.'
			: `${requests} requests, of which ${active} became accesses that the tenant confirmed.`
	const content =
		lockboxes === 0
			? ''
			: ` ${lockboxes} requests for customer content, of which ${opened} were seen to be open.`
	const held =
		drift === 0
			? ''
			: ` ${drift} differences between Entra ID and what was approved, of which ${believed} were seen twice and ${standing} still stand.`
	return accesses + content + held
}
