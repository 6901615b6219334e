import { spawnSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyTLogInclusion } from '@sigstore/verify/dist/tlog/index.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { askWitness, reachableWitnesses } from '#app/services/ledger/witness-log.server.ts'
import { buildGoVerifier } from '#test/third-party/go.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { parseVkey } from '#workflows/ledger/signed-note.ts'
import { tileNodes } from '#workflows/ledger/tile-nodes.ts'
import { inclusionRanges, rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { urlOf } from '#test/database.ts'
import { runHere } from './run-command.ts'
import { createRecord, createWitness, policyOf, type TestWitness } from './witnessed-app.ts'

const go = buildGoVerifier()
if ('missing' in go) console.warn(`skipped: the check of the export by Go's own tlog: ${go.missing}`)

let record: Awaited<ReturnType<typeof createRecord>>
let witness: TestWitness
let folder: string
const exported = () => join(folder, 'export')
const older = () => join(folder, 'older-checkpoint')

/** An export as somebody has it who kept an earlier checkpoint: two levels of tiles, full ones and partial ones. */
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-third-party-'))
	record = await createRecord('agency.example/log')
	witness = await createWitness('witness.example', [record.vkey])
	record.deps.witnessing.policy = policyOf(witness.line('w'), 'quorum w')
	writeFileSync(join(folder, 'policy'), `${witness.line('w')}\nquorum w\n`)
	for (const count of [250, 380]) {
		await record.write(count)
		for (const one of reachableWitnesses(record.deps)) await askWitness(record.deps, one)
		const ran = await runHere(charterkeep, ['log', 'export', exported(), '--vkey', record.vkey], {
			env: {
				DATABASE_URL: urlOf(record.app.target),
				CHARTERKEEP_DATA_DIR: join(folder, 'nothing'),
				CHARTERKEEP_WITNESS_POLICY_FILE: join(folder, 'policy'),
			},
		})
		if (ran.code !== 0) throw new Error(ran.stderr)
		if (count === 250) cpSync(join(exported(), 'checkpoint'), older())
	}
}, 180_000)
afterAll(async () => {
	await witness?.stop()
	await record?.app.stop()
	rmSync(folder, { recursive: true, force: true })
})

const sizeOf = (file: string) => openCheckpoint(readFileSync(file, 'utf8'), record.vkey)?.size ?? 0

/** A copy of the export with one file changed. */
function changed(name: string, change: (bytes: Buffer) => Buffer): string {
	const copy = mkdtempSync(join(folder, 'changed-'))
	cpSync(exported(), copy, { recursive: true })
	// The newest of the partial tiles is the one that the checkpoint rests on.
	const file = name.endsWith('.p')
		? join(name, String(Math.max(...readdirSync(join(copy, name)).map(Number))))
		: name
	writeFileSync(join(copy, file), change(readFileSync(join(copy, file))))
	return copy
}
const flipped = (at: number) => (bytes: Buffer) => {
	bytes[at] = (bytes[at] ?? 0) ^ 1
	return bytes
}
const asText = (change: (text: string) => string) => (bytes: Buffer) => Buffer.from(change(bytes.toString()))
const CHANGES: readonly [string, string, (bytes: Buffer) => Buffer][] = [
	['an entry', 'tile/entries/000', flipped(40)],
	['a leaf hash', 'tile/0/001', flipped(33)],
	['the root of a subtree', 'tile/1/000.p', flipped(0)],
	['the size', 'checkpoint', asText((text) => text.replace(/\n(\d+)\n/, (_, n) => `\n${Number(n) - 1}\n`))],
	['the signature', 'checkpoint', asText((text) => text.replace(/(\u2014 agency\S+ .{30})./, '$1/'))],
]

