import { readiness, USAGE as READINESS_USAGE } from '../readiness/commands.ts'
import { log, USAGE as LOG_USAGE } from '../log/commands.ts'
import { tenant, USAGE as TENANT_USAGE } from '../tenant/commands.ts'
import { runCommands, type Command } from '../run-commands.ts'
import { Refused, Unreachable } from './client.ts'
import { problemText } from './print.ts'

const ENDS = `
  0 done   1 refused   2 wrong usage   3 the server cannot be reached   4 the time to wait is over
  5 the token was not made for that
`
const SETTINGS = `
Settings: CHARTERKEEP_URL (https, or http on this machine alone), and CHARTERKEEP_TOKEN or CHARTERKEEP_TOKEN_FILE (a file that
only you may read). Tokens are made on the page "Tokens". NODE_EXTRA_CA_CERTS names an authority of your own.
`
const COMMON = `
  --json         the answer as the API gives it
  --language L   of sentences by the server: en or de
`

const USAGES = {
	request: `Usage: npm run --silent charterkeep -- request --role R [--role R ...] --for TIME --reason TEXT --ticket T [OPTIONS]

Asks for a role, or for several for the same reason; each is decided on by itself.

  --role R       key of a role, such as user-administrator
  --for TIME     such as 2h, 90m, 1h30m or PT2H
  --reason TEXT  why; the approvers and the auditor read it
  --ticket T     the ticket that it belongs to
  --start AT     when it is to begin, with its zone (2026-11-24T06:00:00+01:00); left out: once it is approved
  --for-person ID  whom it is for, where that is not you
  --partly       of several roles, file those that can be; otherwise all or none
  --like ID      as in a request of yours (its id, R-204, or "last"), but for what is given; --ticket must be
  --key KEY      the Idempotency-Key, to go on where an earlier run was cut off; left out: made anew
  --wait         follow until every one is active, or over, and print each state once
  --timeout TIME how long to wait at most; left out: 1h
${COMMON}${ENDS}${SETTINGS}`,
	list: `Usage: npm run --silent charterkeep -- list [--all] [--everyone] [--role R] [--limit N] [OPTIONS]

Lists your requests and accesses that are open, newest first.

  --all          those that are over as well
  --everyone     those of others too, as far as you may see them
  --role R       of one role
  --limit N      at most so many; left out: 100
${COMMON}${ENDS}${SETTINGS}`,
	show: `Usage: npm run --silent charterkeep -- show ID [OPTIONS]

Shows where a request stands. ID is its id, or its number as R-204.
${COMMON}${ENDS}${SETTINGS}`,
	withdraw: `Usage: npm run --silent charterkeep -- withdraw ID [OPTIONS]

Takes back a request that waits. ID is its id, or its number as R-204.
${COMMON}${ENDS}${SETTINGS}`,
	end: `Usage: npm run --silent charterkeep -- end GRANT [OPTIONS]

Ends an access of yours early. GRANT is its id, or the number of its request as R-204.
${COMMON}${ENDS}${SETTINGS}`,
	log: LOG_USAGE,
	tenant: TENANT_USAGE,
	readiness: READINESS_USAGE,
} as const

const USAGE = `Usage: npm run --silent charterkeep -- COMMAND

  request     ask for access, and wait for it where you like
  list        your requests and accesses
  show ID     where a request stands
  withdraw ID take back a request that waits
  end GRANT   end an access early
  log         the log of the record: export, proofs, verification, keys
  tenant      whether the Entra tenant gives what Charterkeep needs
  readiness   how far the tenant is from being held to the charter, and what to mend first
  help        this text; COMMAND --help says more
${ENDS}
The first five ask a server by its HTTP API (/api/v1) in the place of whoever the token belongs to. Nothing can be decided by
them: a decision takes a passkey.
${SETTINGS}`

/** Each is loaded when it is called for. */
const COMMANDS: Readonly<Record<string, Command>> = {
	request: saying(async (args) => (await import('./request.ts')).request(args)),
	list: saying(async (args) => (await import('./list.ts')).list(args)),
	show: saying(async (args) => (await import('./act.ts')).show(args)),
	withdraw: saying(async (args) => (await import('./act.ts')).withdraw(args)),
	end: saying(async (args) => (await import('./act.ts')).end(args)),
	log,
	tenant,
	readiness,
}

/** What the server refused, or that it cannot be reached, in words and with the exit code that stands for it. */
function saying(command: Command): Command {
	return async (args) => {
		try {
			return await command(args)
		} catch (error) {
			if (error instanceof Refused) {
				process.stderr.write(problemText(error.problem))
				if (error.problem.code !== 'SCOPE_MISSING') return 1
				process.stderr.write(
					'Make a token that may do this on the page "Tokens"; no token gets more than it was made for.\n',
				)
				return 5
			}
			if (error instanceof Unreachable) {
				process.stderr.write(`${error.message}\n`)
				return 3
			}
			throw error
		}
	}
}

/** What `npm run charterkeep` does with its words; gives the exit code. */
export const charterkeep = (words: readonly string[]): Promise<number> =>
	runCommands(USAGE, COMMANDS, words, USAGES)
