import { z } from 'zod'
import { httpsCall, type HttpAnswer } from '../graph/https-fetch.server.ts'
import { LockboxUnavailable, type AnswerOutcome, type LockboxPort } from '../lockbox-port.ts'
import { answerCommand, LIST_COMMAND, readCommand } from './m365-command.ts'
import { parseM365Output } from './m365-output.ts'

export type M365Endpoint = {
	/** Where a PowerShell of the organisation's own runs one command a call. */
	url: string
	token: string
	caPem: string | null
	timeoutMs: number
}

/** What the endpoint answers: the command's output, or that it failed with which error. */
const answerSchema = z.looseObject({ output: z.string().nullish(), error: z.string().nullish() })

/**
 * Microsoft 365 through a PowerShell that somebody runs with a certificate of their own: one POST `{ "command": "…" }` a
 * command, `{ "output": "…" }` or `{ "error": "…" }` back. The commands are the very ones that a person would paste.
 */
export function connectM365({ url, token, caPem, timeoutMs }: M365Endpoint, now: () => Date): LockboxPort {
	async function run(command: string): Promise<HttpAnswer> {
		const body = JSON.stringify({ command })
		const headers = new Headers({
			authorization: `Bearer ${token}`,
			'content-type': 'application/json',
			'content-length': String(Buffer.byteLength(body)),
		})
		return httpsCall(new URL(url), { method: 'POST', headers, body, ca: caPem, timeoutMs })
	}

	async function read(command: string) {
		let answer: HttpAnswer
		try {
			answer = await run(command)
		} catch (cause) {
			throw new LockboxUnavailable('unreachable', 'The endpoint could not be reached.', { cause })
		}
		if (answer.status === 401 || answer.status === 403)
			throw new LockboxUnavailable('forbidden', `The endpoint answered ${answer.status}.`)
		const said = answer.status === 200 ? answerOf(answer.body) : null
		if (said === null) throw new LockboxUnavailable('unreachable', `The endpoint answered ${answer.status}.`)
		if (said.error) throw new LockboxUnavailable('unreadable', 'The command failed.')
		const output = (said.output ?? '').trim()
		// PowerShell prints nothing where there is nothing.
		if (output === '') return []
		const parsed = parseM365Output(output, now())
		if ('problem' in parsed) throw new LockboxUnavailable('unreadable', parsed.problem)
		return parsed.requests
	}

	return {
		list: async () => ({ requests: await read(LIST_COMMAND), unreadable: 0 }),
		async read(_scope, providerRequestId) {
			const found = await read(readCommand(providerRequestId))
			return found.find((each) => each.providerRequestId === providerRequestId) ?? null
		},
		async answer(_scope, providerRequestId, { verdict, reason }): Promise<AnswerOutcome> {
			try {
				const { status, body } = await run(answerCommand({ providerRequestId, verdict, reason, service: '' }))
				if (status === 401 || status === 403) return { kind: 'refused', code: `HTTP_${status}` }
				const said = status === 200 ? answerOf(body) : null
				if (said === null) return { kind: 'unknown', message: `The endpoint answered ${status}.` }
				// The command's own error may come after its effect: only reading back tells.
				return said.error ? { kind: 'unknown', message: 'The command failed.' } : { kind: 'accepted' }
			} catch (error) {
				return { kind: 'unknown', message: error instanceof Error ? error.message : 'unknown' }
			}
		},
	}
}

function answerOf(body: string): z.infer<typeof answerSchema> | null {
	try {
		const parsed = answerSchema.safeParse(JSON.parse(body))
		return parsed.success ? parsed.data : null
	} catch {
		// Not JSON: whatever answered is not the endpoint.
		return null
	}
}
