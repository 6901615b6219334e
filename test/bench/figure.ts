/** One measured figure: a JSON line. `ratio` is how often the peer's cost ours goes into, or what the name says. */
export type Figure = {
	name: string
	value: number
	unit: string
	peer?: string
	ratio?: number
	note?: string
}

export function print(figure: Figure): void {
	console.log(JSON.stringify(figure))
}

export const round = (value: number, digits = 1) => Number(value.toFixed(digits))

/** Nanoseconds of one call: the median over `rounds` rounds of `calls` calls each, after a round that is not counted. */
export function nanosecondsOf(work: () => void, calls: number, rounds = 7): number {
	const samples: number[] = []
	for (let round = 0; round <= rounds; round++) {
		const from = process.hrtime.bigint()
		work()
		const took = Number(process.hrtime.bigint() - from) / calls
		if (round > 0) samples.push(took)
	}
	return samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0
}
