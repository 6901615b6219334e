import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { secondsOf } from '#app/commands/access/options.ts'
import { table } from '#app/commands/access/print.ts'
import { runHere } from '#test/app/run-command.ts'

const TOKEN = `ckp_${'A'.repeat(49)}`
const run = (words: string[], env: Record<string, string> = {}) =>
	runHere(charterkeep, words, {
		env: { CHARTERKEEP_URL: 'http://127.0.0.1:9', CHARTERKEEP_TOKEN: TOKEN, ...env },
	})
const wish = ['request', '--role', 'r', '--for', '1h', '--reason', 'A reason of its own', '--ticket', 'CHG-1']

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
	const server = createServer()
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	const { port } = server.address() as AddressInfo
	await new Promise((done) => server.close(done))
	return port
}

describe('the command line', () => {
	test.each(['request', 'list', 'show', 'withdraw', 'end', 'log'])(
		'says of %s how it is used',
		async (name) => {
			const { code, stdout } = await run([name, '--help'])
			expect(code).toBe(0)
			expect(stdout).toContain(`charterkeep -- ${name}`)
		},
	)

	test.each([
		['no server', ['list'], { CHARTERKEEP_URL: '' }, 'Set CHARTERKEEP_URL'],
		['no token', ['list'], { CHARTERKEEP_TOKEN: '' }, 'Set CHARTERKEEP_TOKEN'],
		['no TLS', ['list'], { CHARTERKEEP_URL: 'http://charterkeep.example' }, 'has no TLS'],
		[
			'a name that only begins like this machine',
			['list'],
			{ CHARTERKEEP_URL: 'http://localhost.example' },
			'has no TLS',
		],
		['an address with a password', ['list'], { CHARTERKEEP_URL: 'https://a:b@c.example' }, 'is no address'],
		['something else for a token', ['list'], { CHARTERKEEP_TOKEN: 'ckscim_x' }, 'begins with ckp_'],
		['both kinds of token', ['list'], { CHARTERKEEP_TOKEN_FILE: '/x' }, 'not both'],
		[
			'a file that is not there',
			['list'],
			{ CHARTERKEEP_TOKEN: '', CHARTERKEEP_TOKEN_FILE: '/no/such' },
			'cannot be read',
		],
		['options that are missing', ['request', '--role', 'r'], {}, 'Give --for, --reason, --ticket'],
		['a time that is none', [...wish, '--for', 'soon'], {}, '--for is a time such as'],
		['a start without a zone', [...wish, '--start', '2026-11-24T06:00'], {}, '--start is an instant'],
		['an id that is none', ['show', '204'], {}, 'neither an id nor a number'],
		['two ids', ['end', 'R-1', 'R-2'], {}, 'Give one id'],
		['an option that is not known', ['list', '--nothing'], {}, 'nothing'],
		['another language', ['list', '--language', 'fr'], {}, '--language is one of'],
		['a command that is not known', ['approve', 'R-1'], {}, 'There is no command "approve"'],
	] as const)('%s is wrong usage, and says what to do', async (_, words, env, said) => {
		const { code, stderr } = await run([...words], env)
		expect(stderr).toContain(said)
		expect(code).toBe(2)
	})

	test('a server that does not answer is 3, and what was filed is not lost: the key goes on', async () => {
		const { code, stderr } = await run(wish, { CHARTERKEEP_URL: `http://127.0.0.1:${await closedPort()}` })
		expect(code).toBe(3)
		expect(stderr).toMatch(/does not answer: .*ECONNREFUSED.*run it again with --key [0-9a-f-]{36}\.\n$/s)
	})

	test.each([
		['2h', 7200],
		['90m', 5400],
		['1h30m', 5400],
		['PT2H', 7200],
	])('%s is %i seconds', (text, seconds) => {
		expect(secondsOf('--for', text)).toBe(seconds)
	})

	test('what somebody typed cannot steer the terminal of whoever lists it', () => {
		expect(table(['A', 'B'], [['x\u001b[2J', 'y\u009b1m']])).toBe('A      B\nx�[2J  y�1m')
	})
})
