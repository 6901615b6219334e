import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWitness, type RunningWitness } from '#app/witness/start-witness.ts'
import { hashOfOrigin } from '#app/witness/witness-folder.ts'
import { readWitnessSettings } from '#app/witness/witness-settings.ts'
import { consistencyProof } from '#test/workflows/ledger/literal-proofs.ts'
import { madeLog } from '#test/factories/log.ts'
import { addCheckpointBody } from '#workflows/ledger/proof-files.ts'
import { parsePolicy } from '#workflows/ledger/tlog-policy.ts'
import { judgeCheckpoint } from '#workflows/ledger/witness-verdict.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const ORIGIN = 'agency.example/log'
const log = madeLog(ORIGIN)
const fork = madeLog(ORIGIN, 'fork')
const other = madeLog('ministry.example/log')

let folder: string
let running: RunningWitness[]
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-witness-'))
	running = []
	writeFileSync(join(folder, 'logs'), `log ${log.vkey}\nlog ${other.vkey}\n`)
})
afterEach(async () => {
	for (const witness of running) await witness.stop()
	rmSync(folder, { recursive: true, force: true })
})

async function start(more: Record<string, string> = {}, now?: () => Date): Promise<RunningWitness> {
	const settings = readWitnessSettings(
		{
			WITNESS_DIR: join(folder, 'state'),
			WITNESS_NAME: 'witness.example',
			WITNESS_LOGS_FILE: join(folder, 'logs'),
			WITNESS_PORT: '0',
			...more,
		},
		CHECKOUT,
	)
	const witness = await startWitness(settings, { log: pino({ level: 'silent' }), ...(now ? { now } : {}) })
	running.push(witness)
	return witness
}
async function stop(witness: RunningWitness): Promise<void> {
	running = running.filter((one) => one !== witness)
	await witness.stop()
}

const body = (old: number, size: number, from = log) =>
	addCheckpointBody({
		old,
		proof: old === 0 || old === size ? [] : consistencyProof(from.leaves(size), old),
		checkpoint: from.checkpoint(size),
	})
const send = async ({ url }: { url: string }, text: string | Uint8Array) => {
	const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: Buffer.from(text) })
	return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}
const held = async ({ url }: { url: string }, origin = ORIGIN) =>
	(await fetch(`${url}/${hashOfOrigin(origin)}/checkpoint`)).text()

/** Whose cosignatures stand on the note, as a verifier finds it who knows the log and this witness. */
function judge(note: string, { vkey }: { vkey: string }) {
	const { policy } = parsePolicy(`log ${log.vkey}\nlog ${other.vkey}\nwitness w ${vkey}\nquorum w\n`)
	if (policy === null) throw new Error('The policy cannot be read.')
	return judgeCheckpoint(note, policy)
}

