type Due = { at: number; run: () => void }

/** The real time, moved on by as much as a test asks for; it never goes back. */
export function createShiftableClock() {
	let shiftMs = 0
	const waiting = new Set<Due>()
	const now = () => new Date(Date.now() + shiftMs)
	return {
		now,
		/** What is due by then is done in the next turn of the event loop. */
		advance(ms: number): void {
			shiftMs += ms
			for (const due of waiting) if (due.at <= now().getTime()) setImmediate(due.run)
		},
		/** Does something once, when this clock is so many milliseconds on; gives what calls that off. */
		after: (ms: number, work: () => void): (() => void) => {
			const callOff = () => {
				clearTimeout(timer)
				waiting.delete(due)
			}
			const due: Due = {
				at: now().getTime() + ms,
				run: () => {
					if (!waiting.has(due)) return
					callOff()
					work()
				},
			}
			const timer = setTimeout(due.run, ms)
			waiting.add(due)
			return callOff
		},
	}
}
