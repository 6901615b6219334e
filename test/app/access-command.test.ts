import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createTls } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { secondsOf } from '#app/commands/access/options.ts'
import { table } from '#app/commands/access/print.ts'
import { problemOfCall, ApiProblem } from '#app/api/problems.server.ts'
import { createText } from '#app/messages/create-text.ts'
import { formats } from '#app/utils/format.ts'
import { sandboxCertificates } from '#app/sandbox/tenant/certificates.ts'
import { runCommand, runHere } from '#test/app/run-command.ts'

const TOKEN = `ckp_${'A'.repeat(49)}`
const run = (words: string[], env: Record<string, string> = {}) =>
	runHere(charterkeep, words, {
		env: { CHARTERKEEP_URL: 'http://127.0.0.1:9', CHARTERKEEP_TOKEN: TOKEN, ...env },
	})
const wish = ['request', '--role', 'r', '--for', '1h', '--reason', 'A reason of its own', '--ticket', 'CHG-1']

const listen = async (server: ReturnType<typeof createHttp> | ReturnType<typeof createTls>) => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	return (server.address() as AddressInfo).port
}

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

	test('a token that was not made for that is 5, and the sentence names what it lacks', async () => {
		const language = 'en' as const
		const words = { t: createText(language), language, format: formats(language, 'UTC') }
		const problem = problemOfCall(
			new ApiProblem('SCOPE_MISSING', { values: { scopes: 'requests:write' } }),
			words,
			'req-1',
		)
		const server = createHttp((_, response) => {
			response.writeHead(problem.status, { 'content-type': 'application/problem+json' })
			response.end(JSON.stringify(problem))
		})
		const port = await listen(server)
		try {
			const { code, stdout, stderr } = await run(wish, { CHARTERKEEP_URL: `http://127.0.0.1:${port}` })
			expect(code).toBe(5)
			expect(stdout).toBe('')
			expect(stderr).toContain('This token was not made for that. It takes one with: requests:write.')
			expect(stderr).toContain('Make a token that may do this on the page "Tokens"')
		} finally {
			server.close()
		}
	})

	test('NODE_EXTRA_CA_CERTS makes it believe a server with an authority of its own, and nothing else does', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'private-authority-'))
		const { caPem, server: own } = await sandboxCertificates(directory, new Date())
		const caFile = join(directory, 'ca.pem')
		await writeFile(caFile, caPem)
		const asked: (string | undefined)[] = []
		const answer: RequestListener = (request, response) => {
			asked.push(request.headers.authorization)
			response.writeHead(200, { 'content-type': 'application/json' })
			response.end(JSON.stringify({ requests: [], next: null }))
		}
		const server = createTls(own, answer)
		const env = { CHARTERKEEP_URL: `https://localhost:${await listen(server)}`, CHARTERKEEP_TOKEN: TOKEN }
		try {
			const distrusted = await runCommand('charterkeep.ts', ['list'], { env })
			expect(distrusted.stderr).toMatch(/does not answer: .*certificate/i)
			expect(distrusted.code).toBe(3)
			// Nothing of the token reaches a server that is not known.
			expect(asked).toEqual([])
			const trusted = await runCommand('charterkeep.ts', ['list'], {
				env: { ...env, NODE_EXTRA_CA_CERTS: caFile },
			})
			expect(trusted.stderr).toBe('')
			expect(trusted.code).toBe(0)
			expect(asked).toContain(`Bearer ${TOKEN}`)
		} finally {
			server.close()
			await rm(directory, { recursive: true })
		}
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
