import { LineCounter, parseDocument } from 'yaml'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'

/** Something wrong in a text, at the place to look at. */
export type TextProblem = { line: number; column: number; path: string; message: string }
type Place = Pick<TextProblem, 'line' | 'column'>

export type YamlText =
	| { problems: TextProblem[] }
	| {
			value: unknown
			/** Where the nearest part of the path stands that exists in the text. */
			placeOf(path: readonly PropertyKey[]): Place
	  }

type Bounds = { maxBytes: number; maxAliases: number }

/** Reads YAML 1.2. Size, alias expansion and duplicate keys are bounded or refused before anything is built. */
export function readYaml(yaml: string, what: string, { maxBytes, maxAliases }: Bounds): YamlText {
	const begin = (message: string) => ({ problems: [{ line: 1, column: 1, path: '', message }] })
	const { length } = utf8ToBytes(yaml)
	if (length > maxBytes) return begin(sizeProblem(what, maxBytes, length))
	const lines = new LineCounter()
	const placeAt = (offset: number): Place => {
		const { line, col } = lines.linePos(offset)
		return { line, column: col }
	}
	const document = parseDocument(yaml, {
		lineCounter: lines,
		uniqueKeys: true,
		version: '1.2',
		merge: false,
		// The place stands beside the message, not inside it.
		prettyErrors: false,
	})
	if (document.errors.length > 0) {
		const problems = document.errors.map(({ pos, message }) => ({
			...placeAt(pos[0]),
			path: '',
			message: message.split('\n')[0] ?? message,
		}))
		return { problems }
	}
	try {
		return {
			value: document.toJS({ maxAliasCount: maxAliases }) as unknown,
			placeOf(path) {
				for (let length = path.length; length > 0; length--) {
					const node = document.getIn(path.slice(0, length), true) as { range?: number[] } | undefined
					if (node?.range) return placeAt(node.range[0] ?? 0)
				}
				return { line: 1, column: 1 }
			},
		}
	} catch (cause) {
		return begin(`The aliases of this text cannot be expanded: ${(cause as Error).message}`)
	}
}

/** What is said of a text that is too long, whether it was read or only looked at. */
export const sizeProblem = (what: string, maxBytes: number, bytes: number | 'more') =>
	`${what} takes at most ${maxBytes} bytes, this one has ${bytes}.`
