import { writeFileSync } from 'node:fs'
import { CommandError } from '../command-error.ts'

/** Writes a file that only its owner may read, since it names people; `-` is standard output. */
export function write(out: string, text: string): void {
	if (out === '-') {
		process.stdout.write(text)
		return
	}
	try {
		writeFileSync(out, text, { mode: 0o600 })
	} catch (error) {
		throw new CommandError(`${out} cannot be written: ${(error as Error).message}.`, { cause: error })
	}
}
