import { LineCounter, parseDocument, type Document } from 'yaml'
import { charterSchema, type Charter } from '#workflows/charter/charter.schema.ts'
import { bytesToHex, sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'

export type CharterProblem = { line: number; column: number; path: string; message: string }

/** A charter of a whole ministry has some ten thousand bytes. */
export const MAX_BYTES = 1_000_000
const MAX_ALIASES = 50

/**
 * Reads a charter text (YAML 1.2). Throws CHARTER_INVALID with every problem found, each with its line, column, path
 * and what to do. Size, alias expansion and duplicate keys are bounded or refused before anything is built.
 */
export function readCharter(yaml: string): { charter: Charter; textSha256: string } {
	const bytes = utf8ToBytes(yaml)
	if (bytes.length > MAX_BYTES) {
		throw invalid([
			{
				line: 1,
				column: 1,
				path: '',
				message: `A charter takes at most ${MAX_BYTES} bytes, this one has ${bytes.length}.`,
			},
		])
	}
	const lines = new LineCounter()
	const document = parseDocument(yaml, { lineCounter: lines, uniqueKeys: true, version: '1.2', merge: false })
	if (document.errors.length > 0) {
		throw invalid(
			document.errors.map(({ pos, message }) => {
				const { line, col } = lines.linePos(pos[0])
				return { line, column: col, path: '', message: message.split('\n')[0] ?? message }
			}),
		)
	}
	const parsed = charterSchema.safeParse(valueOf(document))
	if (!parsed.success) {
		throw invalid(
			parsed.error.issues.map(({ path, message }) => ({
				...placeOf(document, lines, path),
				path: path.join('.'),
				message,
			})),
		)
	}
	return { charter: parsed.data, textSha256: bytesToHex(sha256(bytes)) }
}

function valueOf(document: Document): unknown {
	try {
		return document.toJS({ maxAliasCount: MAX_ALIASES })
	} catch (cause) {
		throw invalid([
			{
				line: 1,
				column: 1,
				path: '',
				message: `The aliases of this text cannot be expanded: ${(cause as Error).message}`,
			},
		])
	}
}

/** Where the nearest part of the path stands that exists in the text. */
function placeOf(
	document: Document,
	lines: LineCounter,
	path: readonly PropertyKey[],
): { line: number; column: number } {
	for (let length = path.length; length > 0; length--) {
		const node = document.getIn(path.slice(0, length), true) as
			{ range?: [number, number, number] } | undefined
		if (node?.range) {
			const { line, col } = lines.linePos(node.range[0])
			return { line, column: col }
		}
	}
	return { line: 1, column: 1 }
}

function invalid(problems: CharterProblem[]): DomainError {
	const [first] = problems
	const where = first ? `line ${first.line}, column ${first.column}: ${first.path} ${first.message}` : ''
	return new DomainError('CHARTER_INVALID', `This charter cannot be used. ${where}`, { problems })
}
