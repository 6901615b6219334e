import { afterEach, describe, expect, test, vi } from 'vitest'
import { targetOf } from '#app/jobs/grant-job.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { openQueue } from '#app/jobs/queue.server.ts'
import type { Exchange } from '#app/sandbox/tenant/door.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { findGrant } from '#db/queries/requests.ts'
import { grants } from '#db/schema/index.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { approvedAccess } from './acts.ts'
import { KINDS } from './fault-matrix-stage.ts'
import { allFindings, lookTwice } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* What takes access away asks the tenant before all else does, through the queue of the product and past it. */

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'

let app: TestApp
afterEach(() => app.stop())

/** How urgent each call was said to be while the queue performed this command. */
async function prioritiesOf(command: OutwardCommand): Promise<readonly (string | null)[]> {
	const queue = await openQueue(app.target, () => undefined)
	const begun = app.tenant.exchanges().length
	const sent = () => app.tenant.exchanges().slice(begun)
	try {
		await app.deps.database.withTx((tx) => queue.enqueue(tx, [command]))
		await queue.work(app.deps)
		await vi.waitFor(() => expect(sent().some(isWrite)).toBe(true), 20_000)
	} finally {
		await queue.stop()
	}
	return sent().flatMap(priorityOf)
}
const isWrite = ({ method, path }: Exchange) => method !== 'GET' && path !== '/v1.0/$batch'
/** What is in a batch goes with it, and says nothing of its own. */
const priorityOf = ({ priority }: Exchange) => (priority === undefined ? [] : [priority])

async function activeGrant() {
	const requestId = await approvedAccess(app)
	const [row] = await app.deps.database.db.select().from(grants)
	const grant = row && (await findGrant(app.deps.database.db, row.id))
	if (!grant) throw new Error('There is no grant.')
	return { requestId, grant }
}

describe.each(KINDS)('%s', (_, options) => {
	test('is given at the common urgency, and taken away at the highest, by the queue', async () => {
		app = await createTestApp(options)
		const { requestId, grant } = await activeGrant()
		const giving = await prioritiesOf({ type: 'grant.provision', grantId: grant.id })
		expect([...new Set(giving)]).toEqual(['normal'])
		await provisionGrant(app.deps, grant.id).catch(() => undefined)
		app.clock.advance(6 * MINUTE)
		await endGrant(app.deps, app.actor('operator'), requestId)
		const taking = await prioritiesOf({ type: 'grant.remove', grantId: grant.id })
		expect([...new Set(taking)]).toEqual(['high'])
	})

	test('is taken away at the highest urgency, whoever asks', async () => {
		app = await createTestApp(options)
		const { grant } = await activeGrant()
		await provisionGrant(app.deps, grant.id)
		app.clock.advance(6 * MINUTE)
		const begun = app.tenant.exchanges().length
		await app.deps.grants.remove({ ...targetOf(grant), justification: 'It is over.' })
		const writes = app.tenant
			.exchanges()
			.slice(begun)
			.filter(({ method }) => method !== 'GET')
		expect(writes.map(({ priority }) => priority)).toEqual(['high'])
	})
})

test('what a finding takes away is asked at the highest urgency, and the look that finds it at the lowest', async () => {
	app = await createTestApp({ rules: '  findings: { outOfBand: remove, ineligibleHolder: remove }\n' })
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
	const begun = app.tenant.exchanges().length
	await lookTwice(app)
	const looks = app.tenant.exchanges().slice(begun)
	expect([...new Set(looks.flatMap(priorityOf))]).toEqual(['low'])
	const [finding] = await allFindings(app)
	expect(finding?.state).toBe('removing')
	const taking = await prioritiesOf({ type: 'finding.remove', findingId: finding?.id ?? '' })
	expect([...new Set(taking)]).toEqual(['high'])
})
