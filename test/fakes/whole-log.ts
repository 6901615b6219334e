import { openDatabase } from '#db/client.ts'
import { entriesFrom } from '#db/queries/ledger.ts'

/** Reads a whole log at once, as the audit must not: what a heap is too small for. */
const database = openDatabase({ connectionString: process.env.DATABASE_URL ?? '' }, { max: 1 })
const size = Number(process.argv[2])
const rows = await entriesFrom(database.db, 0, size, size)
console.log(rows.length)
await database.close()
