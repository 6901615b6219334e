import { charter } from './charter/commands.ts'

/** `npm run charter -- COMMAND`. */
process.exitCode = await charter(process.argv.slice(2))
