import { runCommands, type Command } from '../run-commands.ts'

export const USAGE = `Usage: npm run --silent charterkeep -- tenant COMMAND

  tenant check [--charter FILE] [--json]
      Prints the least permissions that the application needs for what is set up, and tries each in the tenant; looks at
      the licence, the clocks, the kill switch, and whether each role of the charter in force (or of FILE) is there, can be
      given, and may be given by the tenant's policies for as long as it says. Nothing in the tenant is changed.
      0 nothing is wrong (warnings do not count), 1 something is, 2 it cannot be done.

  help
      This text.
`

/** Each is loaded when it is called for. */
const TENANT: Readonly<Record<string, Command>> = {
	check: async (args) => (await import('./check.ts')).check(args),
}

/** What `charterkeep tenant` does with its words; gives the exit code. */
export const tenant: Command = (args) => runCommands(USAGE, TENANT, args)