describe('a witness', () => {
	test('cosigns growth, and serves to monitors what it cosigned last', async () => {
		const witness = await start()
		expect((await fetch(`${witness.url}/${hashOfOrigin(ORIGIN)}/checkpoint`)).status).toBe(404)
		for (const [old, size] of [
			[0, 5],
			[5, 5],
			[5, 12],
		] as const) {
			const { status, text } = await send(witness, body(old, size))
			expect([status, text.split('\n').length]).toEqual([200, 2])
			expect(judge(log.checkpoint(size) + text, witness).verdict).toMatchObject({
				head: { size },
				witnessed: { isMet: true },
			})
		}
		expect(judge(await held(witness), witness).verdict).toMatchObject({
			head: { size: 12 },
			witnessed: { isMet: true },
		})
	})

	test('keeps logs apart, under one address each', async () => {
		const witness = await start({ WITNESS_PREFIX: '/w/one' })
		expect((await send(witness, body(0, 5))).status).toBe(200)
		expect((await send(witness, body(0, 3, other))).status).toBe(200)
		expect(judge(await held(witness, 'ministry.example/log'), witness).verdict?.head.size).toBe(3)
		expect(judge(await held(witness), witness).verdict?.head.size).toBe(5)
		const { origin } = new URL(witness.url)
		expect((await fetch(`${origin}/add-checkpoint`, { method: 'POST' })).status).toBe(404)
	})

	test('says what it holds where the log was mistaken, by the type that stands for a size', async () => {
		const witness = await start()
		await send(witness, body(0, 7))
		expect(await send(witness, body(5, 12))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '7\n' })
	})

	test.each<[string, number, string | Uint8Array]>([
		['a fork of the same size', 422, body(7, 7, fork)],
		['a fork that grew', 422, body(7, 12, fork)],
		['an unknown log', 404, body(0, 5, madeLog('unknown.example/log'))],
		['a signature that does not hold', 403, body(7, 9).replace('\n9\n', '\n8\n')],
		['an old size beyond the new', 400, body(0, 5).replace('old 0', 'old 6')],
		['something else', 400, 'hello'],
		['bytes that are no text', 400, Uint8Array.of(0xff, 0xfe)],
		['a byte order mark', 400, `\ufeff${body(7, 9)}`],
		['more than it reads', 413, 'x'.repeat(70_000)],
	])('refuses %s with %i', async (_, status, request) => {
		const witness = await start()
		await send(witness, body(0, 7))
		expect((await send(witness, request)).status).toBe(status)
		expect(judge(await held(witness), witness).verdict?.head.size).toBe(7)
	})

	test('refuses more than it reads also when nobody said how much it is', async () => {
		const { url } = await start()
		const status = await new Promise((resolve, reject) => {
			const request = httpRequest(`${url}/add-checkpoint`, { method: 'POST' }, ({ statusCode }) =>
				resolve(statusCode),
			)
			request.on('error', reject)
			request.write('x'.repeat(40_000))
			request.write('x'.repeat(40_000))
		})
		expect(status).toBe(413)
	})

	test('keeps two checkpoints of one size as proof of a fork, and shows where at the next start', async () => {
		const witness = await start()
		await send(witness, body(0, 7))
		await send(witness, body(7, 7, fork))
		await stop(witness)
		const [path = ''] = (await start()).kept
		const text = readFileSync(path, 'utf8')
		expect(text).toContain(log.checkpoint(7).split('\n')[2])
		expect(text).toContain(fork.checkpoint(7))
	})

	test('accepts a log under its old and its new key while both stand in the list', async () => {
		const renewed = madeLog(ORIGIN)
		writeFileSync(join(folder, 'logs'), `log ${madeLog('x').vkey}\nlog ${renewed.vkey}\n`)
		expect((await send(await start(), body(0, 5, renewed))).status).toBe(200)
	})

	test('limits how often an address may ask', async () => {
		const witness = await start({ WITNESS_REQUESTS_PER_MINUTE: '2' })
		const statuses = []
		for (let i = 0; i < 3; i++) statuses.push((await send(witness, 'x')).status)
		expect(statuses).toEqual([400, 400, 429])
		expect((await fetch(`${witness.url}/healthz`)).status).toBe(200)
	})

	test('answers by GET and POST as they are meant, and with headers that allow nothing', async () => {
		const { url } = await start()
		const wrong = await fetch(`${url}/add-checkpoint`)
		expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
		expect(wrong.headers.get('content-security-policy')).toContain("default-src 'none'")
		const posted = await fetch(`${url}/${hashOfOrigin(ORIGIN)}/checkpoint`, { method: 'POST' })
		expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
	})

	test('does not sign an earlier time than it signed before', async () => {
		let at = new Date('2026-01-01T00:00:10Z')
		const witness = await start({}, () => at)
		await send(witness, body(0, 5))
		at = new Date('2026-01-01T00:00:00Z')
		expect((await send(witness, body(5, 7))).status).toBe(503)
		at = new Date('2026-01-01T00:00:11Z')
		expect((await send(witness, body(5, 7))).status).toBe(200)
	})
})

