import { createHash, createPublicKey, hash, verify as verifyWith, type KeyObject } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildVerifierPage } from '#app/verifier/build-page.ts'
import { nodePlatform } from '#app/verifier/node-platform.server.ts'
import { withSecondThread } from '#app/verifier/second-thread.server.ts'
import { verifyPath } from '#workflows/ledger/proofs.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'
import type { Platform } from '#workflows/audit-export/platform.ts'
import type { CoseKey } from '#workflows/ledger/cose-key.ts'
import { launchBrowser } from '#test/e2e/browser.ts'
import { print, round } from '../figure.ts'

const ENTRIES = 100_000
const DECISIONS = 10_000
const ROUNDS = 3
const CHUNK_BYTES = 1024 * 1024
const CHECKOUT = join(import.meta.dirname, '../../..')

/** What verifying a bundle takes, beside the same hashes and signatures by bare node:crypto, in memory, and in a browser. */
export async function benchVerify(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-bench-'))
	const file = join(folder, 'bench.ckbundle.zip')
	try {
		const made = spawnSync(
			process.execPath,
			[join(import.meta.dirname, 'bundle-file.ts'), file, String(ENTRIES), String(DECISIONS)],
			{ encoding: 'utf8' },
		)
		if (made.status !== 0) throw new Error(`The bundle could not be made:\n${made.stderr}`)
		await ratio(file)
		memory(file)
		await page(file, folder)
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

type Work = {
	hashed: Uint8Array[]
	signed: { key: KeyObject; message: Uint8Array; signature: Uint8Array }[]
	bytes: number
}

/** Everything that verifying hashes and every signature that it checks, written down on the way. */
async function workOf(file: string): Promise<Work> {
	const work: Work = { hashed: [], signed: [], bytes: 0 }
	const keys = new Map<CoseKey, KeyObject>()
	const sha256 = (bytes: Uint8Array) => {
		work.hashed.push(bytes.slice())
		return nodePlatform.sha256(bytes)
	}
	const noting: Platform = {
		...nodePlatform,
		sha256,
		verifyInclusion: (leaf, leafHash, path) => verifyPath(leaf, leafHash, path, sha256),
		verifyAssertion: (key, message, signature) => {
			if (key.alg === 'ES256') {
				const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
				const jwk = { kty: 'EC', crv: 'P-256', x: b64(key.x), y: b64(key.y) }
				const known = keys.get(key) ?? createPublicKey({ format: 'jwk', key: jwk })
				keys.set(key, known)
				work.signed.push({ key: known, message, signature })
			}
			return nodePlatform.verifyAssertion(key, message, signature)
		},
	}
	const report = await verifyBundle(read(file), noting)
	if (report.verdict === 'refused' || work.signed.length !== DECISIONS)
		throw new Error(`The bundle does not verify: ${JSON.stringify(report.failures.slice(0, 3))}`)
	work.bytes = readFileSync(file).length
	return work
}

const read = (file: string) => createReadStream(file, { highWaterMark: CHUNK_BYTES })

/** Rounds of the one and the other in turn, so that what else the machine does falls on both. */
async function ratio(file: string): Promise<void> {
	const work = await workOf(file)
	const [bare, ours]: [number[], number[]] = [[], []]
	for (let round = 0; round <= ROUNDS; round++) {
		let from = performance.now()
		bareWork(work, file)
		const plain = performance.now() - from
		from = performance.now()
		await withSecondThread((platform) => verifyBundle(read(file), platform))
		const took = performance.now() - from
		// The first of each warms up.
		if (round > 0) {
			bare.push(plain)
			ours.push(took)
		}
	}
	const [plain, took] = [median(bare), median(ours)]
	print({
		name: 'verify-ratio',
		value: round(took),
		unit: 'ms',
		peer: 'bare node:crypto, one after the other',
		ratio: round(plain / took, 2),
		note: `${ENTRIES} entries, ${DECISIONS} signatures, ${work.hashed.length} hashes; bare ${round(plain)} ms`,
	})
}

/** The same hashes and signatures, and the file read once with its own hash, and nothing else. */
function bareWork({ hashed, signed }: Work, file: string): void {
	createHash('sha256').update(readFileSync(file)).digest()
	for (const bytes of hashed) hash('sha256', bytes, 'buffer')
	for (const { key, message, signature } of signed)
		if (!verifyWith('sha256', message, { key, dsaEncoding: 'der' }, signature))
			throw new Error('A signature of the bundle does not hold.')
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The command as `npm run verify` starts it, as a process of its own: the most memory that it ever held. */
function memory(file: string): void {
	const preload = `data:text/javascript,${encodeURIComponent(
		`import { peakMemoryMb } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../peak-memory.ts')).href)}
process.on('exit', () => console.log('peak ' + peakMemoryMb()))`,
	)}`
	const ran = spawnSync(
		process.execPath,
		['--max-semi-space-size=4', '--import', preload, join(CHECKOUT, 'app/commands/verify.ts'), file],
		{
			cwd: CHECKOUT,
			encoding: 'utf8',
		},
	)
	const megabytes = Number(/^peak ([\d.]+)$/m.exec(ran.stdout)?.[1])
	if (ran.status !== 0 || Number.isNaN(megabytes)) throw new Error(`It could not be measured:\n${ran.stdout}`)
	print({ name: 'verify-rss-mb', value: round(megabytes), unit: 'MB' })
}

/** The same bundle in verify.html, from a file, without a network. */
async function page(file: string, folder: string): Promise<void> {
	const path = join(folder, 'verify.html')
	writeFileSync(path, await buildVerifierPage())
	const browser = await launchBrowser()
	try {
		const context = await browser.newContext({ locale: 'en-GB' })
		await context.setOffline(true)
		const opened = await context.newPage()
		await opened.goto(pathToFileURL(path).href)
		const from = performance.now()
		await opened.locator('#file').setInputFiles(file)
		await opened.getByRole('heading', { name: /Verified/ }).waitFor({ timeout: 600_000 })
		print({ name: 'verify-html-seconds', value: round((performance.now() - from) / 1000), unit: 's' })
	} finally {
		await browser.close()
	}
}
