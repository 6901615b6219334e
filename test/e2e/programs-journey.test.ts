import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '#test/app/run-command.ts'
import { look, startStage, type Stage } from './stage.ts'

let stage: Stage<'operator' | 'duty-officer' | 'data-owner' | 'security-officer'>
let token: string
let folder: string

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-command-'))
	stage = await startStage(['operator', 'duty-officer', 'data-owner', 'security-officer'])
}, 120_000)
afterAll(async () => {
	rmSync(folder, { recursive: true, force: true })
	await stage.stop()
}, 60_000)

test('several roles are asked for in one form, what cannot be filed says why, and they are decided on together', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('operator')
	await page.goto(`${origin}/requests/new`)
	await page.getByRole('checkbox', { name: 'User administrator' }).check()
	await page.getByRole('checkbox', { name: 'Security reader' }).check()
	await page.getByText('with what you have chosen: the limit of').waitFor()
	await page.getByLabel('Why do you need this access?').fill('Clear up after the phishing wave')
	await page.getByLabel('Ticket').fill('CHG-20417')
	await page.getByLabel('For how long?').selectOption('480')
	await look('requests-several', page)
	await page.getByRole('button', { name: 'Send request' }).click()
	await page.getByRole('heading', { name: 'Not filed' }).waitFor()
	await page.getByText('Not all of these roles can be filed').waitFor()
	await look('requests-several-refused', page)
	// Nothing that was chosen or typed is lost.
	expect(await page.getByRole('checkbox', { name: 'Security reader' }).isChecked()).toBe(true)
	expect(await page.getByLabel('Ticket').inputValue()).toBe('CHG-20417')
	await page.getByLabel('For how long?').selectOption('60')
	await page.getByRole('button', { name: 'Send request' }).click()
	await page.waitForURL(/\/filings\/[0-9a-f-]{36}$/)
	await page.getByRole('heading', { name: '2 requests were filed together' }).waitFor()
	await look('filing', page)
	await page
		.getByRole('link', { name: /^R-\d+$/ })
		.first()
		.click()
	await page.getByText('Filed together with').waitFor()

	const { page: officer } = stage.of('duty-officer')
	await officer.goto(`${origin}/queue`)
	await officer.getByText('asked for together with').first().waitFor()
	for (const choice of await officer.getByLabel(/^Decision on R-/).all()) await choice.selectOption('deny')
	await officer.getByLabel('Reason', { exact: true }).fill('The ticket names another system.')
	await look('queue-together', officer)
	await officer.getByRole('button', { name: 'Review what you will sign' }).click()
	await officer.getByRole('button', { name: 'Sign 2 decisions with passkey' }).click()
	await officer.getByText('2 decisions are signed and recorded.').waitFor()

	// What is over can be asked for again, without the ticket.
	await page.goto(`${origin}/requests`)
	await look('requests-ask-again', page)
	await page
		.getByRole('link', { name: /^Ask again for what R-/ })
		.first()
		.click()
	await page.getByText('The form is filled from R-').waitFor()
	expect(await page.getByLabel('Why do you need this access?').inputValue()).toBe(
		'Clear up after the phishing wave',
	)
	expect(await page.getByLabel('Ticket').inputValue()).toBe('')
	await look('requests-repeated', page)
	await page.goto(`${origin}/requests/new`)
	await page.getByRole('link', { name: 'Repeat last' }).click()
	await page.getByText('The form is filled from R-').waitFor()
	expect(await page.getByRole('checkbox', { name: 'User administrator' }).isChecked()).toBe(true)
	expect(await page.getByRole('checkbox', { name: 'Security reader' }).isChecked()).toBe(true)
})

