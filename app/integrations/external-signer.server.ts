import { spawn } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LogSigner } from '#app/services/deps.ts'
import { parseVkey } from '#workflows/ledger/signed-note.ts'
import { fromBase64 } from '#workflows/shared/bytes.ts'

/** Where a signer that is not ours is reached. Which of its keys is asked for goes with each call. */
export type SignerPlace =
	{ command: readonly string[]; timeoutMs: number } | { url: string; caPem: string | null; timeoutMs: number }

/** The signer did not answer, or not with a signature. */
export class SignerFailed extends Error {
	override readonly name = 'SignerFailed'
}

const SIGNATURE_BYTES = 64
/** Far more than a signature; whoever sends more is no signer. */
const MOST_ANSWERED = 4096

/**
 * A signer in an HSM or on another machine. It is given the bytes of the checkpoint body and gives the Ed25519 signature
 * as base64; the verifier key it is to sign for is in `CHARTERKEEP_VKEY` (command) or the header `charterkeep-vkey` (HTTP).
 * What it returns is verified by the caller.
 */
export function externalSigner(vkey: string, place: SignerPlace): LogSigner {
	const key = parseVkey(vkey)
	if (key === null) throw new SignerFailed(`This is no verifier key: ${vkey}`)
	return {
		origin: key.name,
		vkey,
		publicKey: key.publicKey,
		sign: async (bytes) => {
			const answer =
				'command' in place ? await runCommand(bytes, vkey, place) : await post(bytes, vkey, place)
			const signature = fromBase64(answer.replace(/\r?\n$/, ''))
			if (signature?.length !== SIGNATURE_BYTES)
				throw new SignerFailed('the signer did not answer with the base64 of a signature of 64 bytes')
			return signature
		},
	}
}

/** The command gets no shell and nothing of our environment but where programs and home are: it holds secrets of others. */
function runCommand(
	bytes: Uint8Array,
	vkey: string,
	{ command: [file = '', ...args], timeoutMs }: Extract<SignerPlace, { command: readonly string[] }>,
): Promise<string> {
	return new Promise((resolve, reject) => {
		const { PATH, HOME, SystemRoot, NODE_ENV } = process.env
		const child = spawn(file, args, {
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { PATH, HOME, SystemRoot, NODE_ENV, CHARTERKEEP_VKEY: vkey },
			shell: false,
		})
		const said = { stdout: '', stderr: '' }
		const fail = (why: string) => {
			child.kill('SIGKILL')
			reject(new SignerFailed(`the command ${file} ${why}`))
		}
		const timer = setTimeout(() => fail(`did not answer within ${timeoutMs / 1000} s`), timeoutMs)
		for (const name of ['stdout', 'stderr'] as const)
			child[name].setEncoding('latin1').on('data', (text: string) => {
				if (said[name].length < MOST_ANSWERED) said[name] += text
			})
		child.once('error', (error) => {
			clearTimeout(timer)
			fail(`cannot be run: ${error.message}`)
		})
		child.once('close', (code, signal) => {
			clearTimeout(timer)
			if (code === 0) resolve(said.stdout)
			else fail(`ended with ${code ?? signal}: ${said.stderr.trim().slice(0, 300) || 'it said nothing'}`)
		})
		// A command that does not read is told by its exit.
		child.stdin.on('error', () => undefined)
		child.stdin.end(bytes)
	})
}

function post(
	bytes: Uint8Array,
	vkey: string,
	{ url, caPem, timeoutMs }: Extract<SignerPlace, { url: string }>,
): Promise<string> {
	return new Promise((resolve, reject) => {
		const fail = (why: string) => reject(new SignerFailed(`${new URL(url).host} ${why}`))
		const request = url.startsWith('https:') ? httpsRequest : httpRequest
		const outgoing = request(
			url,
			{
				method: 'POST',
				headers: {
					'content-type': 'application/octet-stream',
					'content-length': bytes.length,
					'charterkeep-vkey': vkey,
				},
				signal: AbortSignal.timeout(timeoutMs),
				...(caPem === null ? {} : { ca: caPem }),
			},
			(incoming) => {
				let text = ''
				incoming.setEncoding('latin1')
				incoming.on('data', (part: string) => {
					text += part
					if (text.length > MOST_ANSWERED) incoming.destroy(new Error('it sent more than a signature'))
				})
				incoming.once('error', (error) => fail(`did not answer: ${error.message}`))
				// A redirect is no answer: what is to be signed goes nowhere else.
				incoming.once('end', () =>
					incoming.statusCode === 200 ? resolve(text) : fail(`answered with status ${incoming.statusCode}`),
				)
			},
		)
		outgoing.once('error', (error: NodeJS.ErrnoException) =>
			fail(
				error.name === 'AbortError' || error.name === 'TimeoutError'
					? `did not answer within ${timeoutMs / 1000} s`
					: `cannot be reached: ${error.code ?? error.message}`,
			),
		)
		outgoing.end(bytes)
	})
}

/** Whether what is to be signed may go to this address: encrypted, or never off this machine. */
export function isSafeSignerUrl(text: string): boolean {
	const url = URL.canParse(text) ? new URL(text) : null
	if (url?.protocol === 'https:') return true
	return url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}
