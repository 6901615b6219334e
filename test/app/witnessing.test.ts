import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { startWitnessLoop } from '#app/jobs/witness-loop.server.ts'
import { currentCheckpoint, recordStatus, showEntry } from '#app/services/ledger/show-record.server.ts'
import { askWitness, hearWitnesses, reachableWitnesses } from '#app/services/ledger/witness-log.server.ts'
import { columnOf, guardWithWitnesses } from '#app/services/ledger/witness-policy.server.ts'
import { insertCosignature, newestCosignatures } from '#db/queries/cosignatures.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { madeWitness } from '#test/factories/log.ts'
import { addCheckpointBody, verifyTlogProof } from '#workflows/ledger/proof-files.ts'
import { leafHashOf } from '#workflows/ledger/merkle.ts'
import { judgeCheckpoint } from '#workflows/ledger/witness-verdict.ts'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'
import { runHere } from './run-command.ts'
import { urlOf } from '#test/database.ts'
import { backupsOf, createRecord, createWitness, policyOf } from './witnessed-app.ts'

let folder: string
const undo: (() => Promise<unknown> | void)[] = []
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-witnessing-'))
})
afterEach(async () => {
	for (const step of undo.splice(0).reverse()) await step()
	rmSync(folder, { recursive: true, force: true })
})