test('a token is made with the passkey and shown once', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('operator')
	await page.goto(`${origin}/passkeys`)
	await page.getByRole('link', { name: 'Tokens of programs' }).click()
	await page.getByText('You have no tokens.').waitFor()
	await page.getByRole('button', { name: 'Review what you will sign' }).click()
	await page.getByRole('alert').waitFor()
	await page.getByLabel('What is it for?').fill('Maintenance pipeline')
	for (const box of await page.getByRole('checkbox').all()) await box.check()
	await look('tokens-form', page)
	await page.getByRole('button', { name: 'Review what you will sign' }).click()
	await page.getByRole('button', { name: 'Make token with passkey' }).waitFor()
	await look('tokens-sign', page)
	await page.getByRole('button', { name: 'Make token with passkey' }).click()
	token = (await page.getByTestId('token').textContent()) ?? ''
	expect(token).toMatch(/^ckp_/)
	await look('tokens-made', page)
	await page.goto(`${origin}/tokens`)
	await page.getByRole('heading', { name: 'Tokens: 1 works' }).waitFor()
	expect(await page.content()).not.toContain(token)
})

describe('over the wire', () => {
	const call = (path: string, init: RequestInit = {}) => fetch(`${stage.instance.origin}/api/v1${path}`, init)
	const bearer = () => ({ authorization: `Bearer ${token}` })

	test('the document is there for everybody, everything else for tokens alone', async () => {
		const document = await call('/openapi.json')
		expect(document.status).toBe(200)
		expect(((await document.json()) as { openapi: string }).openapi).toBe('3.1.0')
		const none = await call('/me')
		expect([none.status, none.headers.get('content-type')]).toEqual([
			401,
			'application/problem+json; charset=utf-8',
		])
		const me = await call('/me', { headers: bearer() })
		expect([me.status, me.headers.get('cache-control'), me.headers.get('set-cookie')]).toEqual([
			200,
			'no-store',
			null,
		])
		expect(me.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
	})

	test('what is too large, chunked or no JSON is a problem and no page', async () => {
		const headers = { ...bearer(), 'content-type': 'application/json', 'idempotency-key': 'over-the-wire' }
		const large = await call('/requests', { method: 'POST', headers, body: `"${'x'.repeat(70_000)}"` })
		expect(large.status).toBe(413)
		const chunked = await call('/requests', {
			method: 'POST',
			headers,
			body: new Blob(['x'.repeat(90_000)]).stream(),
			duplex: 'half',
		})
		expect(chunked.status).toBe(413)
		const put = await call('/requests', { method: 'PUT', headers, body: '{}' })
		expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD'])
	})
})

describe('the command line', () => {
	const run = (words: string[], env: Record<string, string> = {}) =>
		runCommand('charterkeep.ts', words, {
			env: { CHARTERKEEP_URL: stage.instance.origin, CHARTERKEEP_TOKEN: token, ...env },
		})
	const wish = [
		'--role',
		'helpdesk-administrator',
		'--for',
		'30m',
		'--reason',
		'Reset sign-in methods',
		'--ticket',
		'CHG-4711',
	]

	test('files, follows until it is active, lists, shows and ends', async () => {
		const waiting = run(['request', ...wish, '--wait', '--timeout', '3m'])
		const { page: officer } = stage.of('duty-officer')
		await expect
			.poll(
				async () => {
					await officer.goto(`${stage.instance.origin}/queue`)
					return officer.getByRole('cell', { name: /Reset sign-in methods/ }).count()
				},
				{ timeout: 90_000 },
			)
			.toBe(1)
		const open = await run(['list'])
		expect(open.stdout).toMatch(/^NUMBER\s+STATE\s+WHO\s+ROLE/)
		expect(open.stdout).toContain('waiting for the')
		const [, number = ''] = /(R-\d+)/.exec(open.stdout) ?? []
		for (const name of ['duty-officer', 'data-owner'] as const) {
			const { page } = stage.of(name)
			await page.goto(`${stage.instance.origin}/queue`)
			await page.getByLabel(`Decision on ${number}`).selectOption('approve')
			await page.getByRole('button', { name: 'Review what you will sign' }).click()
			await page.getByRole('button', { name: 'Sign 1 decision with passkey' }).click()
			await page.getByText('1 decision is signed and recorded.').waitFor()
		}
		const followed = await waiting
		expect(followed, followed.stderr).toMatchObject({ code: 0, stderr: '' })
		const said = followed.stdout.trim().split('\n')
		expect(said[0]).toBe(`${number} helpdesk-administrator: filed`)
		expect(said[1]).toContain('waiting for the')
		expect(said.at(-1)).toContain('active, confirmed by Entra')
		expect(new Set(said).size).toBe(said.length)

		const shown = await run(['show', number, '--json'])
		expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'active', ticket: 'CHG-4711' })
		// The access holds the role: asking once more is refused, with the reason and its code.
		const again = await run(['request', ...wish])
		expect(again.code).toBe(1)
		expect(again.stderr).toContain('ALREADY_REQUESTED')
		const ended = await run(['end', number])
		expect([ended.code, ended.stderr]).toEqual([0, ''])
		expect(ended.stdout).toContain(number)
		expect((await run(['end', number])).code).toBe(0)
	})

	test('withdraws, repeats what was asked for before, and says what it did not file', async () => {
		const role = ['--role', 'exchange-administrator', '--role', 'ghost']
		const partly = await run(['request', ...role, ...wish.slice(2), '--partly', '--json'])
		const { requests, refused } = JSON.parse(partly.stdout) as {
			requests: { id: string; number: number }[]
			refused: unknown[]
		}
		expect([partly.code, requests.length, refused.length]).toEqual([0, 1, 1])
		const withdrawn = await run(['withdraw', `R-${requests[0]?.number}`])
		expect(withdrawn.stdout).toBe(`R-${requests[0]?.number}: withdrawn.\n`)
		const key = 'made-once-for-this-run'
		const like = ['request', '--like', requests[0]?.id ?? '', '--ticket', 'CHG-4712', '--key', key]
		const first = await run(like)
		expect(first.stdout).toMatch(/^R-\d+ exchange-administrator: filed\n$/)
		// Run again with its key, as after a cut line, it says the same and files nothing.
		expect((await run(like)).stdout).toBe(first.stdout)
		const timedOut = await run([...like, '--wait', '--timeout', 'PT1S'])
		expect(timedOut.code).toBe(4)
		const [, number = ''] = /(R-\d+)/.exec(first.stdout) ?? []
		expect((await run(['withdraw', number])).code).toBe(0)
		expect((await run(['list'])).stdout).not.toContain(number)
		expect((await run(['list', '--all'])).stdout).toContain(number)
	})

	test('takes its token from a file that nobody else may read, in the language that is asked for', async () => {
		const file = join(folder, 'token')
		writeFileSync(file, `${token}\n`)
		chmodSync(file, 0o640)
		const env = { CHARTERKEEP_TOKEN: '', CHARTERKEEP_TOKEN_FILE: file }
		const open = await run(['list'], env)
		expect([open.code, open.stderr]).toEqual([
			2,
			`Others may read the token file ${file}: run chmod 600 ${file}.\n`,
		])
		chmodSync(file, 0o600)
		expect((await run(['list'], env)).code).toBe(0)
		const refused = await run(['request', ...wish.slice(0, -1), 'none', '--language', 'de'], env)
		expect(refused.code).toBe(1)
		expect(refused.stderr).toContain('Ticket')
		expect(refused.stderr).toContain('TICKET_MALFORMED')
	})
})

test('an officer revokes the token of somebody else, and it is worth nothing from that moment', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('security-officer')
	await page.goto(`${origin}/tokens`)
	await page.getByRole('cell', { name: 'Maintenance pipeline', exact: true }).waitFor()
	await look('tokens-of-others', page)
	await page.getByRole('button', { name: 'Revoke the token “Maintenance pipeline”' }).click()
	await page.getByText('The token is revoked.').waitFor()
	const refused = await runCommand('charterkeep.ts', ['list'], {
		env: { CHARTERKEEP_URL: origin, CHARTERKEEP_TOKEN: token },
	})
	expect(refused.code).toBe(1)
	expect(refused.stderr).toContain('TOKEN_INVALID')
})
