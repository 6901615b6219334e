import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema/index.ts'

export type Reader = PgDatabase<PgQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>
export type Tx = Parameters<Parameters<Reader['transaction']>[0]>[0]
export type Database = {
	db: Reader
	withTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
	close(): Promise<void>
}
