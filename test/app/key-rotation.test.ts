import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeNextKey } from '#app/integrations/signer.server.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { rotateKey } from '#app/services/ledger/rotate-key.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { askWitness, reachableWitnesses } from '#app/services/ledger/witness-log.server.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { askForAccess } from './acts.ts'
import { createRecord, createWitness, policyOf, type TestWitness } from './witnessed-app.ts'

const HOUR = 3_600_000

let record: Awaited<ReturnType<typeof createRecord>>
let witness: TestWitness
let old: string

beforeEach(async () => {
	record = await createRecord('agency.example/log')
	old = record.vkey
	witness = await createWitness('witness.ministry.example', [old])
	record.deps.witnessing.policy = policyOf(witness.line('ministry'), 'quorum ministry')
})
afterEach(async () => {
	await witness?.stop()
	await record?.app.stop()
})

const ask = () => {
	const [one] = reachableWitnesses(record.deps)
	if (one === undefined) throw new Error('Nobody witnesses this log.')
	return askWitness(record.deps, one)
}
const note = async () => (await latestCheckpoint(record.deps.database.db))?.note ?? ''
const signedBy = async (vkey: string) => openCheckpoint(await note(), vkey) !== null

/** The other key takes over, as `log rotate-key` does it, and the log's next checkpoint says so. */
async function rotate(): Promise<string> {
	const { deps, app } = record
	const file = join(app.folder, 'log-key.json')
	const { next } = await rotateKey(deps, {
		bothForMs: HOUR,
		nextKey: () => makeNextKey(file, deps.signer.origin, deps.randomBytes),
	})
	await sequencePending(deps)
	return next.vkey
}

describe('a witness of a log that changes its key', () => {
	test('goes on with what both keys sign, and with the new key alone once it was told of it', async () => {
		await record.write(3)
		expect(await ask()).toMatchObject({ kind: 'cosigned' })
		const next = await rotate()
		expect([await signedBy(old), await signedBy(next)]).toEqual([true, true])
		// Whoever watches the old key still is served by the overlap.
		expect(await ask()).toMatchObject({ kind: 'cosigned' })
		expect((await record.published())?.witnessed).toMatchObject({ isMet: true, by: [{ name: 'ministry' }] })
		// The new key beside the old one is known in time: nothing is missed.
		await witness.watch([old, next])
		await record.write(2)
		expect(await ask()).toMatchObject({ kind: 'cosigned' })
		record.app.clock.advance(2 * HOUR)
		await record.write(2)
		expect([await signedBy(old), await signedBy(next)]).toEqual([false, true])
		expect(await ask()).toMatchObject({ kind: 'cosigned' })
		expect((await record.published())?.witnessed.isMet).toBe(true)
		await witness.watch([next])
		await record.write(1)
		expect(await ask()).toMatchObject({ kind: 'cosigned' })
	})

	test('that was not told refuses the new key alone, and what was witnessed before stays witnessed', async () => {
		await record.write(1)
		const next = await rotate()
		expect(await ask()).toMatchObject({ kind: 'cosigned' })
		const witnessed = (await record.published())?.size
		record.app.clock.advance(2 * HOUR)
		await record.write(1)
		expect(await signedBy(old)).toBe(false)
		expect(await ask()).toMatchObject({ kind: 'failed' })
		expect((await record.published())?.witnessed.isMet).toBe(false)
		record.deps.witnessing = { ...record.deps.witnessing, mode: 'closed' }
		expect((await record.published())?.size).toBe(witnessed)
		await witness.watch([old, next])
		expect(await ask()).toMatchObject({ kind: 'cosigned' })
		expect((await record.published())?.size).toBeGreaterThan(witnessed ?? 0)
	})
})

test('a bundle over a rotation verifies by the old key, by the new one, and by none that is not the log’s', async () => {
	await askForAccess(record.app)
	await sequencePending(record.deps)
	const kept = await note()
	const next = await rotate()
	const ofBoth = await bundle()
	record.app.clock.advance(2 * HOUR)
	await record.write(1)
	expect(await signedBy(old)).toBe(false)
	await ask()
	const ofNew = await bundle()
	for (const bytes of [ofBoth, ofNew])
		for (const vkey of [old, next]) {
			const report = await verify(bytes, { vkey, since: kept })
			expect(report.failures).toEqual([])
			expect(report).toMatchObject({
				verdict: 'verified in part',
				// Changes are followed from the key that one knows; from the newest there is nothing to follow.
				log: { isSigned: true, isKeyPinned: true, rotations: vkey === old ? 1 : 0 },
				since: { isContained: true },
			})
		}
	const other = await createRecord('agency.example/log')
	try {
		const report = await verify(ofNew, { vkey: other.vkey })
		expect(report).toMatchObject({ verdict: 'refused', log: { isSigned: false } })
	} finally {
		await other.app.stop()
	}
})

async function bundle(): Promise<Uint8Array> {
	const { bytes } = await exportBundle(record.deps, record.app.actor('auditor'), EVERYTHING, {
		profile: 'history',
	})
	return wholeOf(bytes)
}
