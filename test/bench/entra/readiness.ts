import { reportSchema } from '#workflows/tenant/readiness/report.schema.ts'
import { print, round } from '../figure.ts'
import { ASSIGNMENTS, IN_GROUPS, IN_ROLES, USERS, withLargeTenant } from './large-tenant.ts'

const TARGET_SECONDS = 300

/** The readiness report on a large tenant, read by Graph alone: nothing of it was read before. */
export async function benchReadiness(): Promise<void> {
	const { seconds, rssMb, rssBeforeMb, note } = await withLargeTenant('readiness', async ({ pool }) => {
		const { rows } = await pool.query<{ report: unknown }>('select report from readiness_reports')
		const [row] = rows
		if (row === undefined || rows.length !== 1) throw new Error('There is no report, or another one.')
		const { unread, counts, lines } = reportSchema.parse(row.report)
		const notAsked = lines.filter(({ method }) => method === 'unknown').length
		// A list that nobody read, or a person that nobody asked about, is no quick report.
		if (
			unread.length > 0 ||
			(counts.users ?? 0) < USERS ||
			counts.governed < ASSIGNMENTS ||
			counts.unknownPersons !== IN_ROLES + IN_GROUPS ||
			notAsked > 0
		)
			throw new Error(
				`The report does not say what there is: ${JSON.stringify({ unread, counts, notAsked })}`,
			)
	})
	print({
		name: 'readiness-50k-seconds',
		value: round(seconds),
		unit: 's',
		peer: `target: minutes, taken as under ${TARGET_SECONDS} s`,
		ratio: round(TARGET_SECONDS / seconds, 2),
		note,
	})
	print({
		name: 'readiness-50k-rss-mb',
		value: round(rssMb),
		unit: 'MB',
		note: `the most that the process held; ${round(rssBeforeMb)} MB before it began`,
	})
}
