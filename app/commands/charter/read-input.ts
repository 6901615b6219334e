import { createReadStream, statSync } from 'node:fs'
import { CommandError } from '#app/commands/command-error.ts'
import {
	ORGANISATION_BOUNDS,
	OrganisationError,
	readOrganisation,
	type OrganisationPerson,
} from '#app/sandbox/read-organisation.ts'
import {
	CHARTER_BOUNDS,
	readCharter,
	type CharterProblem,
} from '#app/services/charter/read-charter.server.ts'
import { sizeProblem } from '#app/utils/yaml-text.server.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { z } from 'zod'

export type ReadCharter = { charter: Charter; textSha256: string }

const DAY = z.iso.date()
const INSTANT = z.iso.datetime({ offset: true })

/** An instant as the options take it: ISO 8601 with its zone, or a day, which begins at midnight UTC. */
export function instantOf(option: string, text: string): Date {
	if (DAY.safeParse(text).success) return new Date(`${text}T00:00:00.000Z`)
	if (INSTANT.safeParse(text).success) return new Date(text)
	throw new CommandError(
		`${option} takes an instant with its zone, such as 2026-11-23T12:00:00Z or 2026-11-23T12:00:00+01:00, or a day, such as 2026-11-23; not "${text}".`,
	)
}

/** A charter from a file (`-`: standard input), or every problem that it has. */
export async function readCharterFile(
	file: string,
): Promise<ReadCharter | { problems: readonly CharterProblem[] }> {
	const text = await readBounded(file, CHARTER_BOUNDS.maxBytes)
	if ('bytes' in text) {
		const message = sizeProblem('A charter', CHARTER_BOUNDS.maxBytes, text.bytes)
		return { problems: [{ line: 1, column: 1, path: '', message }] }
	}
	try {
		return readCharter(text.text)
	} catch (error) {
		if (!isDomainError(error) || error.code !== 'CHARTER_INVALID') throw error
		return { problems: error.details.problems as CharterProblem[] }
	}
}

/** The same where only a charter without problems is of use. */
export async function demandCharter(file: string): Promise<ReadCharter> {
	const read = await readCharterFile(file)
	if ('problems' in read) throw new CommandError(placedProblems(file, read.problems))
	return read
}

/** People from a file in the format of `app/sandbox/organisation.yaml`; relative dates count from now. */
export async function readPeopleFile(file: string, now: Date): Promise<OrganisationPerson[]> {
	const text = await readBounded(file, ORGANISATION_BOUNDS.maxBytes)
	if ('bytes' in text) {
		const message = sizeProblem('An organisation', ORGANISATION_BOUNDS.maxBytes, text.bytes)
		throw new CommandError(placedProblems(file, [{ line: 1, column: 1, path: '', message }]))
	}
	try {
		return readOrganisation(text.text, now)
	} catch (error) {
		if (!(error instanceof OrganisationError)) throw error
		throw new CommandError(placedProblems(file, error.problems), { cause: error })
	}
}

/** `FILE:LINE:COLUMN path: message`, one a line: editors and CI make links of it. */
export const placedProblems = (file: string, problems: readonly CharterProblem[]) =>
	problems
		.map(
			({ line, column, path, message }) =>
				`${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
		)
		.join('\n')

/** The text of a file; its size alone when it is too large, which is found out before it is read. */
async function readBounded(
	file: string,
	maxBytes: number,
): Promise<{ text: string } | { bytes: number | 'more' }> {
	try {
		const { size } = file === '-' ? { size: 0 } : statSync(file)
		if (size > maxBytes) return { bytes: size }
		const source = file === '-' ? process.stdin : createReadStream(file)
		const chunks: Buffer[] = []
		let bytes = 0
		// A pipe says no size: it is read no further than a text may be long.
		for await (const chunk of source as AsyncIterable<Buffer>) {
			chunks.push(chunk)
			bytes += chunk.length
			if (bytes > maxBytes) return { bytes: 'more' }
		}
		const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
		return { text: decoder.decode(Buffer.concat(chunks)) }
	} catch (cause) {
		const { code, message } = cause as NodeJS.ErrnoException
		const why =
			code === 'ENOENT'
				? 'there is no such file'
				: code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
					? 'it is not UTF-8 text'
					: message
		throw new CommandError(`${file} cannot be read: ${why}.`, { cause })
	}
}
