import { print, round } from '../figure.ts'
import { withLargeTenant } from './large-tenant.ts'

const TARGET_SECONDS = 300

/** The readiness report on a large tenant, read by Graph alone: nothing of it was read before. */
export async function benchReadiness(): Promise<void> {
	const { seconds, rssMb, rssBeforeMb, note } = await withLargeTenant('readiness', async ({ pool }) => {
		const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from readiness_reports')
		if (rows[0]?.n !== 1) throw new Error('There is no report.')
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
