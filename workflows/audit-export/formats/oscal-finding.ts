import type { FindingState } from '../../grants/finding-context.ts'
import type { ExportContext } from './access-record.ts'
import { aboutName, heldText, wasBelieved, type FindingRecord } from './finding-record.ts'
import { evidenceOf, line, oscalUuid, prop } from './oscal-parts.ts'

/** Statuses of a risk as OSCAL names them. */
const STATUS: Readonly<Record<FindingState, string>> = {
	seen: 'investigating',
	alerted: 'open',
	awaiting: 'investigating',
	referred: 'investigating',
	accepted: 'deviation-approved',
	ordered: 'remediating',
	held: 'deviation-requested',
	removing: 'remediating',
	postponed: 'remediating',
	notConfirmed: 'open',
	removed: 'closed',
	gone: 'closed',
	explained: 'closed',
	neverConfirmed: 'closed',
}

const titleOf = (record: FindingRecord) =>
	line(`F-${record.finding.number}: ${record.kinds.join(', ')}, ${aboutName(record)}`)

/** One finding as an observation: what was seen when, and what became of it. */
export function oscalFinding(record: FindingRecord, { exportedAt }: ExportContext): object {
	const {
		finding,
		sightings,
		holder,
		standing,
		holds,
		outcome,
		state,
		removal,
		closed,
		decisions,
		entry,
		reopened,
	} = record
	const believed = sightings.second === null ? 'not seen again' : `seen again ${sightings.second}`
	return {
		uuid: oscalUuid('observation', finding.id),
		title: titleOf(record),
		description: `${heldText(record)}; first seen ${sightings.first}, ${believed}; ${outcome}.`,
		props: [
			prop('finding-id', finding.id),
			prop('finding-state', state),
			prop('outcome', outcome),
			prop('reaction', record.reaction.do),
			prop('standing', standing),
			...(standing === 'scheduled' && holds.from !== null ? [prop('begins-at', holds.from)] : []),
			...(holder.person ? [prop('subject-id', holder.person.id)] : []),
			...(holder.objectId === null ? [] : [prop('holder-object-id', holder.objectId)]),
			...record.roles.map(({ key }) => prop('role', key)),
			...(sightings.second === null ? [] : [prop('second-seen-at', sightings.second)]),
			...(reopened.length === 0 ? [] : [prop('reopened', String(reopened.length))]),
			...(removal?.orderedBy ? [prop('removal-ordered-by', removal.orderedBy)] : []),
			...(removal?.confirmedAt ? [prop('removal-confirmed-at', removal.confirmedAt)] : []),
			...(closed ? [prop('ended-at', closed.at)] : []),
			...(record.tookMs === null ? [] : [prop('took-seconds', String(Math.round(record.tookMs / 1000)))]),
		],
		methods: ['TEST'],
		types: ['finding'],
		...evidenceOf([entry, ...decisions.map((each) => each.entry)]),
		collected: exportedAt,
	}
}

/** One finding that was believed as a risk, with what was done about it; nothing for what was seen once and never again. */
export function oscalRisk(record: FindingRecord): object[] {
	if (!wasBelieved(record)) return []
	const { finding, state, decideBy, charter, reaction } = record
	const accepted = record.decisions.findLast(({ step }) => step === 'accept')?.acceptedUntil ?? null
	const deadline = state === 'accepted' ? accepted : decideBy
	const log = logOf(record)
	return [
		{
			uuid: oscalUuid('risk', finding.id),
			title: titleOf(record),
			description: `${heldText(record)}: ${record.kinds.join(', ')}.`,
			statement: `Entra ID holds something else than was approved under version ${charter.version} of the charter, which says of it: ${reaction.do}.`,
			props: [prop('finding-id', finding.id), prop('finding-state', state)],
			status: STATUS[state],
			...(deadline === null ? {} : { deadline }),
			'risk-log': { entries: log },
			'related-observations': [{ 'observation-uuid': oscalUuid('observation', finding.id) }],
		},
	]
}

/** What was seen, decided and done, in order of time. */
function logOf({ finding, sightings, reopened, decisions, removal, closed, state }: FindingRecord): object[] {
	const entries: { title: string; start: string; status?: string; text?: string }[] = [
		{ title: 'Seen for the first time', start: sightings.first },
		...(sightings.second === null ? [] : [{ title: 'Seen again, and believed', start: sightings.second }]),
		...reopened.map(({ at, why }) => ({
			title:
				why === 'worse' ? 'Became worse than was accepted' : 'The time is over for which it was accepted',
			start: at,
		})),
		...decisions.map(({ officer, step, reason, at, acceptedUntil }) => ({
			title: `Signed by ${officer.name}: ${step}${acceptedUntil === null ? '' : ` until ${acceptedUntil}`}`,
			start: at,
			...(reason ? { text: reason } : {}),
		})),
		...(removal?.sentAt
			? [{ title: `Removal sent, ordered by ${removal.orderedBy ?? 'rule'}`, start: removal.sentAt }]
			: []),
		...(removal?.killSwitchAt
			? [{ title: 'Taken over by the second application', start: removal.killSwitchAt }]
			: []),
		...(closed ? [{ title: `Over: ${state}`, start: closed.at, status: STATUS[state] }] : []),
	]
	return entries
		.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
		.map(({ title, start, status, text }, i) => ({
			uuid: oscalUuid('risk-log', finding.id, String(i), start),
			title: line(title),
			start,
			...(text === undefined ? {} : { description: text }),
			...(status === undefined ? {} : { 'status-change': status }),
		}))
}
