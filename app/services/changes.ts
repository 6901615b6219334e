/** Messages of one another's commits between processes on the same database. They carry nothing: whoever hears reads. */
export const CHANGES_CHANNEL = 'charterkeep_changes'
/** Commits within this time are told together: a notification in each would cost more than the commit. */
const GATHER_MS = 100
/** How many pages of one person are kept fresh by a stream; further ones ask again by themselves. */
const STREAMS_EACH = 4

export type Changes = ReturnType<typeof createChanges>

/**
 * Tells that something was committed, here and by `notify` to other processes. Losing a message loses nothing but time:
 * whoever waits looks by itself as well.
 */
export function createChanges(notify: () => Promise<unknown> = () => Promise.resolve()) {
	const listeners = new Set<() => void>()
	const streams = new Map<string, number>()
	let gathering: NodeJS.Timeout | null = null
	const heard = () => {
		for (const listener of listeners) listener()
	}
	return {
		/** After a commit that wrote an entry or a job. */
		tell(): void {
			gathering ??= setTimeout(() => {
				gathering = null
				heard()
				// The others look by themselves when they hear nothing.
				notify().catch(() => undefined)
			}, GATHER_MS).unref()
		},
		/** Another process told. */
		heard,
		onChange(listener: () => void): () => void {
			listeners.add(listener)
			return () => void listeners.delete(listener)
		},
		/** A place for one more stream of this person, to be given back; null when they have enough. */
		takeStream(personId: string): (() => void) | null {
			const open = streams.get(personId) ?? 0
			if (open >= STREAMS_EACH) return null
			streams.set(personId, open + 1)
			let isGivenBack = false
			return () => {
				if (isGivenBack) return
				isGivenBack = true
				const left = (streams.get(personId) ?? 1) - 1
				if (left === 0) streams.delete(personId)
				else streams.set(personId, left)
			}
		},
	}
}
