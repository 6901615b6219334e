import { runCommands, type Command } from '../run-commands.ts'

const USAGE = `Usage: npm run --silent charter -- COMMAND

  check FILE [--json]
      Reads a charter and prints every problem as FILE:LINE:COLUMN path: message.
      0 none, 1 some. FILE - is standard input.

  impact OLD NEW [--people FILE] [--at INSTANT] [--list] [--json]
      What the charter NEW changes for everybody, compared with OLD: who gains and who loses each role and why, stages
      that lack people, and how many can amend the charter. --list adds each change by person.
      0 nobody loses anything, every stage has people for its quorum, and two can still amend; 1 otherwise.

  explain --person P --role R [--part holder|requester|beneficiary|approver] [--stage N] [--facility F]
          [--for DURATION] [--at INSTANT] [--known-at INSTANT] [--momentary] [--charter FILE] [--people FILE]
          [--language en|de] [--json]
      Whether a person may have a role, or play that part in it, with every reason. P is a user principal name, an id,
      or the exact name. --momentary judges presence, working hours and other live access too.
      0 permitted, 1 denied.

  schema [--write]
      The charter document as JSON Schema: prints it, or writes public/schemas/charter.schema.json.

  help
      This text.

Every command ends with 2 on wrong usage or an input that cannot be used.
An INSTANT is ISO 8601 with its zone (2026-11-23T12:00:00Z) or a day, which begins at midnight UTC; left out: now.
A DURATION is ISO 8601, such as PT4H.
People come from the database, or with --people from a file like app/sandbox/organisation.yaml, whose relative dates
count from now and which knows no passkeys. The charter to explain by is the one in force at that instant in the
database, or that of --charter. The database is the one that npm start uses; it is read and never changed.
`

/** Each is loaded when it is called for: a check needs no database. */
const COMMANDS: Readonly<Record<string, Command>> = {
	check: async (args) => (await import('./check.ts')).check(args),
	impact: async (args) => (await import('./impact.ts')).impact(args),
	explain: async (args) => (await import('./explain.ts')).explain(args),
	schema: async (args) => (await import('./schema.ts')).schema(args),
}

/** What `npm run charter` does with its words; gives the exit code. */
export const charter = (words: readonly string[]): Promise<number> => runCommands(USAGE, COMMANDS, words)
