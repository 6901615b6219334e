import { charterSchema, charterShape, type Charter } from '#workflows/charter/charter.schema.ts'
import { bytesToHex, sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { readYaml, type TextProblem, type YamlText } from '#app/utils/yaml-text.server.ts'
import { formReader } from './issue-messages.ts'

export type CharterProblem = TextProblem

/** A charter of a whole ministry has some ten thousand bytes. */
export const CHARTER_BOUNDS = { maxBytes: 1_000_000, maxAliases: 50 }

/** More than anybody mends at once; a text may be made to have a hundred thousand. */
const MAX_PROBLEMS = 100
const MAX_MESSAGE = 500

/**
 * Reads a charter text (YAML 1.2). Throws CHARTER_INVALID with every problem found, each with its line, column, path
 * and what to do. Size, nesting, aliases and duplicate keys are bounded or refused before anything is built.
 */
export function readCharter(yaml: string): { charter: Charter; textSha256: string } {
	const text = readYaml(yaml, 'A charter', CHARTER_BOUNDS)
	if ('problems' in text) throw invalid(text.problems)
	const parsed = charterSchema.safeParse(text.value)
	if (!parsed.success) throw invalid(problemsWith(text))
	return { charter: parsed.data, textSha256: bytesToHex(sha256(utf8ToBytes(yaml))) }
}

type ReadYaml = Extract<YamlText, { value: unknown }>

/** Problems of form first; what the whole charter makes of a part that is wrong already is left out. */
function problemsWith({ value, placeOf }: ReadYaml): CharterProblem[] {
	const { error, read: readIssue } = formReader()
	const issues = charterSchema.safeParse(value, { error }).error?.issues ?? []
	const ofForm = charterShape.safeParse(value, { error }).error?.issues.length ?? 0
	const wrong = new Set(issues.slice(0, ofForm).map(({ path }) => path.join('.')))
	return issues
		.filter(({ path }, i) => i < ofForm || !wrong.has(path.join('.')))
		.slice(0, MAX_PROBLEMS + 1)
		.flatMap((issue) => readIssue(issue, value).slice(0, MAX_PROBLEMS + 1))
		.slice(0, MAX_PROBLEMS + 1)
		.map(({ path, message, isKey }) => ({
			...placeOf(path, isKey),
			path: path.join('.'),
			message,
		}))
}

function invalid(all: CharterProblem[]): DomainError {
	const problems = all.slice(0, MAX_PROBLEMS).map(({ path, message, ...place }) => ({
		...place,
		path: shortened(path),
		message: shortened(message),
	}))
	const next = all[MAX_PROBLEMS]
	if (next)
		problems.push({
			...next,
			path: '',
			message: `There are more than ${MAX_PROBLEMS} problems: mend those above first, then the rest is shown.`,
		})
	const [first] = problems
	const where = first ? `line ${first.line}, column ${first.column}: ${first.path} ${first.message}` : ''
	return new DomainError('CHARTER_INVALID', `This charter cannot be used. ${where}`, { problems })
}

const shortened = (text: string) => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text)
