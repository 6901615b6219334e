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
	}
}
