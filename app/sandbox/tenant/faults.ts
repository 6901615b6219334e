import type { ServerResponse } from 'node:http'
import type { Answer } from './surface.ts'
import { send } from './transport.ts'

/** What goes wrong with a call. `after` means that the tenant has acted when the caller learns nothing of it. */
export type Fault =
	| {
			kind: 'status'
			status: number
			headers?: Record<string, string>
			when: 'before' | 'after'
			/** What Graph says; where it is not told, what it says of such a status. */
			error?: { code: string; message: string }
	  }
	| { kind: 'hang'; when: 'before' | 'after' }
	| { kind: 'drop'; when: 'before' | 'after' }
	/** Before the effect where nothing is said. */
	| { kind: 'html'; status: number; when?: 'before' | 'after' }

/** Meets every call that matches until it is lifted. */
type Standing = { method: RegExp; path: RegExp; fault: Fault }
type Planned = { method: string; path: RegExp; fault: Fault; left: number }

const MOST_MET = 1000
const CODES: Readonly<Record<number, string>> = {
	401: 'InvalidAuthenticationToken',
	429: 'TooManyRequests',
	500: 'InternalServerError',
	504: 'GatewayTimeout',
}

const PAGE = '<html><body>Our services are not available right now</body></html>'
const refusalOf = ({ status, error }: Pick<Extract<Fault, { kind: 'status' }>, 'status' | 'error'>) => ({
	error: error ?? { code: codeOfFault(status), message: 'The sandbox was told to answer so.' },
})
/** A batch as a whole is answered: whatever is behind one of its calls and does not answer is a gateway's time limit. */
const answerInBatch = (fault: Fault): Answer =>
	fault.kind === 'status'
		? { status: fault.status, result: refusalOf(fault), headers: fault.headers ?? {} }
		: fault.kind === 'html'
			? { status: fault.status, result: PAGE, headers: { 'content-type': 'text/html' } }
			: { status: 504, result: refusalOf({ status: 504 }), headers: {} }

/** What goes wrong and when: for the next few calls, which is for tests, or until it is lifted. */
export function createFaults() {
	let planned: Planned[] = []
	const standing = new Map<string, Standing>()
	const hanging = new Set<ServerResponse>()
	let met: { method: string; path: string }[] = []
	const noted = (method: string, path: string, fault: Fault): Fault => {
		met.push({ method, path })
		if (met.length > MOST_MET) met.shift()
		return fault
	}
	const take = (method: string, path: string): Fault | null => {
		const found = planned.find((p) => p.left > 0 && p.method === method && p.path.test(path))
		if (found) {
			found.left -= 1
			return noted(method, path, found.fault)
		}
		const matching = [...standing.values()].find((s) => s.method.test(method) && s.path.test(path))
		return matching ? noted(method, path, matching.fault) : null
	}
	return {
		/** The next `times` calls that match meet this fault. */
		next(method: string, path: RegExp, fault: Fault, times = 1): void {
			planned.push({ method, path, fault, left: times })
		},
		/** What one call of a batch is answered with in place of its answer; null where nothing goes wrong. */
		takeInBatch(method: string, path: string): Answer | null {
			const fault = take(method, path)
			return fault === null ? null : answerInBatch(fault)
		},
		take,
		/** The last calls that met a fault, also those that the tenant did not look at. */
		met: (): readonly { method: string; path: string }[] => [...met],
		/** From now on, under a name by which it is lifted. */
		stand: (name: string, fault: Standing) => void standing.set(name, fault),
		lift: (name: string) => void standing.delete(name),
		clear(): void {
			planned = []
			met = []
			standing.clear()
		},
		/** Answers as the fault wants it, or not at all. */
		misbehave(response: ServerResponse, fault: Fault): void {
			if (fault.kind === 'hang') hanging.add(response)
			else if (fault.kind === 'drop') response.destroy()
			else if (fault.kind === 'html') {
				response.writeHead(fault.status, { 'content-type': 'text/html' }).end(PAGE)
			} else {
				send(response, fault.status, refusalOf(fault), fault.headers)
			}
		},
		/** Ends what hangs. */
		release(): void {
			for (const response of hanging) response.destroy()
			hanging.clear()
		},
	}
}

/** What the tenant calls it. */
const codeOfFault = (status: number) => CODES[status] ?? 'ServiceUnavailable'

/** Whether the tenant does not act on the call that meets it. */
export const isBefore = (fault: Fault) => fault.when !== 'after'
