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
