import type { Coverage } from '../coverage.ts'
import type { AccessRecord, ExportContext } from './access-record.ts'
import { UNDISCLOSED, type LockboxRecord } from './lockbox-record.ts'
import { evidenceOf, line, oscalUuid, prop } from './oscal-parts.ts'

/** One access as an observation. */
export function oscalObservation(
	record: AccessRecord,
	coverage: Coverage | null,
	{ exportedAt }: ExportContext,
): object {
	const { request, subject, role, grant, approvals, outcome, entry, breakGlass } = record
	const signed = [breakGlass?.second, ...(breakGlass?.reviews ?? [])].map((each) => each?.entry)
	const entries = [entry, ...approvals.map((approval) => approval.entry), ...signed]
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
		...evidenceOf(entries),
		collected: exportedAt,
	}
}

/** One request for customer content as an observation. */
export function oscalLockbox(record: LockboxRecord, { exportedAt }: ExportContext): object {
	const { request, provider, boundary, subject, approvals, access, entry, outcome, state } = record
	const entries = [entry, ...approvals.map((each) => each.entry)]
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
		...evidenceOf(entries),
		collected: exportedAt,
	}
}
