import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '#app/config.server.ts'
import { externalSigner, isSafeSignerUrl } from '#app/integrations/external-signer.server.ts'
import { findKeyFile, makeNextKey } from '#app/integrations/signer.server.ts'
import { charterkeep } from '#app/commands/access/commands.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { rotateKey } from '#app/services/ledger/rotate-key.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { rotationsOf } from '#app/services/ledger/keys.server.ts'
import { checkpointCovering } from '#db/queries/ledger.ts'
import { createTestLog, ORIGIN, random, type TestLog } from '#test/app/test-log.ts'
import { urlOf } from '#test/database.ts'
import { runHere } from '#test/app/run-command.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { followKeys, KeyHistoryBroken } from '#workflows/ledger/key-history.ts'
import { toBase64 } from '#workflows/shared/bytes.ts'

const HOUR = 3_600_000
let log: TestLog
beforeEach(async () => {
	log = await createTestLog()
})
afterEach(() => log.stop())

const signedBy = async (vkey: string) => openCheckpoint((await log.checkpoint())?.note ?? '', vkey) !== null
const audited = async (vkey: string) => (await auditLog(log.deps.database.db, { vkey, since: null })).problems

describe('a key that takes over from another', () => {
	const rotate = (bothForMs = HOUR) =>
		rotateKey(log.deps, { bothForMs, nextKey: () => makeNextKey(log.keyFile, ORIGIN, random) })

	test('signs beside it until the time that the entry says, and then alone', async () => {
		const old = log.deps.signer.vkey
		await log.write(2)
		await sequencePending(log.deps)
		const kept = (await log.checkpoint())?.note ?? ''
		const { next } = await rotate()
		expect([await signedBy(old), await signedBy(next.vkey)]).toEqual([true, false])
		await sequencePending(log.deps)
		expect([await signedBy(old), await signedBy(next.vkey)]).toEqual([true, true])
		expect(log.deps.signer.vkey).toBe(next.vkey)
		await log.write(1)
		await sequencePending(log.deps)
		expect([await signedBy(old), await signedBy(next.vkey)]).toEqual([true, true])
		log.clock.advance(2 * HOUR)
		await log.write(1)
		await sequencePending(log.deps)
		expect([await signedBy(old), await signedBy(next.vkey)]).toEqual([false, true])
		// Whoever pinned either key can go through all of it, and through an old checkpoint as well.
		expect(await audited(old)).toEqual([])
		expect(await audited(next.vkey)).toEqual([])
		const since = await auditLog(log.deps.database.db, { vkey: next.vkey, since: kept })
		expect(since.problems).toEqual([])
		const rotations = await rotationsOf(log.deps.database.db, 100)
		const notes = new Map([[2, (await checkpointCovering(log.deps.database.db, 2))?.note ?? null]])
		expect(followKeys(old, rotations, (index) => notes.get(index) ?? null)).toBe(next.vkey)
		expect(() => followKeys(old, rotations, () => kept)).toThrow(KeyHistoryBroken)
	})

	test('is in the first checkpoint that covers it signed by both, however late that is', async () => {
		const old = log.deps.signer.vkey
		await log.write(1)
		await sequencePending(log.deps)
		const { next } = await rotate(1000)
		log.clock.advance(HOUR)
		await sequencePending(log.deps)
		expect([await signedBy(old), await signedBy(next.vkey)]).toEqual([true, true])
		expect(await audited(old)).toEqual([])
	})

	test('is found again after a start, and one that is not here keeps the log from being signed', async () => {
		await log.write(1)
		await sequencePending(log.deps)
		const { next } = await rotate()
		const other = { ...log.deps, signer: log.keys() }
		await sequencePending(other)
		expect(await signedBy(next.vkey)).toBe(true)
		await log.write(1)
		const without = { ...log.deps, signer: { ...log.keys(), vkey: '', find: () => null } }
		const before = await log.checkpoint()
		await expect(sequencePending(without)).rejects.toThrow(
			/whose private key is not here: put its file beside/,
		)
		expect(await log.checkpoint()).toEqual(before)
		await sequencePending(log.deps)
		expect((await log.checkpoint())?.size).toBe(3)
	})

	test('never comes back once it was given up', async () => {
		const first = log.deps.signer.vkey
		await log.write(1)
		await sequencePending(log.deps)
		await rotate(0)
		await sequencePending(log.deps)
		await expect(
			rotateKey(log.deps, {
				bothForMs: 0,
				nextKey: () => findKeyFile(log.keyFile, first) ?? makeNextKey(log.keyFile, ORIGIN, random),
			}),
		).rejects.toThrow(/brings back a key that was given up/)
	})

	test('waits its turn behind a rotation that is not signed yet', async () => {
		await log.write(1)
		await sequencePending(log.deps)
		await rotate()
		await expect(rotate()).rejects.toThrow(/Another rotation waits to be signed/)
	})

	test('that was left out of a checkpoint is found by the audit', async () => {
		const old = log.deps.signer.vkey
		await log.write(1)
		await sequencePending(log.deps)
		await rotate()
		await sequencePending(log.deps)
		await log.owner.withTx(async (tx) => {
			await tx.execute('alter table ledger_checkpoints disable trigger append_only_rows')
			await tx.execute(
				`update ledger_checkpoints set note = regexp_replace(note, '(\\n— [^\\n]*)\\n— [^\\n]*\\n$', E'\\\\1\\n') where size = 2`,
			)
		})
		expect(await audited(old)).toEqual([expect.stringMatching(/of 2 entries is not signed by the key/)])
	})

	test('is made by log rotate-key, and log export names both keys', async () => {
		await log.write(3)
		await sequencePending(log.deps)
		const env = {
			DATABASE_URL: urlOf(log.connection),
			CHARTERKEEP_LOG_KEY_FILE: log.keyFile,
			CHARTERKEEP_DATA_DIR: join(log.folder, 'none'),
		}
		const run = (...args: string[]) => runHere(charterkeep, ['log', ...args], { env })
		const ran = await run('rotate-key', '--both-for', '24')
		expect([ran.code, ran.stderr]).toEqual([0, ''])
		const vkey = /^To +(\S+)$/m.exec(ran.stdout)?.[1] ?? ''
		expect(readdirSync(log.folder)).toContain(`key.${vkey.split('+')[1]}.json`)
		await sequencePending(log.deps)
		const directory = join(log.folder, 'export')
		expect((await run('export', directory)).code).toBe(0)
		const old = log.deps.signer.first
		expect(readFileSync(join(directory, 'policy'), 'utf8')).toBe(`log ${old}\nlog ${vkey}\nquorum none\n`)
		expect(readFileSync(join(directory, 'keys'), 'utf8')).toMatch(
			new RegExp(`^${old.replaceAll('+', '\\+')} 1 4 .*\n${vkey.replaceAll('+', '\\+')} 4 -$`, 'm'),
		)
		expect((await run('verify', '--vkey', vkey)).stdout).toMatch(/\nverified\n$/)
		expect((await run('rotate-key', '--both-for', 'ever')).stderr).toMatch(/how many whole hours/)
	})
})

