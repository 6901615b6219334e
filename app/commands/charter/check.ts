import { parseArgs } from 'node:util'
import { CommandError } from '../command-error.ts'
import { placedProblems, readCharterFile } from './read-input.ts'

/** `check FILE [--json]`: every problem of a charter with its place. 0: none, 1: some. */
export async function check(args: string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: { json: { type: 'boolean', default: false } },
	})
	const [file, ...more] = positionals
	if (file === undefined || more.length > 0)
		throw new CommandError('Say which file to check, and one only: check FILE [--json]')
	const read = await readCharterFile(file)
	if ('problems' in read) {
		const { problems } = read
		console.log(
			values.json ? JSON.stringify({ file, valid: false, problems }) : placedProblems(file, problems),
		)
		return 1
	}
	const { textSha256 } = read
	const { id, title, version } = read.charter.charter
	console.log(
		values.json
			? JSON.stringify({ file, valid: true, problems: [], charter: { id, title, version, textSha256 } })
			: `${file}: valid: ${title}, version ${version}, SHA-256 ${textSha256}`,
	)
	return 0
}
