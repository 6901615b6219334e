import { listCharterVersions } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { firstFiled } from '#db/queries/history.ts'
import { countFindingHistory } from '#db/queries/finding-history.ts'
import { countLockboxHistory } from '#db/queries/lockbox-history.ts'
import { entriesOfKinds, indexesOf } from '#db/queries/ledger.ts'
import { namesOf } from '#db/queries/people.ts'
import { coverageOf, type CharterSpan } from '#workflows/audit-export/coverage.ts'
import {
	accessEvents,
	charterEvent,
	lockboxEvents,
	signInEvent,
} from '#workflows/audit-export/formats/ocsf.ts'
import { findingEvents } from '#workflows/audit-export/formats/ocsf-finding.ts'
import { oscalFinding, oscalRisk } from '#workflows/audit-export/formats/oscal-finding.ts'
import { oscalLockbox, oscalObservation } from '#workflows/audit-export/formats/oscal-observations.ts'
import {
	emptyTally,
	tallyAccess,
	tallyFinding,
	tallyLockbox,
} from '#workflows/audit-export/formats/oscal-tally.ts'
import { oscalHead, oscalTail } from '#workflows/audit-export/formats/oscal.ts'
import type { AccessRecord } from '#workflows/audit-export/formats/access-record.ts'
import type { FormatSource } from './export-history.server.ts'

const PAGE = 1000
const line = (event: object) => `${JSON.stringify(event)}\n`

/**
 * A history as OCSF events, one a line: privileges assigned and revoked, then the charter versions that came into force
 * in the period and the sign-ins of the people chosen. A sign-in has neither role nor facility nor boundary, so a history
 * that is restricted to some has none. Access to customer content stands between these.
 */
export async function* ocsfEvents(source: FormatSource): AsyncGenerator<string> {
	for await (const batch of source.records) yield batch.flatMap(accessEvents).map(line).join('')
	for await (const batch of source.lockboxes) yield batch.flatMap(lockboxEvents).map(line).join('')
	for await (const batch of source.findings) yield batch.flatMap(findingEvents).map(line).join('')
	yield* charterChanges(source)
	const { roles, facilities, boundaries } = source.filter
	if (roles.length === 0 && facilities.length === 0 && boundaries.length === 0) yield* signIns(source)
}

async function* charterChanges({ deps, reader, filter }: FormatSource): AsyncGenerator<string> {
	const versions = (await listCharterVersions(reader)).reverse()
	const indexes = await indexesOf(
		reader,
		versions.map(({ entryId }) => entryId),
	)
	for (const row of versions) {
		const { id, inForceFrom, charterId, version, textSha256, entryId } = row
		if ((filter.from && inForceFrom < filter.from) || (filter.until && inForceFrom >= filter.until)) continue
		const { charter } = await deps.charters.version(reader, id)
		const event = charterEvent({
			entry: { id: entryId, index: indexes.get(entryId) ?? null },
			at: inForceFrom.toISOString(),
			charterId,
			title: charter.charter.title,
			version,
			textSha256,
			isFirst: row === versions[0],
		})
		yield line(event)
	}
}

async function* signIns({ reader, filter: { people, from, until } }: FormatSource): AsyncGenerator<string> {
	const kinds = ['session.signed_in', 'session.signed_out'] as const
	for (let after = -1; ;) {
		const rows = await entriesOfKinds(reader, { kinds, people, from, until, after }, PAGE)
		const names = await namesOf(
			reader,
			rows.flatMap(({ subject }) => subject ?? []),
		)
		const events = rows.flatMap(({ id, index, kind, subject, time }) =>
			subject === null
				? []
				: signInEvent({
						entry: { id, index },
						at: time.toISOString(),
						isSignIn: kind === 'session.signed_in',
						person: { id: subject, name: names.get(subject) ?? '' },
					}),
		)
		if (events.length > 0) yield events.map(line).join('')
		const last = rows.at(-1)
		if (rows.length < PAGE || last === undefined) return
		after = last.index
	}
}

/**
 * A history as one OSCAL assessment-results document: an observation for each access, laid against the charters in force and what
 * is known of the person, for each request for customer content and for each finding; a risk for each finding that was believed;
 * and a finding, as OSCAL uses the word, for each control that these can answer.
 */
export async function* oscalResults(source: FormatSource): AsyncGenerator<string> {
	const { deps, reader, records, lockboxes, findings, findingsAgain, context, filter, filterText } = source
	const { exportedAt } = context
	const spans: CharterSpan[] = []
	for (const { id, version, inForceFrom } of await listCharterVersions(reader))
		spans.push({
			version,
			from: inForceFrom.toISOString(),
			charter: (await deps.charters.version(reader, id)).charter,
		})
	const inForce = await deps.charters.inForce(reader, new Date(exportedAt))
	const { organisation, title } = inForce.charter.charter
	const until = filter.until?.toISOString() ?? exportedAt
	const end = until < exportedAt ? until : exportedAt
	const firsts = [
		await firstFiled(reader, filter),
		(await countLockboxHistory(reader, filter)).first,
		(await countFindingHistory(reader, filter)).first,
	]
	const first = firsts.flatMap((at) => at?.toISOString() ?? []).sort()[0]
	const start = filter.from?.toISOString() ?? first ?? end
	yield oscalHead({
		...context,
		organisation,
		charter: { id: inForce.charterId, title, version: inForce.version, textSha256: inForce.textSha256 },
		filter: filterText,
		start: start < end ? start : end,
		end,
	})
	const tally = emptyTally()
	const observations = listOf('observations')
	for await (const batch of records) {
		const laid = await coverages(source, batch, spans)
		yield batch
			.map((record, i) => {
				tallyAccess(tally, record, laid[i] ?? null, exportedAt)
				return observations.add(oscalObservation(record, laid[i] ?? null, context))
			})
			.join('')
	}
	for await (const batch of lockboxes)
		yield batch
			.map((record) => {
				tallyLockbox(tally, record)
				return observations.add(oscalLockbox(record, context))
			})
			.join('')
	for await (const batch of findings)
		yield batch
			.map((record) => {
				tallyFinding(tally, record)
				return observations.add(oscalFinding(record, context))
			})
			.join('')
	yield observations.end()
	const risks = listOf('risks')
	if (tally.believed > 0)
		for await (const batch of findingsAgain())
			yield batch
				.flatMap(oscalRisk)
				.map((risk) => risks.add(risk))
				.join('')
	yield risks.end() + oscalTail(tally)
}

/** A list of a document that is written item by item; one without items is left out, as OSCAL asks. */
function listOf(name: string) {
	let isBegun = false
	return {
		add(item: object): string {
			const before = isBegun ? ',' : `,"${name}":[`
			isBegun = true
			return before + JSON.stringify(item)
		},
		end: () => (isBegun ? ']' : ''),
	}
}

/** Each access laid against charters and facts as they are known at the time of the export; null where none was active. */
async function coverages(
	{ deps, context: { exportedAt } }: FormatSource,
	batch: readonly AccessRecord[],
	charters: readonly CharterSpan[],
) {
	// The cursor has its connection to itself: these are read beside it, and by their time of recording from one moment.
	const facts = await factsOf(
		deps.database.db,
		batch.map(({ subject }) => subject.id),
		new Date(exportedAt),
	)
	return batch.map(({ subject, role, grant }) => {
		const known = facts.get(subject.id)
		if (!grant?.activatedAt || !known) return null
		const access = { role: role.key, from: grant.activatedAt, until: grant.endedAt }
		return coverageOf(access, { charters, facts: known, asOf: exportedAt })
	})
}