describe('two submissions at once', () => {
	test('of one size and two roots: one is cosigned, the other is refused', async () => {
		const witness = await start()
		await send(witness, body(0, 4))
		for (const size of [9, 16, 33]) {
			const before = judge(await held(witness), witness).verdict?.head.size ?? 0
			// The fork shares the first four leaves with nobody: from the second round on only one of both can go on.
			const answers = await Promise.all(
				Array.from({ length: 10 }, (_, i) => send(witness, body(before, size, i % 2 === 0 ? log : fork))),
			)
			const cosigned = answers.filter(({ status }) => status === 200).map(({ text }) => text)
			expect(cosigned).toHaveLength(1)
			expect(judge(log.checkpoint(size) + cosigned[0], witness).refusal).toBeNull()
		}
	})

	test('from nothing: whoever comes first decides, and the other tree is never signed', async () => {
		const witness = await start()
		const answers = await Promise.all([fork, log, fork, log].map((from) => send(witness, body(0, 6, from))))
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
	})

	test('of a smaller and a larger size: the larger is never taken back', async () => {
		const witness = await start()
		await send(witness, body(0, 4))
		const answers = await Promise.all([30, 8, 20, 12].map((size) => send(witness, body(4, size))))
		const sizes = [30, 8, 20, 12].filter((_, i) => answers[i]?.status === 200)
		expect(sizes).toHaveLength(1)
		expect(judge(await held(witness), witness).verdict?.head.size).toBe(sizes[0])
	})
})

describe('the folder of a witness', () => {
	test('belongs to one process', async () => {
		await start()
		await expect(start()).rejects.toThrow(/is in use by process \d+: two witnesses with one key/)
	})

	test('keeps key and state over a start, and only its owner reads the key', async () => {
		const first = await start()
		await send(first, body(0, 7))
		await stop(first)
		const again = await start()
		expect(again.vkey).toBe(first.vkey)
		expect((await send(again, body(0, 9))).text).toBe('7\n')
		if (process.platform !== 'win32')
			expect(statSync(join(folder, 'state/witness-key.json')).mode & 0o777).toBe(0o600)
	})

	test('that was put back from an older copy is noticed where a second folder remembers', async () => {
		const guarded = { WITNESS_GUARD_DIR: join(folder, 'guard') }
		const witness = await start(guarded)
		await send(witness, body(0, 7))
		cpSync(join(folder, 'state/checkpoints'), join(folder, 'older'), { recursive: true })
		await send(witness, body(7, 9))
		await stop(witness)
		rmSync(join(folder, 'state/checkpoints'), { recursive: true })
		cpSync(join(folder, 'older'), join(folder, 'state/checkpoints'), { recursive: true })
		await expect(start(guarded)).rejects.toThrow(
			/cosigned 9 entries of agency\.example\/log, and .* knows of 7: it was put back/,
		)
		rmSync(join(folder, 'state/checkpoints'), { recursive: true })
		await expect(start(guarded)).rejects.toThrow(/knows of 0/)
		// What the message says to do.
		cpSync(join(folder, 'guard/checkpoints'), join(folder, 'state/checkpoints'), { recursive: true })
		expect((await send(await start(guarded), body(9, 12))).status).toBe(200)
	})

	test('that was put back is noticed by its own cosignature, which the log shows it', async () => {
		const witness = await start()
		await send(witness, body(0, 7))
		cpSync(join(folder, 'state/checkpoints'), join(folder, 'older'), { recursive: true })
		const line = (await send(witness, body(7, 9))).text
		await stop(witness)
		rmSync(join(folder, 'state/checkpoints'), { recursive: true })
		cpSync(join(folder, 'older'), join(folder, 'state/checkpoints'), { recursive: true })
		const later = await start()
		expect(later.kept).toEqual([])
		// Its own word brings it back to where it was; a fork in between would be refused.
		expect((await send(later, body(7, 9) + line)).status).toBe(200)
		await stop(later)
		const [path = ''] = (await start()).kept
		expect(readFileSync(path, 'utf8')).toMatch(
			/held 7 entries of agency\.example\/log, and was shown its own/,
		)
	})

	test('whose checkpoint is damaged does not begin anew', async () => {
		const witness = await start()
		await send(witness, body(0, 7))
		await stop(witness)
		const file = join(folder, 'state/checkpoints', hashOfOrigin(ORIGIN), 'checkpoint')
		writeFileSync(file, readFileSync(file, 'utf8').replace('\n7\n', '\n6\n'))
		await expect(start()).rejects.toThrow(
			/is no checkpoint that this witness cosigned: put back the newest copy/,
		)
	})

	test('that cannot be written to gives no cosignature', async () => {
		const witness = await start()
		await send(witness, body(0, 7))
		// A folder in the place of the draft: nothing can be stored, as with a full disk.
		const draft = join(folder, 'state/checkpoints', hashOfOrigin(ORIGIN), 'checkpoint.draft')
		cpSync(join(folder, 'logs'), join(draft, 'in-the-way'))
		const refused = await send(witness, body(7, 9))
		expect([refused.status, refused.text]).toEqual([500, 'This witness could not answer.\n'])
		rmSync(draft, { recursive: true })
		expect((await send(witness, body(7, 8))).status).toBe(200)
	})
})

