import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { adminPage, ADMIN_STYLE_HASH } from './admin-page.ts'
import { isSwitch, type Switches } from './switches.ts'
import { readBody } from './transport.ts'

const MOST_USERS = 200_000

/**
 * The page of the sandbox on which its faults are switched, and the same as an endpoint. It listens on loopback alone, and
 * answers only under the secret in its address, which is printed at the start. A page of another site cannot make a browser
 * send a change: a post with an origin other than our own is refused, as is every host name but loopback's (DNS rebinding).
 */
export async function startSandboxAdmin(
	switches: Switches,
): Promise<{ url: string; stop: () => Promise<void> }> {
	const secret = randomBytes(18).toString('base64url')
	const server = createServer((request, response) => {
		void answer(request, response).catch(() => response.destroy())
	})
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject)
		server.listen(0, '127.0.0.1', resolve)
	})
	const { port } = server.address() as AddressInfo
	const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const host = request.headers.host ?? ''
		if (!hosts.has(host)) return say(response, 421, 'This address is not the sandbox.')
		const url = new URL(request.url ?? '/', `http://${host}`)
		const [, given = '', act = '', ...rest] = url.pathname.split('/')
		if (!isSame(given, secret) || rest.length > 0)
			return say(response, 404, 'Use the whole address that was printed when Charterkeep started.')
		if (request.method === 'GET' && act === '') return page(response, url.searchParams.get('done') ?? '')
		if (request.method === 'GET' && act === 'state') return json(response, state())
		if (request.method !== 'POST') return say(response, 405, 'Only reading and posting are known here.')
		const { origin, 'sec-fetch-site': site } = request.headers
		if (
			(origin !== undefined && origin !== `http://${host}`) ||
			(site !== undefined && site !== 'same-origin')
		)
			return say(response, 403, 'A change must come from the page of the sandbox itself.')
		const form = new URLSearchParams(await readBody(request))
		const done = change(act, form)
		if (done === null)
			return say(
				response,
				400,
				'Nothing was changed: there is no such switch or user, or the number is none.',
			)
		if (request.headers.accept?.includes('application/json')) return json(response, state())
		response.writeHead(303, { location: `/${secret}/?done=${encodeURIComponent(done)}` }).end()
	}

	/** What was done, in words; null where it is none of what can be done. */
	function change(act: string, form: URLSearchParams): string | null {
		const name = form.get('name') ?? ''
		const count = Number(form.get('count') ?? NaN)
		switch (act) {
			case 'switch':
				if (!isSwitch(name)) return null
				switches.set(name, form.get('on') === 'yes')
				return `${name} is ${form.get('on') === 'yes' ? 'on' : 'off'}`
			case 'clear':
				switches.clear()
				return 'Everything is off'
			case 'expire-delta':
				switches.expireDeltaTokens()
				return 'Delta tokens are worth nothing now'
			case 'sign-in':
				if (!switches.signIn(form.get('user') ?? '', form.get('wrong') === 'yes')) return null
				return `${form.get('user') ?? ''} ${form.get('wrong') === 'yes' ? 'failed to sign in' : 'signed in'}`
			case 'users':
				if (!Number.isSafeInteger(count) || count < 1 || count > MOST_USERS) return null
				return `There are ${switches.seedUsers(count)} users now`
			default:
				return null
		}
	}
	const state = () => ({
		switches: switches.all(),
		users: switches.users(),
		throttled: switches.refused(),
	})
	const page = (response: ServerResponse, done: string) =>
		void response
			.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' })
			.end(adminPage({ base: `/${secret}`, done, ...state() }))
	const json = (response: ServerResponse, value: unknown) =>
		void response
			.writeHead(200, { ...HEADERS, 'content-type': 'application/json' })
			.end(JSON.stringify(value))

	return {
		url: `http://127.0.0.1:${port}/${secret}/`,
		async stop() {
			server.closeAllConnections()
			await new Promise((done) => server.close(done))
		},
	}
}

const HEADERS = {
	'content-security-policy': `default-src 'none'; style-src '${ADMIN_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
	'cache-control': 'no-store',
	// A link that leads away must not carry the secret.
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
}

const say = (response: ServerResponse, status: number, text: string) =>
	void response
		.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' })
		.end(`${text}\n`)

function isSame(given: string, secret: string): boolean {
	const [a, b] = [Buffer.from(given), Buffer.from(secret)]
	return a.length === b.length && timingSafeEqual(a, b)
}
