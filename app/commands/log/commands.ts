import { runCommands, type Command } from '../run-commands.ts'

export const USAGE = `Usage: npm run --silent charterkeep -- log COMMAND

  log export DIR [--vkey KEY]
      Writes the log as static files that any server can serve and any C2SP client can verify: checkpoint, tile/...,
      tile/entries/..., and policy, which names the log's verifier key. What is there already is added to; a log of
      another origin, or one that DIR's checkpoint is no part of, is refused.

  log proof INDEX
      A proof that this entry is in the log (C2SP tlog-proof), with the signed checkpoint, on standard output.

  log consistency SIZE
      What shows a witness that the log of that size is a prefix of the log as it is (body of add-checkpoint).

  log verify [--since FILE] [--vkey KEY] [--json]
      Hashes every entry anew and compares with the stored hashes, subtrees and every signed checkpoint. --since names a
      checkpoint kept elsewhere: the log must contain it.
      0 all of it holds, 1 something does not.

  log rotate-key [--vkey KEY] [--both-for HOURS]
      Another key takes over: an entry of the log says so, both keys sign for HOURS (720: thirty days), then the new one
      alone. Without --vkey the key is made, in a file beside the log's key file; with it, it is one of those that
      CHARTERKEEP_LOG_VKEY names, and its signer is asked for a signature first. A key that was given up never comes back.

  help
      This text.

Every command ends with 2 on wrong usage, or where it cannot be done. The log is that of the database that npm start
uses, whether it runs or not; but for rotate-key, it is read and never changed. The verifier key may be any that the
log was ever signed with: by default that of the log's key file; where that is not at hand, give it with --vkey.
`

/** Each is loaded when it is called for. */
const LOG: Readonly<Record<string, Command>> = {
	export: async (args) => (await import('./export-log.ts')).exportLog(args),
	proof: async (args) => (await import('./prove.ts')).proveEntry(args),
	consistency: async (args) => (await import('./prove.ts')).proveConsistency(args),
	'rotate-key': async (args) => (await import('./rotate-key.ts')).rotateLogKey(args),
	verify: async (args) => (await import('./verify-log.ts')).verifyLog(args),
}

/** What `charterkeep log` does with its words; gives the exit code. */
export const log: Command = (args) => runCommands(USAGE, LOG, args)