describe('npm run witness', () => {
	const program = (env: Record<string, string>): ChildProcess =>
		spawn(process.execPath, ['app/witness/start.ts'], {
			cwd: CHECKOUT,
			env: { ...process.env, LOG_LEVEL: 'silent', ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		})
	async function output(child: ChildProcess, until: RegExp): Promise<string> {
		let text = ''
		for (const stream of [child.stdout, child.stderr])
			stream?.on('data', (chunk: Buffer) => {
				text += chunk.toString()
			})
		while (!until.test(text) && child.exitCode === null && child.signalCode === null)
			await new Promise((resolve) => setTimeout(resolve, 20))
		return text
	}
	const env = () => ({
		WITNESS_DIR: join(folder, 'state'),
		WITNESS_NAME: 'witness.example',
		WITNESS_LOGS_FILE: join(folder, 'logs'),
		WITNESS_PORT: '0',
	})

	test.each<[string, Record<string, string>, RegExp]>([
		['no list of logs', { WITNESS_LOGS_FILE: '' }, /WITNESS_LOGS_FILE is not set: name a file/],
		['a list that is not there', { WITNESS_LOGS_FILE: '/nowhere' }, /names \/nowhere, which cannot be read/],
		['no name', { WITNESS_NAME: '' }, /WITNESS_NAME is not set: the key of this witness is made now/],
		['a name with a space', { WITNESS_NAME: 'a b' }, /WITNESS_NAME must have no white space/],
		['a port that is none', { WITNESS_PORT: 'http' }, /WITNESS_PORT must be a port number/],
		['a prefix that ends in a slash', { WITNESS_PREFIX: '/w/' }, /WITNESS_PREFIX must be a path/],
	])('says what to do about %s', async (_, more, said) => {
		const child = program({ ...env(), ...more })
		const text = await output(child, /never/)
		expect(text).toMatch(/^The witness does not start: /)
		expect(text).toMatch(said)
	})

	test('names the line of a list of logs that cannot be read', async () => {
		writeFileSync(join(folder, 'logs'), 'log nonsense\n')
		expect(await output(program(env()), /never/)).toMatch(
			/Line 1 of the policy names no Ed25519 key of a log/,
		)
	})

	test('a key keeps its name', async () => {
		await stop(await start())
		const text = await output(program({ ...env(), WITNESS_NAME: 'other.example' }), /never/)
		expect(text).toMatch(/has the name witness\.example, and WITNESS_NAME is other\.example/)
	})

	test('killed at any moment, never knows less than it signed', async () => {
		let signed = 0
		for (let round = 0; round < 4; round++) {
			const child = program(env())
			const text = await output(child, /for a policy.*\n/)
			const [, url = ''] = /listens at (\S+)/.exec(text) ?? []
			const [, vkey = ''] = /verifier key {2}(\S+)/.exec(text) ?? []
			const seen = Number((await send({ url }, body(1000, 1001))).text)
			expect(seen).toBeGreaterThanOrEqual(signed)
			let old = seen
			const ended = once(child, 'exit')
			setTimeout(() => child.kill('SIGKILL'), 60 + round * 45)
			try {
				for (;;) {
					const { status, text: line } = await send({ url }, body(old, old + 1))
					if (status !== 200) break
					expect(judge(log.checkpoint(old + 1) + line, { vkey }).refusal).toBeNull()
					signed = old += 1
				}
			} catch {
				// The process is gone, as it was meant to be: whether the last one was stored is not known.
			}
			await ended
			expect(existsSync(join(folder, 'state/checkpoints', hashOfOrigin(ORIGIN)))).toBe(true)
		}
		expect(signed).toBeGreaterThan(0)
	})
})
