import { z } from 'zod'
import { OPEN, type EntryKind } from './open-parts.schema.ts'
import { id, instant, slug } from './primitives.schema.ts'

/** `SHA-256(domain || salt || canonical record)` of one sealed group, base64. */
const seal = z.string().regex(/^[A-Za-z0-9+/]{43}=$/)

const leafOf = <K extends EntryKind>(kind: K) =>
	z.strictObject({
		v: z.literal(1),
		id,
		kind: z.literal(kind),
		/** The log's claim of when it happened. */
		time: instant,
		/** Whom it concerns, as an id that means nothing outside this database; null for the organisation itself. */
		subject: id.nullable(),
		/** Who did it; null for the machine. */
		actor: id.nullable(),
		open: OPEN[kind],
		/** Commitments to what is sealed, by group name. */
		seals: z.record(slug, seal),
	})

export const ENTRY_KINDS = Object.keys(OPEN) as EntryKind[]

/** One leaf of the log, as a closed union over `kind`. Its canonical JSON is what is hashed, stored and exported. */
export type Leaf = { [K in EntryKind]: LeafOf<K> }[EntryKind]
export type LeafOf<K extends EntryKind> = {
	v: 1
	id: string
	kind: K
	time: string
	subject: string | null
	actor: string | null
	open: z.infer<(typeof OPEN)[K]>
	seals: Record<string, string>
}

const [first, ...rest] = ENTRY_KINDS.map((kind) => leafOf(kind))
if (!first) throw new Error('A log has kinds of entries.')
export const leafSchema = z.discriminatedUnion('kind', [first, ...rest]) as unknown as z.ZodType<Leaf>
