import { print, round } from '../figure.ts'
import { FINDINGS, MISSING, USERS, withLargeTenant } from './large-tenant.ts'

const TARGET_SECONDS = 60
const TARGET_MB = 400

/**
 * A full reconciliation of a large tenant, from an empty mirror: everybody is read by delta, all lists are read, compared with what
 * was approved, and each finding is written with its entry. Of the second look, which believes what it sees again, the note tells.
 */
export async function benchReconcile(): Promise<void> {
	const { seconds, rssMb, rssBeforeMb, note } = await withLargeTenant('reconcile', async ({ pool }) => {
		const { rows } = await pool.query<{ users: number; findings: number; seen: number }>(
			`select (select count(*)::int from tenant_users) as users, count(*)::int as findings,
				count(*) filter (where state = 'seen')::int as seen from findings`,
		)
		const [found] = rows
		if (found === undefined || found.users < USERS || found.findings !== FINDINGS || found.seen > MISSING)
			throw new Error(`Other things were found than there are: ${JSON.stringify(found)}`)
	})
	print({
		name: 'reconcile-50k-seconds',
		value: round(seconds),
		unit: 's',
		peer: `target: under ${TARGET_SECONDS} s`,
		ratio: round(TARGET_SECONDS / seconds, 2),
		note: `${note}; ${FINDINGS} findings`,
	})
	print({
		name: 'reconcile-50k-rss-mb',
		value: round(rssMb),
		unit: 'MB',
		peer: `target: under ${TARGET_MB} MB`,
		ratio: round(TARGET_MB / rssMb, 2),
		note: `the most that the process held, with the second look; ${round(rssBeforeMb)} MB before it began`,
	})
}
