import { charterkeep } from './access/commands.ts'

/** `npm run charterkeep -- COMMAND`. */
process.exitCode = await charterkeep(process.argv.slice(2))
