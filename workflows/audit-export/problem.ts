import type { z } from 'zod'
import type { EntryKind } from '../ledger/open-parts.schema.ts'
import { SEALED, type Opening } from '../ledger/sealed-parts.schema.ts'

/** One thing that does not hold, by a stable code, with what was found. */
export type StoryProblem = { code: string; message: string }

export const problem = (code: string, message: string): StoryProblem => ({ code, message })

type Groups<K extends keyof typeof SEALED> = (typeof SEALED)[K]

/** The opened record of one group; null where the bundle leaves it sealed. Its commitment has been checked before. */
export function opened<K extends keyof typeof SEALED & EntryKind, G extends keyof Groups<K> & string>(
	kind: K,
	group: G,
	openings: Readonly<Record<string, Opening>> | undefined,
): z.infer<Groups<K>[G] & z.ZodType> | null {
	const opening = openings?.[group]
	if (opening === undefined) return null
	const parsed = (SEALED[kind][group] as unknown as z.ZodType).safeParse(opening.record)
	return parsed.success ? (parsed.data as z.infer<Groups<K>[G] & z.ZodType>) : null
}
