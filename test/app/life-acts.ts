import { eq } from 'drizzle-orm'
import type { GrantPort, Sighting } from '#app/integrations/grant-port.ts'
import type { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { grants } from '#db/schema/index.ts'
import { expect } from 'vitest'
import { approvedFor, drive, type Access } from './bad-input.ts'
import type { TestApp } from './test-app.ts'

/** What tests of the life of an access share: single runs of a job, what Entra holds of it, and a tenant that says something else. */

export const GROUP = '11111111-1111-4111-8111-111111111111'
const USER_ADMINISTRATOR = /entra: \{ roleTemplateId: fe930be7[^}]*\}/
/** The charter with the role of user administrators as a place in the group. */
export const inGroup = (yaml: string) =>
	yaml.replace(USER_ADMINISTRATOR, `entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`)

export const NOTHING: Sighting = { assignRequest: null, active: null, activeIsOurs: false, elsewhere: [] }

export async function rowOf(app: TestApp, { grantId }: Access) {
	const [row] = await app.deps.database.db.select().from(grants).where(eq(grants.id, grantId))
	if (!row) throw new Error('There is no such access.')
	return row
}

export const end = (app: TestApp, { requestId, by }: Access) => endGrant(app.deps, app.actor(by), requestId)

/** Whether Entra holds it, as a role or in the group. */
export const isHeldBy = (app: TestApp, { principalId }: Access) =>
	[...app.tenant.instances(), ...app.tenant.groups.pim.instances()].some(
		(row) => row.principalId === principalId,
	) || app.tenant.groups.holds(GROUP, 'members', principalId)

/** One run as the queue makes it; what it is to be tried again for, or null. */
export async function runOnce(
	app: TestApp,
	job: typeof provisionGrant,
	{ grantId }: Access,
): Promise<string | null> {
	try {
		await job(app.deps, grantId)
		return null
	} catch (error) {
		if (!(error instanceof TryAgain)) throw error
		return error.message
	}
}

/** The tenant as before, but for what is given here; gives what undoes it. */
export function through(app: TestApp, change: (port: GrantPort) => Partial<GrantPort>): () => void {
	const port = app.deps.grants
	Object.assign(app.deps, { grants: { ...port, ...change(port) } })
	return () => void Object.assign(app.deps, { grants: port })
}

/** Changes a row past its statechart, as one that could only come of a charter of before. */
export async function changeRow(app: TestApp, statement: string, values: unknown[]): Promise<void> {
	const client = await app.owner.pool.connect()
	await client.query('set session_replication_role = replica')
	await client.query(statement, values)
	client.release(true)
}

/** The first is active; the second is approved five minutes later, and as a charter of before would have it to the same role. */
export async function overlappingIn(app: TestApp): Promise<{ first: Access; second: Access }> {
	const first = await approvedFor(app, 'operator', 'user-administrator')
	expect(await drive(app, 'give', first)).toBe(true)
	app.clock.advance(5 * 60_000)
	const second = await approvedFor(app, 'operator', 'helpdesk-administrator')
	const { place } = (await rowOf(app, first)).context
	await changeRow(app, `update grants set context = jsonb_set(context, '{place}', $2::jsonb) where id = $1`, [
		second.grantId,
		JSON.stringify(place),
	])
	return { first, second }
}