async function record(origin = 'agency.example/log') {
	const made = await createRecord(origin)
	undo.push(() => made.app.stop())
	return made
}
async function witness(name: string, ...logs: string[]) {
	const made = await createWitness(name, logs)
	undo.push(() => made.stop())
	return made
}
async function fake(answer: RequestListener): Promise<string> {
	const server: Server = createServer(answer)
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
	undo.push(async () => {
		server.closeAllConnections()
		await new Promise((done) => server.close(done))
	})
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
type Made = Awaited<ReturnType<typeof record>>
async function ask({ deps }: Made, name = 'w') {
	const found = reachableWitnesses(deps).find((one) => one.name === name)
	if (found === undefined) throw new Error(`No witness ${name}.`)
	return askWitness(deps, found)
}
const size = async ({ deps }: Made) => (await latestCheckpoint(deps.database.db))?.size ?? 0
async function until(isSo: () => Promise<boolean>): Promise<void> {
	while (!(await isSo())) await new Promise((done) => setTimeout(done, 50))
}

/** Runs `log ...` with the policy of this record, in this mode. */
function log({ app, vkey }: Made, policy: string, mode: string, ...args: string[]) {
	const file = join(folder, 'policy')
	writeFileSync(file, policy)
	const env = {
		DATABASE_URL: urlOf(app.target),
		CHARTERKEEP_DATA_DIR: join(folder, 'nothing'),
		CHARTERKEEP_WITNESS_POLICY_FILE: file,
		CHARTERKEEP_WITNESS_MODE: mode,
	}
	const key = args[0] === 'export' ? ['--vkey', vkey] : []
	return runHere(charterkeep, ['log', ...args, ...key], { env })
}

describe('two instances that witness each other', () => {
	test('each has its newest checkpoint cosigned by the other, and exports verify under the exported policy', async () => {
		const [agency, ministry] = [await record('agency.example/log'), await record('ministry.example/log')]
		const ofAgency = await witness('witness.agency.example', ministry.vkey)
		const ofMinistry = await witness('witness.ministry.example', agency.vkey)
		agency.deps.witnessing.policy = policyOf(ofMinistry.line('ministry'), 'quorum ministry')
		ministry.deps.witnessing.policy = policyOf(ofAgency.line('agency'), 'quorum agency')
		await agency.write(300)
		await ministry.write(2)
		for (const { deps } of [agency, ministry]) {
			const loop = startWitnessLoop(deps)
			undo.push(() => loop.stop())
		}
		for (const one of [agency, ministry])
			await until(async () => (await one.published())?.witnessed.isMet === true)
		const earlier = (await agency.published())?.note.split('\n').at(-2)
		// Growth is proven from what the witness holds, and cosigned by itself.
		await agency.write(40)
		await until(async () => {
			const now = await agency.published()
			return now?.witnessed.isMet === true && now.size === (await size(agency))
		})
		for (const one of [agency, ministry]) {
			const { verdict } = judgeCheckpoint((await currentCheckpoint(one.deps)) ?? '', one.policy())
			expect(verdict).toMatchObject({
				head: { origin: one.deps.signer.origin, size: await size(one) },
				witnessed: { isMet: true, isAsked: true },
			})
		}
		const directory = join(folder, 'export')
		const lines = `${ofMinistry.line('ministry')}\nquorum ministry\n`
		const exported = await log(agency, lines, 'closed', 'export', directory)
		expect(exported).toMatchObject({ code: 0, stderr: '' })
		expect(exported.stdout).toContain('Witnessed: cosigned by ministry.')
		const file = (name: string) => readFileSync(join(directory, name), 'utf8')
		expect(file('policy')).toBe(`log ${agency.vkey}\nwitness ministry ${ofMinistry.vkey}\nquorum ministry\n`)
		const policy = policyOf(...file('policy').trimEnd().split('\n'))
		const note = file('checkpoint')
		expect(judgeCheckpoint(note, policy).verdict?.witnessed.isMet).toBe(true)
		// Without the witness's line it is log-signed and no more; with a line from elsewhere it is refused.
		const bare = note.split('\n').slice(0, -2).join('\n') + '\n'
		expect(judgeCheckpoint(bare, policy).verdict).toMatchObject({
			head: { size: await size(agency) },
			witnessed: { isMet: false },
		})
		expect(judgeCheckpoint(`${bare}${earlier}\n`, policy).refusal).toBe('bad_cosignature')
		// A proof of one entry carries the cosignature with it.
		const proof = await log(agency, lines, 'closed', 'proof', '7')
		const { leaf } = await showEntry(agency.deps, agency.app.actor('auditor'), 7)
		expect(verifyTlogProof(proof.stdout, leafHashOf(utf8ToBytes(leaf)), policy).refusal).toBeNull()
	})
})

describe('without the cosignatures that the policy asks for', () => {
	test('an open record gives out what it signed, and says since when nobody has witnessed it', async () => {
		const one = await record()
		const w = await witness('w.example', one.vkey)
		one.deps.witnessing.policy = policyOf(w.line('w'), 'quorum w')
		await one.write()
		expect(await ask(one)).toMatchObject({ kind: 'cosigned' })
		const witnessed = await size(one)
		await w.down()
		await one.write(3)
		expect(await ask(one)).toMatchObject({ kind: 'failed', problem: 'unreachable' })
		const published = await one.published()
		expect(published).toMatchObject({ size: witnessed + 3, witnessed: { isMet: false, by: [] } })
		expect((await recordStatus(one.deps)).witnessing).toMatchObject({
			mode: 'open',
			quorum: { name: 'w' },
			given: { size: witnessed + 3, isMet: false },
			lastMet: { size: witnessed },
			witnesses: [{ name: 'w', cosigned: { size: witnessed, isNewest: false } }],
		})
		const exported = await log(one, `${w.line('w')}\nquorum w\n`, 'open', 'export', join(folder, 'open'))
		expect(exported.stdout).toContain('Not witnessed as the policy asks: cosigned by nobody.')
	})

	test('a closed record gives out nothing, and then what was witnessed and nothing newer', async () => {
		const one = await record()
		const w = await witness('w.example', one.vkey)
		const policy = `${w.line('w')}\nquorum w\n`
		one.deps.witnessing = {
			...one.deps.witnessing,
			policy: policyOf(w.line('w'), 'quorum w'),
			mode: 'closed',
		}
		await one.write()
		expect(await currentCheckpoint(one.deps)).toBeNull()
		for (const args of [
			['export', join(folder, 'closed')],
			['proof', '0'],
			['consistency', '1'],
		]) {
			const ran = await log(one, policy, 'closed', ...args)
			expect([ran.code, ran.stdout]).toEqual([2, ''])
			expect(ran.stderr).toMatch(/^No checkpoint of this log has the cosignatures that its policy asks for/)
		}
		const auditor = one.app.actor('auditor')
		expect((await showEntry(one.deps, auditor, 0)).proof).toBeNull()
		await ask(one)
		const witnessed = await size(one)
		await w.down()
		await one.write(2)
		expect(await one.published()).toMatchObject({ size: witnessed, witnessed: { isMet: true } })
		expect((await showEntry(one.deps, auditor, witnessed - 1)).proof).toMatchObject({
			treeSize: witnessed,
			isWitnessed: true,
		})
		expect((await showEntry(one.deps, auditor, witnessed)).proof).toBeNull()
		const proof = await log(one, policy, 'closed', 'proof', String(witnessed))
		expect(proof.stderr).toMatch(`The log has ${witnessed} entries`)
		await w.up()
		await ask(one)
		expect((await one.published())?.size).toBe(witnessed + 2)
	})

	test('a quorum of groups is met by those who sign, whoever else is gone', async () => {
		const one = await record()
		const [a, b, c] = [
			await witness('a.example', one.vkey),
			await witness('b.example', one.vkey),
			await witness('c.example', one.vkey),
		]
		const configured = policyOf(
			...[a.line('a'), b.line('b'), c.line('c')],
			...['group agencies any a b', 'group both all agencies c', 'quorum both'],
		)
		one.deps.witnessing = { ...one.deps.witnessing, policy: configured, mode: 'closed' }
		await one.write()
		await ask(one, 'a')
		expect(await one.published()).toBeNull()
		await ask(one, 'c')
		expect((await one.published())?.witnessed.by.map(({ name }) => name).sort()).toEqual(['a', 'c'])
		// At a later size others make up the quorum; one that is behind is proven to from where it was.
		await a.down()
		await one.write()
		await ask(one, 'b')
		await ask(one, 'c')
		expect((await one.published())?.size).toBe(await size(one))
	})
})

describe('what a witness answers', () => {
	let one: Made
	beforeAll(async () => {
		one = await createRecord('agency.example/log')
	})
	afterAll(() => one?.app.stop())
	// Each test has a witness of its own, which has seen nothing yet.
	let count = 0
	const fresh = () => `w${(count += 1)}.example`

	test('is learnt again where it was not stored: it holds what it signed', async () => {
		const w = await witness(fresh(), one.vkey)
		one.deps.witnessing.policy = policyOf(w.line('w'), 'quorum w')
		await one.write()
		// What a crash between answer and store leaves behind.
		const checkpoint = (await latestCheckpoint(one.deps.database.db))?.note ?? ''
		const sent = await one.deps.witnessing.port.submit(
			w.url,
			addCheckpointBody({ old: 0, proof: [], checkpoint }),
		)
		expect(sent.kind).toBe('cosigned')
		await one.write(5)
		expect(await ask(one)).toEqual({ kind: 'cosigned', size: await size(one) })
		expect(await ask(one)).toEqual({ kind: 'current' })
	})

	const liar = madeWitness('w.example')
	test.each<[string, (note: string) => string, string]>([
		[
			'by another key',
			(note) => madeWitness('other').cosign(note).split('\n').at(-2) ?? '',
			'bad_cosignature',
		],
		[
			'of another checkpoint',
			() =>
				liar
					.cosign('other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 x AAAAAAA=\n')
					.split('\n')
					.at(-2) ?? '',
			'bad_cosignature',
		],
		['of a time to come', (note) => liar.cosign(note, 9_000_000_000).split('\n').at(-2) ?? '', 'clock'],
		['that is none', () => 'hello', 'bad_cosignature'],
		['that has no end', () => 'x'.repeat(70_000), 'unreachable'],
	])('is not stored: a cosignature %s', async (_, line, problem) => {
		let body = ''
		const url = await fake((request, response) => {
			request.on('data', (chunk: Buffer) => (body += chunk.toString()))
			request.on('end', () => response.end(`${line(body.slice(body.indexOf('\n\n') + 2))}\n`))
		})
		one.deps.witnessing.policy = policyOf(`witness w ${liar.vkey} ${url}`, 'quorum w')
		await one.write()
		expect(await ask(one)).toMatchObject({ kind: 'failed', problem })
		expect(await newestCosignatures(one.deps.database.db, [columnOf(liar.vkey)])).toEqual([])
		expect((await one.published())?.witnessed.isMet).toBe(false)
	})

	test.each<[string, RequestListener, string]>([
		['404', (_, response) => void response.writeHead(404).end('who?'), 'unknown_log'],
		['403', (_, response) => void response.writeHead(403).end('no'), 'refused'],
		['a redirection', (_, response) => void response.writeHead(307, { location: '/x' }).end(), 'refused'],
		['409 without a size', (_, response) => void response.writeHead(409).end('7\n'), 'refused'],
		[
			'another size each time',
			(_, response) =>
				void response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${1 + (turn++ % 2)}\n`),
			'refused',
		],
		['422 for no reason', (_, response) => void response.writeHead(422).end(), 'refused'],
	])('is named: %s', async (_, listener, problem) => {
		one.deps.witnessing.policy = policyOf(`witness w ${liar.vkey} ${await fake(listener)}`, 'quorum w')
		await one.write(3)
		expect(await ask(one)).toMatchObject({ kind: 'failed', problem })
		// A witness that only refuses stops nothing: it has to show what was signed.
		await one.write()
	})
	let turn = 0

	test('is waited for by nobody: others cosign, and entries are signed, while one is silent', async () => {
		const w = await witness(fresh(), one.vkey)
		const silent = await fake(() => undefined)
		one.deps.witnessing.policy = policyOf(
			`witness silent ${liar.vkey} ${silent}`,
			w.line('w'),
			'group g any silent w',
			'quorum g',
		)
		const loop = startWitnessLoop(one.deps)
		undo.push(() => loop.stop())
		await one.write()
		await until(async () => (await one.published())?.witnessed.isMet === true)
		await until(async () => one.deps.witnessing.notes.get('silent')?.problem?.code === 'unreachable')
		const { witnesses } = (await recordStatus(one.deps)).witnessing
		expect(witnesses.map(({ problem }) => problem?.text)).toEqual(['no answer in time', undefined])
	})
})

describe('a database that was put back, with no file that remembers', () => {
	async function putBack() {
		const one = await record()
		const w = await witness('w.example', one.vkey)
		one.deps.witnessing.policy = policyOf(w.line('w'), 'quorum w')
		const { backUp, restore } = backupsOf(one.app)
		await one.write()
		await ask(one)
		await backUp('older')
		await one.write(4)
		await ask(one)
		await backUp('newer')
		const witnessed = await size(one)
		await restore('older')
		const { guard, accuse } = guardWithWitnesses(
			openHeadGuard(join(folder, 'nothing-yet.json'), one.deps.signer.origin),
		)
		one.deps.headGuard = guard
		one.deps.witnessing = { ...one.deps.witnessing, accuse, notes: new Map() }
		return { one, w, restore, witnessed }
	}

	test('is not signed for: the witness remembers, and goes on once the newer one is back', async () => {
		const { one, restore, witnessed } = await putBack()
		await hearWitnesses(one.deps)
		await expect(one.write()).rejects.toThrow(
			`This log was signed up to ${witnessed} entries, and this database holds ${witnessed - 4}`,
		)
		expect(await size(one)).toBe(witnessed - 4)
		expect((await recordStatus(one.deps)).witnessing.witnesses[0]?.problem?.code).toBe('ahead')
		await restore('newer')
		await one.write()
		expect(await size(one)).toBe(witnessed + 2)
		expect(await ask(one)).toMatchObject({ kind: 'cosigned' })
	})

	test('that signs before it has heard stops at the first answer', async () => {
		const { one, witnessed } = await putBack()
		await one.write()
		expect(await ask(one)).toMatchObject({ kind: 'failed', problem: 'ahead' })
		await expect(one.write()).rejects.toThrow(`This log was signed up to ${witnessed} entries`)
	})

	test('and has grown past what was witnessed is a fork, which stops all signing', async () => {
		const { one, witnessed } = await putBack()
		await one.write(7)
		expect(await ask(one)).toMatchObject({ kind: 'failed', problem: 'forked' })
		const before = await size(one)
		expect(before).toBeGreaterThan(witnessed)
		await expect(one.write()).rejects.toThrow(
			/The witness w holds a checkpoint of \d+ entries .* this log has forked\. Nothing is signed\./,
		)
		expect(await size(one)).toBe(before)
	})

	test('is not stopped by a witness that cannot show the signature of the log', async () => {
		const { one } = await putBack()
		const note = madeWitness('w.example').cosign(
			`${one.deps.signer.origin}\n99\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 x AAAAAAA=\n`,
		)
		const url = await fake((request, response) =>
			request.method === 'GET'
				? response.end(note)
				: response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('99\n'),
		)
		one.deps.witnessing.policy = policyOf(`witness w ${madeWitness('w.example').vkey} ${url}`, 'quorum w')
		await hearWitnesses(one.deps)
		expect(await ask(one)).toMatchObject({ kind: 'failed', problem: 'refused' })
		await one.write()
	})
})

test('a witness whose folder was put back is found out, is shown its own word, and goes on from there', async () => {
	const one = await record()
	const w = await witness('w.example', one.vkey)
	one.deps.witnessing.policy = policyOf(w.line('w'), 'quorum w')
	await one.write()
	await ask(one)
	const held = await size(one)
	cpSync(join(w.folder, 'checkpoints'), join(folder, 'older'), { recursive: true })
	await one.write(2)
	await ask(one)
	await w.down()
	rmSync(join(w.folder, 'checkpoints'), { recursive: true })
	cpSync(join(folder, 'older'), join(w.folder, 'checkpoints'), { recursive: true })
	await w.up()
	await one.write()
	expect(await ask(one)).toEqual({ kind: 'cosigned', size: await size(one) })
	const [view] = (await recordStatus(one.deps)).witnessing.witnesses
	expect(view?.wentBack).toMatchObject({ held, cosigned: held + 2 })
})

test('a line that was put into the database is not given out where it does not verify', async () => {
	const one = await record()
	const w = madeWitness('w.example')
	one.deps.witnessing.policy = policyOf(`witness w ${w.vkey}`, 'quorum w')
	await one.write()
	const at = await size(one)
	const note = (await latestCheckpoint(one.deps.database.db))?.note ?? ''
	const pasted =
		w
			.cosign(note.replace(`\n${at}\n`, `\n${at + 1}\n`))
			.split('\n')
			.at(-2) ?? ''
	await one.deps.database.withTx((tx) =>
		insertCosignature(tx, {
			size: at,
			witness: columnOf(w.vkey),
			line: pasted,
			signedAt: new Date(),
		}),
	)
	expect(await one.published()).toMatchObject({ note, witnessed: { isMet: false, by: [] } })
})
