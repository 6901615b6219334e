import type { StoryProblem } from './problem.ts'
import type { Failure, Unchecked } from './report.ts'

/** More than these say nothing new. */
export const MAX_FAILURES = 200
const MAX_PLACES = 20

/** What does not hold and what could not be checked, as it is found; what is checked elsewhere meanwhile as well. */
export class Findings {
	readonly failures: Failure[] = []
	readonly #unchecked = new Map<string, Unchecked>()
	#pending: Promise<void>[] = []

	refuse(where: string, code: string, message: string): void {
		if (this.failures.length < MAX_FAILURES) this.failures.push({ where, code, message })
	}

	add(where: string, { code, message, isUnchecked }: StoryProblem, count = 1): void {
		if (!isUnchecked) return this.refuse(where, code, message)
		const known = this.#unchecked.get(code) ?? { code, message, count: 0, where: [] }
		known.count += count
		if (known.where.length < MAX_PLACES) known.where.push(where)
		this.#unchecked.set(code, known)
	}

	/** Takes in what turns out later about a place. */
	later(where: string, found: Promise<StoryProblem | null>): void {
		this.#pending.push(found.then((problem) => (problem === null ? undefined : this.add(where, problem))))
	}

	/** How much is being checked elsewhere. */
	get pending(): number {
		return this.#pending.length
	}

	/** Waits for everything that is being checked elsewhere. */
	async settle(): Promise<void> {
		await Promise.all(this.#pending)
		this.#pending = []
	}

	get isFull(): boolean {
		return this.failures.length >= MAX_FAILURES
	}

	get unchecked(): Unchecked[] {
		return [...this.#unchecked.values()]
	}
}
