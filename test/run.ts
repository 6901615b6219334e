import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureChromium } from './e2e/chromium.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const bin = (name: string) => join(CHECKOUT, 'node_modules/.bin', name)

type Part = { name: string; command: string; args: string[] }

/** What reads the sources and needs one core each: two at a time. */
const READING: readonly Part[] = [
	{ name: 'type check', command: bin('tsc'), args: [] },
	{ name: 'lint', command: bin('eslint'), args: ['.', '--max-warnings', '0'] },
	{ name: 'format', command: bin('prettier'), args: ['--check', '.'] },
	{ name: 'dead code', command: bin('knip'), args: ['--no-config-hints'] },
	{ name: 'migrations', command: process.execPath, args: [join(CHECKOUT, 'test/migrations.ts')] },
]
/** What runs the product, from the quickest to the slowest, one after another: each uses all there is. */
const RUNNING: readonly Part[] = [
	{ name: 'unit tests', command: bin('vitest'), args: ['run', '--project', 'unit'] },
	{ name: 'database tests', command: bin('vitest'), args: ['run', '--project', 'db'] },
	{ name: 'app tests', command: bin('vitest'), args: ['run', '--project', 'app'] },
	{ name: 'browser tests', command: bin('vitest'), args: ['run', '--project', 'e2e'] },
	{ name: 'walkthrough', command: process.execPath, args: [join(CHECKOUT, 'test/e2e/walkthrough.ts')] },
]

type Outcome = { part: Part; isGood: boolean; output: string }

/** Runs every part, even after one has failed; the output of the failing ones stands last. */
async function main(): Promise<number> {
	try {
		console.log(`Browser: ${ensureChromium()}`)
	} catch (error) {
		console.log((error as Error).message)
		return 1
	}
	const outcomes = [...(await inLanes(READING, 2)), ...(await inLanes(RUNNING, 1))]
	const failed = outcomes.filter(({ isGood }) => !isGood)
	for (const { part, output } of failed) console.log(`\n--- ${part.name} ---\n${output}`)
	// A long output may be cut in the middle by whoever keeps it: what failed stands once more at its end.
	for (const { part, output } of failed) console.log(`\n${part.name}:\n${failures(output)}`)
	console.log(`\n${outcomes.length - failed.length} passed, ${failed.length} failed`)
	return failed.length === 0 ? 0 : 1
}

/** So many parts at a time; each says how it went as soon as it is done. */
async function inLanes(parts: readonly Part[], lanes: number): Promise<Outcome[]> {
	const waiting = [...parts]
	const outcomes: Outcome[] = []
	const lane = async () => {
		for (let part = waiting.shift(); part !== undefined; part = waiting.shift())
			outcomes.push(await run(part))
	}
	await Promise.all(Array.from({ length: lanes }, lane))
	return outcomes
}

async function run(part: Part): Promise<Outcome> {
	const from = performance.now()
	const child = spawn(part.command, part.args, { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] })
	let output = ''
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text
		})
	const isGood = await new Promise<boolean>((resolve) => {
		child.once('error', (error) => {
			output += error.message
			resolve(false)
		})
		child.once('close', (code) => resolve(code === 0))
	})
	const seconds = ((performance.now() - from) / 1000).toFixed(1)
	console.log(`${isGood ? 'passed' : 'FAILED'}  ${part.name.padEnd(16)} ${seconds} s`)
	if (isGood) console.log(worthSaying(output))
	return { part, isGood, output }
}

/** Of a part that failed: which tests, the first line of why, where, and what a browser waited for. */
function failures(output: string): string {
	return plainOf(output)
		.split('\n')
		.filter((line) => /^\s*(FAIL |\w*Error: |[\w.]+: Timeout |❯ test\/|- )/.test(line))
		.filter((line, at, lines) => line !== lines[at - 1])
		.map((line) => `        ${line.trim().slice(0, 300)}`)
		.join('\n')
}

// eslint-disable-next-line no-control-regex -- colours begin with a control character
const plainOf = (output: string) => output.replaceAll(/\u001b\[[0-9;]*m/g, '')

/** Of a part that passed: its counts, and what it left out and why. */
function worthSaying(output: string): string {
	return plainOf(output)
		.split('\n')
		.filter((line) => /skipped:|^\s*(Test Files|Tests) |^\{"ok"/.test(line))
		.map((line) => `        ${line.trim()}`)
		.join('\n')
}

process.exitCode = await main()