describe.skipIf('missing' in go)("Go's own transparency log (golang.org/x/mod/sumdb)", () => {
	const verify = (...args: string[]) => {
		const { status, stdout, stderr } = spawnSync('verifier' in go ? go.verifier : '', args, {
			encoding: 'utf8',
		})
		return { status, stdout, stderr }
	}

	test('verifies checkpoint, cosignature, every tile, every record, and that the log only grew', () => {
		const { status, stdout, stderr } = verify(exported(), record.vkey, witness.vkey, older())
		expect([status, stderr]).toEqual([0, ''])
		expect(stdout.trimEnd().split('\n')).toEqual([
			`${sizeOf(join(exported(), 'checkpoint'))} records, each in the signed tree`,
			'signed by agency.example/log',
			'signed by witness.example',
			`extends the tree of ${sizeOf(older())}`,
		])
	})

	test.each(CHANGES)('refuses an export in which %s was changed', (_, file, change) => {
		const { status, stderr } = verify(changed(file, change), record.vkey)
		expect([status, stderr.startsWith('refused: ')]).toEqual([1, true])
	})

	test('refuses a cosignature that was changed, or that is by another key', () => {
		const spoilt = changed(
			'checkpoint',
			asText((text) => text.replace(/(\u2014 witness\S+ .{30})./, '$1/')),
		)
		expect(verify(spoilt, record.vkey, witness.vkey).stderr).toMatch(/invalid signature/)
		expect(verify(spoilt, record.vkey).status).toBe(0)
	})
})

describe('sigstore (@sigstore/verify)', () => {
	/** Verifies every entry of an export; gives how many there are. */
	async function verify(directory: string): Promise<number> {
		const note = readFileSync(join(directory, 'checkpoint'), 'utf8')
		const [, size = 0] = note.split('\n').map(Number)
		const key = parseVkey(record.vkey)
		if (key === null) throw new Error('The verifier key cannot be read.')
		const publicKey = createPublicKey({
			format: 'jwk',
			key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.publicKey).toString('base64url') },
		})
		const logID = Buffer.from(key.id)
		const validFor = { start: new Date(0), end: new Date(8e15) }
		const authority = { logID, publicKey, baseURL: key.name, validFor }
		const entries = readEntries(directory, size)
		for (const [index, entry] of entries.entries()) {
			const path = await rootsOf(inclusionRanges(index, size), async (tiles) =>
				tiles.map(({ level, index: at }) => tileNodes(hashes(directory, level, at))),
			)
			const inclusionProof = {
				logIndex: String(index),
				hashes: path.map((hash) => Buffer.from(hash)),
				checkpoint: { envelope: note },
			}
			verifyTLogInclusion(
				{
					logId: { keyId: logID },
					inclusionProof,
					canonicalizedBody: entry,
				} as unknown as Parameters<typeof verifyTLogInclusion>[0],
				[authority],
			)
		}
		return entries.length
	}

	test('verifies the checkpoint and the inclusion of every entry', async () => {
		expect(await verify(exported())).toBe(sizeOf(join(exported(), 'checkpoint')))
	})

	test.each(CHANGES)('refuses an export in which %s was changed', async (_, file, change) => {
		await expect(verify(changed(file, change))).rejects.toThrow()
	})
})

/** Reads a tile of an export: the full one, else the widest that is there in part. */
function tile(directory: string, level: number | 'entries', index: number): Buffer {
	const name = join(directory, 'tile', String(level), String(index).padStart(3, '0'))
	if (existsSync(name)) return readFileSync(name)
	const widths = existsSync(`${name}.p`) ? readdirSync(`${name}.p`).map(Number) : []
	return widths.length === 0 ? Buffer.alloc(0) : readFileSync(join(`${name}.p`, String(Math.max(...widths))))
}

function hashes(directory: string, level: number, index: number): Uint8Array[] {
	const bytes = tile(directory, level, index)
	return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, (i + 1) * 32))
}

function readEntries(directory: string, size: number): Buffer[] {
	const entries: Buffer[] = []
	for (let index = 0; index * 256 < size; index++) {
		const bytes = tile(directory, 'entries', index)
		for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
			entries.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)))
	}
	return entries
}
