import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GrantPort, Sighting, WriteOutcome } from '#app/integrations/grant-port.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { isEnded, KINDS, openStage, type Access } from './fault-matrix-stage.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* What a removal is answered with, and what lists tell after it: neither is the end of an access by itself. */

let app: TestApp
let stage: ReturnType<typeof openStage>
let access: Access
afterEach(() => app.stop())

/** The connector, where the tenant answers every removal so, and each reading after one tells what `told` makes of it. */
function answering(outcome: WriteOutcome, told: (seen: Sighting, reading: number) => Sighting) {
	const { grants } = app.deps
	let removals = 0
	let readings = 0
	const remove: GrantPort['remove'] = () => {
		removals += 1
		return Promise.resolve(outcome)
	}
	const read: GrantPort['read'] = async (...asked) => {
		const seen = await grants.read(...asked)
		return removals === 0 ? seen : told(seen, readings++)
	}
	Object.assign(app.deps, { grants: { ...grants, remove, read } })
	return { removals: () => removals, undo: () => void Object.assign(app.deps, { grants }) }
}
const unlisted = (seen: Sighting): Sighting => ({ ...seen, active: null, activeIsOurs: false })

describe.each(KINDS)('%s', (_, options) => {
	beforeEach(async () => {
		app = await createTestApp(options)
		stage = openStage(app)
		access = await stage.approved()
		expect(await stage.drive(provisionGrant, access, { lane: 'grant' })).toBe(true)
		app.clock.advance(6 * 60_000)
		await endGrant(app.deps, app.actor('operator'), access.requestId)
	})
	/** Runs of the job, each of which wants another one, after which the access is still being removed. */
	async function goesOn(runs: number): Promise<void> {
		for (let run = 0; run < runs; run++) {
			expect(await stage.wantsMore(removeGrant, access.grantId, 'revoke')).toBe(true)
			expect(await stage.stateOf(access.grantId)).toBe('removing')
		}
	}
	async function ends(): Promise<void> {
		expect(await stage.drive(removeGrant, access, { lane: 'revoke' })).toBe(true)
		expect(isEnded(await stage.stateOf(access.grantId))).toBe(true)
	}

	test('has not ended where one list misses it and the next one has it', async () => {
		const tenant = answering({ kind: 'accepted', requestId: 'any', status: 'Revoked' }, (seen, reading) =>
			reading % 2 === 0 ? unlisted(seen) : seen,
		)
		await goesOn(1)
		expect(stage.isHeld(access.principalId)).toBe(true)
		tenant.undo()
		await ends()
	})

	test('has not ended where nobody knows what came of any removal, whatever lists tell', async () => {
		const tenant = answering({ kind: 'unknown', message: 'No answer.' }, unlisted)
		await goesOn(4)
		expect(tenant.removals()).toBe(4)
		tenant.undo()
		await ends()
	})
})
