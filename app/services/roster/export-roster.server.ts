import { createHash } from 'node:crypto'
import { csvRecord } from '#workflows/audit-export/formats/csv.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import { pieceView } from './roster-rows.ts'
import { lookAhead, namesFor, type RosterQuery } from './show-roster.server.ts'
import type { CauseView } from './views.ts'

const HEAD = [
	'row',
	'counted_as',
	'title',
	'from_utc',
	'until_utc',
	'people',
	'needed',
	'missing',
	'why',
	'fixed_by',
]

/**
 * How every boundary and stage is covered, a row wherever something changes, as CSV (RFC 4180, UTF-8). That it was taken is
 * itself an entry of the record.
 */
export async function exportRoster(deps: Deps, actor: Actor, query: RosterQuery): Promise<string> {
	demand(actor, 'forecast:read')
	const { found, absent, rows } = await lookAhead(deps, query)
	const names = await namesFor(deps, actor, found, absent)
	const cells = rows
		.filter(({ key }) => query.row === null || key === query.row)
		.flatMap(({ key, kind, title, coverage }) =>
			coverage.pieces.map((piece) => {
				const { causes, ...told } = pieceView(piece, kind, names)
				return [
					key,
					kind,
					title,
					told.from,
					told.until,
					String(told.count),
					String(told.needed),
					String(piece.missing),
					causes.map(causeText).join('; '),
					[...new Set(causes.flatMap(({ owners }) => owners))].join(' '),
				]
			}),
		)
	const text = [HEAD, ...cells].map((row) => csvRecord(row)).join('')
	await recordAlone(deps, {
		kind: 'record.exported',
		subject: null,
		actor: actor.personId,
		open: {
			format: 'csv',
			fileSha256: createHash('sha256').update(text).digest('hex'),
			rows: cells.length,
		},
		sealed: {
			query: {
				filter: {
					roster: query.row ?? 'all',
					...(absent ? { absent: absent.personId } : {}),
				},
			},
		},
		at: deps.now(),
	})
	deps.wake()
	return text
}

/** A cause by its stable code, with who it is where the reader may know. */
const causeText = ({ kind, who, account, codes }: CauseView) =>
	[kind, ...(codes.length > 0 ? [codes.join('+')] : []), who?.name ?? account ?? ''].join(' ').trim()
