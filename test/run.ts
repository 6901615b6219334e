import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureChromium } from './e2e/chromium.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const bin = (name: string) => join(CHECKOUT, 'node_modules/.bin', name)

type Part = { name: string; command: string; args: string[] }

/** Everything that `npm test` checks, from the quickest to the slowest. */
const PARTS: readonly Part[] = [
	{ name: 'type check', command: bin('tsc'), args: [] },
	{ name: 'lint', command: bin('eslint'), args: ['.', '--max-warnings', '0'] },
	{ name: 'format', command: bin('prettier'), args: ['--check', '.'] },
	{ name: 'dead code', command: bin('knip'), args: ['--no-config-hints'] },
	{ name: 'migrations', command: process.execPath, args: [join(CHECKOUT, 'test/migrations.ts')] },
	{ name: 'unit tests', command: bin('vitest'), args: ['run', '--project', 'unit'] },
	{ name: 'database tests', command: bin('vitest'), args: ['run', '--project', 'db'] },
	{ name: 'app tests', command: bin('vitest'), args: ['run', '--project', 'app'] },
	{ name: 'browser tests', command: bin('vitest'), args: ['run', '--project', 'e2e'] },
	{ name: 'walkthrough', command: process.execPath, args: [join(CHECKOUT, 'test/e2e/walkthrough.ts')] },
]

/** Runs every part, even after one has failed; the output of the failing ones stands last. */
function main(): number {
	try {
		console.log(`Browser: ${ensureChromium()}`)
	} catch (error) {
		console.log((error as Error).message)
		return 1
	}
	const failed: { name: string; output: string }[] = []
	for (const { name, command, args } of PARTS) {
		const from = performance.now()
		const { status, stdout, stderr } = spawnSync(command, args, {
			cwd: CHECKOUT,
			encoding: 'utf8',
			maxBuffer: 256 * 1024 * 1024,
		})
		const output = `${stdout}${stderr}`
		const isGood = status === 0
		console.log(
			`${isGood ? 'passed' : 'FAILED'}  ${name.padEnd(16)} ${((performance.now() - from) / 1000).toFixed(1)} s`,
		)
		if (isGood) console.log(worthSaying(output))
		else failed.push({ name, output })
	}
	for (const { name, output } of failed) console.log(`\n--- ${name} ---\n${output}`)
	// A long output may be cut in the middle by whoever keeps it: what failed stands once more at its end.
	for (const { name, output } of failed) console.log(`\n${name}:\n${failures(output)}`)
	console.log(`\n${PARTS.length - failed.length} passed, ${failed.length} failed`)
	return failed.length === 0 ? 0 : 1
}

/** Of a part that failed: which tests, and the first line of why. */
function failures(output: string): string {
	return plainOf(output)
		.split('\n')
		.filter((line) => /^\s*(FAIL |\w*Error: |[\w.]+: Timeout )/.test(line))
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

process.exitCode = main()
