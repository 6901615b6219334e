import { ConfigError } from '#app/config.server.ts'
import { EmbeddedError } from '#db/embedded/errors.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { CommandError } from './command-error.ts'

export type Command = (args: string[]) => Promise<number>

/**
 * Runs the command that the words name, and gives its exit code: results go to standard output, what went wrong to standard
 * error. 2 on wrong usage, or an input that cannot be used.
 */
export async function runCommands(
	usage: string,
	commands: Readonly<Record<string, Command>>,
	[name, ...args]: readonly string[],
	/** What a command says of itself, where it has a usage of its own. */
	usages: Readonly<Record<string, string>> = {},
): Promise<number> {
	if (name === undefined) {
		process.stderr.write(usage)
		return 2
	}
	if (['help', '--help', '-h'].includes(name) || args.includes('--help')) {
		process.stdout.write((Object.hasOwn(usages, name) ? usages[name] : undefined) ?? usage)
		return 0
	}
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined
	if (command === undefined) {
		console.error(`There is no command "${name}".\n\n${usage}`)
		return 2
	}
	try {
		return await command(args)
	} catch (error) {
		console.error(isExpected(error) ? error.message : error)
		return 2
	}
}

/** What its message explains well enough; anything else is a fault of the program and is shown in full. */
function isExpected(error: unknown): error is Error {
	if (isDomainError(error)) return true
	if (!(error instanceof Error)) return false
	const isUsage = 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
	return isUsage || [CommandError, ConfigError, EmbeddedError].some((kind) => error instanceof kind)
}
