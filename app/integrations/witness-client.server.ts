import { bytesToHex, sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'

/** What a witness answered. An answer that never came may have been given: ask again, it is the same to the witness. */
export type WitnessAnswer =
	| { kind: 'cosigned'; lines: string[] }
	/** It holds another size than the one that was named. */
	| { kind: 'conflict'; size: number }
	| { kind: 'refused'; status: number; text: string }
	| { kind: 'unreachable'; text: string }

/** A witness as the log meets it (C2SP tlog-witness). Addresses are submission prefixes. */
export type WitnessPort = {
	submit(url: string, body: string, signal?: AbortSignal): Promise<WitnessAnswer>
	/** What it cosigned last for this origin; null where it says that there is nothing, or cannot be asked. */
	latest(url: string, origin: string, signal?: AbortSignal): Promise<string | null>
}

const SIZE = 'text/x.tlog.size'
const LARGEST_ANSWER = 64 * 1024
const LONGEST_REASON = 200

/** Witnesses over HTTP or HTTPS: nothing but the addresses of the policy is called, and no redirection is followed. */
export function createWitnessClient({ timeoutMs }: { timeoutMs: number }): WitnessPort {
	const call = async (url: string, init: RequestInit, signal?: AbortSignal) => {
		const timeout = AbortSignal.timeout(timeoutMs)
		const response = await fetch(url, {
			...init,
			redirect: 'manual',
			signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
		})
		return { response, text: await readText(response) }
	}
	return {
		async submit(url, body, signal) {
			try {
				const { response, text } = await call(`${base(url)}/add-checkpoint`, { method: 'POST', body }, signal)
				return answerOf(response, text)
			} catch (error) {
				return { kind: 'unreachable', text: reasonOf(error) }
			}
		},
		async latest(url, origin, signal) {
			try {
				const hash = bytesToHex(sha256(utf8ToBytes(origin)))
				const { response, text } = await call(`${base(url)}/${hash}/checkpoint`, {}, signal)
				return response.status === 200 ? text : null
			} catch {
				// It cannot be asked now, or has no address for monitors: nothing is known of what it holds.
				return null
			}
		},
	}
}

const base = (url: string) => url.replace(/\/+$/, '')

function answerOf({ status, headers }: Response, text: string): WitnessAnswer {
	if (status === 200) return { kind: 'cosigned', lines: text.split('\n').filter((line) => line !== '') }
	const size = /^(0|[1-9][0-9]{0,15})\n?$/.exec(text)?.[1]
	if (status === 409 && headers.get('content-type')?.startsWith(SIZE) === true && size !== undefined) {
		const held = Number(size)
		if (Number.isSafeInteger(held)) return { kind: 'conflict', size: held }
	}
	// Somebody reads this on a page: one line, and not a long one.
	return { kind: 'refused', status, text: text.trim().split('\n')[0]?.slice(0, LONGEST_REASON) ?? '' }
}

async function readText(response: Response): Promise<string> {
	const chunks: Uint8Array[] = []
	let length = 0
	const reader = response.body?.getReader()
	for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
		length += read.value.length
		if (length > LARGEST_ANSWER) {
			await reader?.cancel()
			throw new Error('it answered with more than a witness has to say')
		}
		chunks.push(read.value)
	}
	return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
}

/** `fetch` hides why behind "fetch failed". */
function reasonOf(error: unknown): string {
	const { name, message, cause } = error as Error
	if (name === 'TimeoutError') return 'no answer in time'
	const inner = cause as { code?: string; message?: string } | undefined
	return (inner?.code ?? inner?.message ?? message).slice(0, LONGEST_REASON)
}
