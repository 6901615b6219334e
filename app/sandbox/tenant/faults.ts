import type { ServerResponse } from 'node:http'
import { send } from './transport.ts'

/** What goes wrong with a call. `after` means that the tenant has acted when the caller learns nothing of it. */
export type Fault =
	| { kind: 'status'; status: number; headers?: Record<string, string>; when: 'before' | 'after' }
	| { kind: 'hang'; when: 'before' | 'after' }
	| { kind: 'drop'; when: 'before' | 'after' }
	| { kind: 'html'; status: number }

type Planned = { method: string; path: RegExp; fault: Fault; left: number }

/** Faults for tests, set through the object that started the tenant and never over the network. */
export function createFaults() {
	let planned: Planned[] = []
	const hanging = new Set<ServerResponse>()
	return {
		/** The next `times` calls that match meet this fault. */
		next(method: string, path: RegExp, fault: Fault, times = 1): void {
			planned.push({ method, path, fault, left: times })
		},
		take(method: string, path: string): Fault | null {
			const found = planned.find((p) => p.left > 0 && p.method === method && p.path.test(path))
			if (!found) return null
			found.left -= 1
			return found.fault
		},
		clear(): void {
			planned = []
		},
		/** Answers as the fault wants it, or not at all. */
		misbehave(response: ServerResponse, fault: Fault): void {
			if (fault.kind === 'hang') hanging.add(response)
			else if (fault.kind === 'drop') response.destroy()
			else if (fault.kind === 'html') {
				response
					.writeHead(fault.status, { 'content-type': 'text/html' })
					.end('<html><body>Our services are not available right now</body></html>')
			} else {
				const code = fault.status === 429 ? 'TooManyRequests' : 'ServiceUnavailable'
				send(
					response,
					fault.status,
					{ error: { code, message: 'The sandbox was told to answer so.' } },
					fault.headers,
				)
			}
		},
		/** Ends what hangs. */
		release(): void {
			for (const response of hanging) response.destroy()
			hanging.clear()
		},
	}
}

/** Whether the tenant does not act on the call that meets it. */
export const isBefore = (fault: Fault) => fault.kind === 'html' || fault.when === 'before'
