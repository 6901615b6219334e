/** The real time, moved on by as much as a test asks for; it never goes back. */
export function createShiftableClock() {
	let shiftMs = 0
	return {
		now: () => new Date(Date.now() + shiftMs),
		advance(ms: number): void {
			shiftMs += ms
		},
	}
}

/** A clock that stands still until it is set. */
export function createFixedClock(start = '2026-11-23T12:00:00.000Z') {
	let at = Date.parse(start)
	return {
		now: () => new Date(at),
		advance(ms: number): void {
			at += ms
		},
	}
}
