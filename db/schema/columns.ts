import { sql } from 'drizzle-orm'
import { customType, timestamp, uuid } from 'drizzle-orm/pg-core'

export const id = () => uuid('id').primaryKey()
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 })

/** Raw bytes, as `Uint8Array` on our side. */
export const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
	dataType: () => 'bytea',
	toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
	fromDriver: (value) => new Uint8Array(value),
})

/** Words of a text by which it is found; only ever read by the server itself. */
export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

/** `('a', 'b')`: words of our own as literals, where SQL takes no parameters (indexes, checks) or must be as an index states it. */
export const amongTexts = (words: readonly string[]) =>
	sql.raw(`(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')})`)