describe('a signer outside of Charterkeep', () => {
	/** What a key file's key would sign: the private key of the external signer of these tests. */
	const own = () => {
		const key = findKeyFile(log.keyFile, log.deps.signer.first)
		if (key === null) throw new Error('The log has no key file.')
		return key
	}
	const sequenceWith = async (sign: (bytes: Uint8Array) => Promise<Uint8Array>) => {
		await log.write(1)
		const signer = { ...log.deps.signer, vkey: own().vkey, find: () => ({ ...own(), sign }) }
		return sequencePending({ ...log.deps, signer })
	}
	const serve = async (answer: RequestListener) => {
		const server = createServer(answer)
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sign`
		return { url, close: () => new Promise((done) => void server.close(done)) }
	}
	const http = (url: string) => externalSigner(own().vkey, { url, caPem: null, timeoutMs: 2000 }).sign
	const command = (script: string, timeoutMs = 20_000) => {
		const file = join(log.folder, 'sign.mjs')
		writeFileSync(file, script)
		chmodSync(file, 0o700)
		return externalSigner(own().vkey, { command: [process.execPath, file], timeoutMs }).sign
	}
	const SIGNING = () => `import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
const { seed } = JSON.parse(readFileSync(${JSON.stringify(log.keyFile)}, 'utf8'))
const key = createPrivateKey({ key: Buffer.from('302e020100300506032b657004220420' + seed, 'hex'), format: 'der', type: 'pkcs8' })
if (process.env.CHARTERKEEP_VKEY !== ${JSON.stringify(own().vkey)}) process.exit(3)
console.log(sign(null, readFileSync(0), key).toString('base64'))`

	test('by HTTP is sent the checkpoint body and which key is meant', async () => {
		const seen: unknown[] = []
		const server = await serve((request, response) => {
			const parts: Buffer[] = []
			request.on('data', (part: Buffer) => parts.push(part))
			request.on('end', () => {
				const bytes = new Uint8Array(Buffer.concat(parts))
				seen.push(
					request.method,
					request.headers['charterkeep-vkey'],
					Buffer.from(bytes).toString().split('\n')[0],
				)
				void own()
					.sign(bytes)
					.then((signature) => response.end(`${toBase64(signature)}\n`))
			})
		})
		try {
			await sequenceWith(http(server.url))
			expect(seen).toEqual(['POST', own().vkey, ORIGIN])
			expect(await signedBy(own().vkey)).toBe(true)
		} finally {
			await server.close()
		}
	})

	test('by command is given the bytes on standard input', async () => {
		await sequenceWith(command(SIGNING()))
		expect(await signedBy(own().vkey)).toBe(true)
	})

	const signature = Buffer.alloc(64).toString('base64')
	test.each<[string, RequestListener, RegExp]>([
		['another signature', (_, response) => response.end(signature), /is no signature by log\.example/],
		['no base64', (_, response) => response.end('nonsense'), /base64 of a signature of 64 bytes/],
		['far too much', (_, response) => response.end('A'.repeat(100_000)), /more than a signature/],
		['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), /status 302/],
		['nothing', () => undefined, /did not answer within 2 s/],
	])('that answers with %s publishes nothing, and the entry waits', async (_, answer, said) => {
		const server = await serve((request, response) => {
			request.resume()
			answer(request, response)
		})
		try {
			await expect(sequenceWith(http(server.url))).rejects.toThrow(said)
		} finally {
			await server.close()
		}
		expect(await log.checkpoint()).toBeNull()
		await sequencePending(log.deps)
		expect((await log.checkpoint())?.size).toBe(1)
	})

	test.each<[string, () => Parameters<typeof command>, RegExp]>([
		['ends with an error', () => ["console.error('no token'); process.exit(4)"], /ended with 4: no token/],
		['hangs', () => ['setInterval(() => {}, 1000)', 1500], /did not answer within 1.5 s/],
		['says nothing', () => [''], /base64 of a signature/],
	])('whose command %s is named', async (_, args, said) => {
		await expect(sequenceWith(command(...args()))).rejects.toThrow(said)
		expect(await log.checkpoint()).toBeNull()
	})

	test('that is not there is said so', async () => {
		const missing = externalSigner(own().vkey, { command: [join(log.folder, 'none')], timeoutMs: 1000 })
		await expect(sequenceWith(missing.sign)).rejects.toThrow(/cannot be run: .*ENOENT/)
		await expect(sequenceWith(http('http://127.0.0.1:1/'))).rejects.toThrow(/cannot be reached: ECONNREFUSED/)
	})

	test('is set by settings that go together, and never reached unencrypted over a network', () => {
		const vkey = own().vkey
		const read = (env: Record<string, string>) => readConfig(env, '/').externalKeys
		expect(
			read({ CHARTERKEEP_LOG_VKEY: vkey, CHARTERKEEP_LOG_SIGNER_COMMAND: '/bin/sign --slot 3' }),
		).toEqual({
			vkeys: [vkey],
			place: { command: ['/bin/sign', '--slot', '3'], timeoutMs: 5000 },
		})
		expect(() => read({ CHARTERKEEP_LOG_VKEY: vkey })).toThrow(/and either CHARTERKEEP_LOG_SIGNER_COMMAND/)
		expect(() => read({ CHARTERKEEP_LOG_SIGNER_URL: 'https://hsm/' })).toThrow(/needs CHARTERKEEP_LOG_VKEY/)
		expect(() => read({ CHARTERKEEP_LOG_VKEY: 'x', CHARTERKEEP_LOG_SIGNER_URL: 'https://hsm/' })).toThrow(
			/this is none: x/,
		)
		expect(() => read({ CHARTERKEEP_LOG_VKEY: vkey, CHARTERKEEP_LOG_SIGNER_URL: 'http://hsm/' })).toThrow(
			/must be an https address, or http on this machine/,
		)
		expect(
			['https://hsm/', 'http://[::1]:9/', 'http://127.0.0.1.evil.example/'].map(isSafeSignerUrl),
		).toEqual([true, true, false])
	})
})
