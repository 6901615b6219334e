import type { PartState } from './tenant-picture.ts'
import type { PrincipalKind } from './picture-holdings.ts'

/** Tells what a principal is: by what its own row says (an `@odata.type`), else by the lists that were read. */
export type KindOf = (objectId: string, told?: string | null) => PrincipalKind

/** Runs it; a value that is none makes the part unreadable. */
export function attempt(run: () => void): PartState {
	try {
		run()
		return { read: true }
	} catch (error) {
		if (!(error instanceof RangeError)) throw error
		return { read: false, why: 'unreadable', code: error.message.slice(0, 200) }
	}
}
