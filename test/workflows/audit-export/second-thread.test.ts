import { expect, test } from 'vitest'
import { bundleOf, chunksOf, codesOf, packed, filesOf, verify } from '#test/factories/bundle.ts'
import { LogFixture, tellRequest } from '#test/factories/told-log.ts'
import { withSecondThread } from '#app/verifier/second-thread.server.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'

const OPENINGS = /^openings\//
const utf8 = new TextDecoder()
/** Fewer than the failures at which a verifier gives up. */
const SPOILED = 150

async function aBundle(): Promise<Uint8Array> {
	const log = new LogFixture()
	const people = [log.person('operator'), log.person('approver'), log.person('chief')] as const
	for (let i = 0; i < 60; i++) tellRequest(log, [...people], { minutes: 1 })
	return bundleOf(log)
}

const byThread = (bytes: Uint8Array) =>
	withSecondThread((platform) => verifyBundle(chunksOf(bytes), platform))

/** The bundle with every opened text changed by `change`, its outer hashes mended. */
async function withOpenings(bytes: Uint8Array, change: (text: string) => string): Promise<Uint8Array> {
	const files = (await filesOf(bytes)).map((file) =>
		OPENINGS.test(file.path) ? { ...file, bytes: utf8ToBytes(change(utf8.decode(file.bytes))) } : file,
	)
	return packed(files)
}

test('a second thread comes to the same report, with every signature and proof checked', async () => {
	const bundle = await aBundle()
	const report = await byThread(bundle)
	expect(report).toEqual(await verify(bundle))
	expect(report).toMatchObject({ verdict: 'verified', counts: { decisions: 120 } })
})

test('proofs that do not hold are refused by it as without it', async () => {
	const bundle = await aBundle()
	let spoiled = 0
	const proof = await withOpenings(bundle, (text) =>
		text.replaceAll(/"proof":\["(.)/g, (found, first: string) => {
			if (spoiled === SPOILED) return found
			spoiled += 1
			return `"proof":["${first === 'A' ? 'B' : 'A'}`
		}),
	)
	expect(spoiled).toBe(SPOILED)
	const report = await byThread(proof)
	expect(report.verdict).toBe('refused')
	expect(new Set(report.failures.map(({ code }) => code))).toEqual(new Set(await codesOf(proof)))
	expect(report.failures.filter(({ code }) => code === 'INCLUSION')).toHaveLength(SPOILED)
})

test('what goes wrong while a bundle is read reaches the caller, and the thread ends', async () => {
	await expect(withSecondThread(() => Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable')
})

test('a check that the thread cannot make fails the whole: it never passes for checked', async () => {
	await expect(
		withSecondThread(async (platform) =>
			platform.verifyInclusion(
				{ index: 0, size: 1, root: new Uint8Array(32) },
				new Uint8Array(32),
				null as never,
			),
		),
	).rejects.toThrow()
})
