import { sha1 } from '@noble/hashes/legacy.js'
import { concatBytes, utf8ToBytes } from '../../shared/bytes.ts'
import type { Instant } from '../../shared/instants.ts'
import type { Coverage } from '../coverage.ts'
import type { AccessRecord, ExportContext } from './access-record.ts'
import { UNDISCLOSED, type LockboxRecord } from './lockbox-record.ts'
import { CHECKS, type Tally } from './oscal-checks.ts'

/** Version of the Open Security Controls Assessment Language that the document follows. */
export const OSCAL_VERSION = '1.2.2'
/** Names of our own properties. The address names, and need not be reached. */
const NS = 'https://charterkeep.example/ns/oscal'

/** Identifies the documents of Charterkeep among those of all others (RFC 9562, version 5). */
const NAMESPACE = new Uint8Array([
	0x3b, 0x1d, 0x5e, 0x52, 0x7c, 0x0e, 0x4a, 0x6f, 0x9d, 0x0a, 0x6c, 0x55, 0x2f, 0x90, 0x41, 0xe8,
])

/** A UUID of version 5 for this name: the same subject has the same one in every document, as OSCAL asks. */
export function oscalUuid(...name: string[]): string {
	const bytes = sha1(concatBytes(NAMESPACE, utf8ToBytes(name.join('\n')))).slice(0, 16)
	bytes[6] = (bytes[6]! & 0x0f) | 0x50
	bytes[8] = (bytes[8]! & 0x3f) | 0x80
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
	return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(i === 0 ? 0 : ends[i - 1], end)).join('-')
}

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
/** A title of OSCAL is one line, and so is a name. */
const line = (words: string) => words.replaceAll(/\s+/g, ' ').trim()
const prop = (name: string, value: string) => ({ name, ns: NS, value: line(value) })

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

/** One access as an observation. */
export function oscalObservation(
	record: AccessRecord,
	coverage: Coverage | null,
	{ exportedAt }: ExportContext,
): object {
	const { request, subject, role, grant, approvals, outcome, entry, breakGlass } = record
	const signed = [breakGlass?.second, ...(breakGlass?.reviews ?? [])].map((each) => each?.entry)
	const entries = [entry, ...approvals.map((approval) => approval.entry), ...signed].flatMap((ref) =>
		ref?.index === null || ref?.index === undefined ? [] : [ref.index],
	)
	const gaps = (coverage?.gaps ?? []).map(
		({ from, until, denials }) =>
			`from ${from} until ${until}: ${denials.map(({ code }) => code).join(', ') || 'no charter in force'}`,
	)
	return {
		uuid: oscalUuid('observation', request.id),
		title: line(`R-${request.number}: ${role.title}`),
		description: `Requested ${request.at}; ${outcome}.${gaps.length > 0 ? ` Not permitted by the charter ${gaps.join('; ')}.` : ''}`,
		props: [
			prop('request-id', request.id),
			prop('subject-id', subject.id),
			prop('role', role.key),
			prop('outcome', outcome),
			...(breakGlass
				? [prop('access-type', 'break-glass'), prop('break-glass-state', breakGlass.state)]
				: []),
			...(grant?.activatedAt ? [prop('activated-at', grant.activatedAt)] : []),
			...(grant?.endedAt ? [prop('ended-at', grant.endedAt)] : []),
			...(coverage ? [prop('covered', String(coverage.isCovered))] : []),
		],
		methods: ['EXAMINE'],
		types: ['historic'],
		...(entries.length > 0
			? { 'relevant-evidence': [{ description: `Entries ${entries.join(', ')} of the record.` }] }
			: {}),
		collected: exportedAt,
	}
}

/** One request for customer content as an observation. */
export function oscalLockbox(record: LockboxRecord, { exportedAt }: ExportContext): object {
	const { request, provider, boundary, subject, approvals, access, entry, outcome, state } = record
	const entries = [entry, ...approvals.map((each) => each.entry)].flatMap(({ index }) =>
		index === null ? [] : [index],
	)
	return {
		uuid: oscalUuid('observation', request.id),
		title: line(`L-${request.number}: customer content, ${provider}`),
		description: `Came in ${request.at}; ${outcome}.${record.isOutOfBand ? ' Decided at the provider, and not here.' : ''}`,
		props: [
			prop('request-id', request.id),
			prop('access-type', record.origin === 'inside' ? 'lockbox-inside' : 'lockbox-provider'),
			prop('provider-request-id', record.providerRequestId),
			prop('subject-id', subject?.id ?? UNDISCLOSED),
			prop('outcome', outcome),
			prop('lockbox-state', state),
			...(boundary ? [prop('provider-boundary', boundary.name)] : []),
			...(access?.openedAt ? [prop('activated-at', access.openedAt)] : []),
			...(access?.endedAt ? [prop('ended-at', access.endedAt)] : []),
		],
		methods: ['EXAMINE'],
		types: ['historic'],
		...(entries.length > 0
			? { 'relevant-evidence': [{ description: `Entries ${entries.join(', ')} of the record.` }] }
			: {}),
		collected: exportedAt,
	}
}

/** The findings, and the end of the document. Where no access was active nothing was examined, and nothing is found. */
export function oscalTail(tally: Tally): string {
	const findings = CHECKS.filter(({ examined }) => examined(tally) > 0).map(
		({ control, target, title, failed, describe, examined }) => {
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
				props: [prop('control', control)],
			}
		},
	)
	const content =
		tally.lockboxes === 0
			? ''
			: ` ${tally.lockboxes} requests for customer content, of which ${tally.opened} were seen to be open.`
	const accesses =
		tally.active === 0
			? 'No access that fits was ever active: there was nothing to examine, and there are no findings.'
			: `${tally.requests} requests, of which ${tally.active} became accesses that the tenant confirmed.`
	const remarks = accesses + content
	return `${findings.length > 0 ? `,"findings":${text(findings)}` : ''},"remarks":${text(remarks)}}]}}\n`
}
