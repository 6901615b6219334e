import type { z } from 'zod'
import type { EntryKind } from '../ledger/open-parts.schema.ts'
import { SEALED, type Opening } from '../ledger/sealed-parts.schema.ts'

/** One thing that does not hold, or that could not be checked, by a stable code, with what was found. */
export type StoryProblem = { code: string; message: string; isUnchecked?: true }

export const problem = (code: string, message: string): StoryProblem => ({ code, message })
/** Nothing speaks against it and nothing for it: it must not be called verified. */
export const unchecked = (code: string, message: string): StoryProblem => ({
	code,
	message,
	isUnchecked: true,
})

type Groups<K extends keyof typeof SEALED> = (typeof SEALED)[K]
export type Openings = Readonly<Record<string, Opening>> | undefined

/** The opened record of one group; null where the bundle leaves it sealed. Its commitment has been checked before. */
export function opened<K extends keyof typeof SEALED & EntryKind, G extends keyof Groups<K> & string>(
	kind: K,
	group: G,
	openings: Openings,
): z.infer<Groups<K>[G] & z.ZodType> | null {
	const opening = openings?.[group]
	if (opening === undefined) return null
	const parsed = (SEALED[kind][group] as unknown as z.ZodType).safeParse(opening.record)
	return parsed.success ? (parsed.data as z.infer<Groups<K>[G] & z.ZodType>) : null
}
