import { charterkeep } from './log/commands.ts'

/** `npm run charterkeep -- log COMMAND`. */
process.exitCode = await charterkeep(process.argv.slice(2))
