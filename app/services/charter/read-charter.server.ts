import { readYaml, type TextProblem } from '#app/utils/yaml-text.server.ts'
import { charterSchema, type Charter } from '#workflows/charter/charter.schema.ts'
import { bytesToHex, sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'

export type CharterProblem = TextProblem

export const CHARTER_BOUNDS = { maxBytes: 1_000_000, maxAliases: 50 }

/**
 * Reads a charter text (YAML 1.2). Throws CHARTER_INVALID with every problem found, each with its line, column, path
 * and what to do. Size, alias expansion and duplicate keys are bounded or refused before anything is built.
 */
export function readCharter(yaml: string): { charter: Charter; textSha256: string } {
	const text = readYaml(yaml, 'A charter', CHARTER_BOUNDS)
	if ('problems' in text) throw invalid(text.problems)
	const parsed = charterSchema.safeParse(text.value)
	if (!parsed.success) {
		throw invalid(
			parsed.error.issues.map(({ path, message }) => ({
				...text.placeOf(path),
				path: path.join('.'),
				message,
			})),
		)
	}
	return { charter: parsed.data, textSha256: bytesToHex(sha256(utf8ToBytes(yaml))) }
}

function invalid(problems: CharterProblem[]): DomainError {
	const [first] = problems
	const where = first ? `line ${first.line}, column ${first.column}: ${first.path} ${first.message}` : ''
	return new DomainError('CHARTER_INVALID', `This charter cannot be used. ${where}`, { problems })
}
