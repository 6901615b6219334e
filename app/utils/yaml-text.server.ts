import {
	isAlias,
	isMap,
	isNode,
	isScalar,
	Lexer,
	LineCounter,
	parseDocument,
	visit,
	type Document,
} from 'yaml'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'

/** Something that must be mended in a text: where it stands, and what to do. */
export type TextProblem = { line: number; column: number; path: string; message: string }
type Place = Pick<TextProblem, 'line' | 'column'>

export type YamlText =
	| { problems: TextProblem[] }
	| {
			value: unknown
			/** Where the nearest part of the path stands that exists in the text; the key itself where that is what is wrong. */
			placeOf: (path: readonly PropertyKey[], isKey?: boolean) => Place
	  }

type Bounds = { maxBytes: number; maxAliases: number }

/** Our texts nest about ten deep; much more makes the parser run out of stack, or of time. */
const MAX_DEPTH = 40
const MAX_INDENT = 200

/** What an editor does not show as it is read, and what no database stores; tab and line ends are allowed. */
const HIDDEN =
	// eslint-disable-next-line no-control-regex -- these characters are what is looked for
	/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\r(?!\n)|(?<!^)\ufeff|\p{Cs}/u

/**
 * Reads a text as one YAML 1.2 document of plain keys, texts, numbers and lists. Size, nesting, aliases and keys written
 * twice are bounded or refused before anything is built. `what` begins a sentence: "A charter".
 */
export function readYaml(text: string, what: string, { maxBytes, maxAliases }: Bounds): YamlText {
	const { length } = utf8ToBytes(text)
	const refused = (offset: number, message: string): YamlText => ({
		problems: [{ ...lineAndColumn(text, offset), path: '', message }],
	})
	if (length > maxBytes) return refused(0, sizeProblem(what, maxBytes, length))
	const hidden = HIDDEN.exec(text)
	if (hidden) return refused(hidden.index, `${hiddenName(hidden[0])} Take it out.`)
	const deep = tooDeepAt(text)
	if (deep !== null)
		return refused(deep, `This nests more than ${MAX_DEPTH} deep, which is never needed: take it out.`)
	const lines = new LineCounter()
	const document = parseDocument(text, {
		lineCounter: lines,
		// Compares each key with every other one; done below in one pass.
		uniqueKeys: false,
		stringKeys: true,
		resolveKnownTags: false,
		schema: 'core',
		version: '1.2',
		merge: false,
	})
	const problems = problemsOf(document, lines)
	const unfit = problems.length > 0 ? problems : unfitParts(document, lines, what, maxAliases)
	if (unfit.length > 0) return { problems: unfit }
	try {
		return {
			value: document.toJS({ maxAliasCount: maxAliases }) as unknown,
			placeOf: (path, isKey) => placeOf(document, lines, path, isKey),
		}
	} catch {
		return refused(0, 'The aliases of this text name one another many times over: write them out.')
	}
}

/** What is said of a text that is too long, whether it was read or only looked at. */
export const sizeProblem = (what: string, maxBytes: number, bytes: number | 'more') =>
	`${what} takes at most ${maxBytes} bytes, this one has ${bytes}.`

function problemsOf(document: Document, lines: LineCounter): TextProblem[] {
	const problems = [...document.errors, ...document.warnings].map(({ pos, code, message }) => ({
		...placeAt(lines, pos[0]),
		path: '',
		message: MESSAGES[code] ?? `This cannot be read as YAML: ${withoutPlace(message)}.`,
	}))
	const { yaml } = document.directives ?? {}
	if (yaml?.explicit && yaml.version !== '1.2')
		problems.push({
			line: 1,
			column: 1,
			path: '',
			message: 'This is read as YAML 1.2: take out the %YAML line.',
		})
	return problems
}

const MESSAGES: Readonly<Record<string, string>> = {
	MULTIPLE_DOCS:
		'This text holds multiple documents: keep one, and take out the line --- and what follows it.',
	TAB_AS_INDENT: 'Indent with spaces: tabs are not allowed here.',
	NON_STRING_KEY: 'Write the key as plain text.',
	TAG_RESOLVE_FAILED: 'Take out the tag (the word that begins with !): this is written without any.',
}

const withoutPlace = (message: string) =>
	(message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '').replace(/\.$/, '')

const hiddenName = (character: string) =>
	`This character cannot be seen, or is shown as another (U+${(character.codePointAt(0) ?? 0)
		.toString(16)
		.toUpperCase()
		.padStart(4, '0')}).`

/** What the lexer says of a text without taking any of it. */
const LEXER_MARKS = ['\u0002', '\u0018', '\u001f']

/** Where the text nests too deep, by its tokens alone; null when it does not. */
function tooDeepAt(text: string): number | null {
	let [offset, flow, items] = [0, 0, 0]
	let isLineStart = true
	for (const token of new Lexer().lex(text)) {
		if (token === '[' || token === '{') flow += 1
		else if (token === ']' || token === '}') flow -= 1
		else if (token === '-' || token === '?' || (token === ':' && flow === 0)) items += 1
		else if (token === '\n' || token === '\r\n') items = 0
		const isIndent = isLineStart && /^ +$/.test(token)
		if (flow > MAX_DEPTH || items > MAX_DEPTH || (isIndent && token.length > MAX_INDENT)) return offset
		isLineStart = token.endsWith('\n')
		if (!LEXER_MARKS.includes(token)) offset += token.length
	}
	return null
}

/** Keys written twice, or of no use, and aliases that lead nowhere, round in a circle, or to too much. */
function unfitParts(document: Document, lines: LineCounter, what: string, maxAliases: number): TextProblem[] {
	const problems: TextProblem[] = []
	const refuse = (node: unknown, message: string) => {
		const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
		problems.push({ ...placeAt(lines, offset), path: '', message })
	}
	const anchors = new Set<string>()
	let aliases = 0
	visit(document, {
		Node: (_key, node, ancestors) => {
			if (isAlias(node)) {
				aliases += 1
				if (aliases > maxAliases) {
					refuse(node, `${what} uses at most ${maxAliases} aliases: write it out here.`)
					return visit.BREAK
				}
				if (!anchors.has(node.source))
					refuse(node, `Nothing above is marked &${node.source}: write it out here.`)
				else if (ancestors.some((above) => 'anchor' in above && above.anchor === node.source))
					refuse(node, `*${node.source} stands inside of what it names: write it out here.`)
				return undefined
			}
			if ('anchor' in node && node.anchor) anchors.add(node.anchor)
			if (isScalar(node) && typeof node.value === 'string') {
				const hidden = HIDDEN.exec(node.value)
				if (hidden) refuse(node, `${hiddenName(hidden[0])} Take it out.`)
			}
			if (isMap(node)) {
				const seen = new Set<unknown>()
				for (const { key } of node.items) {
					const name = isScalar(key) ? key.value : key
					if (seen.has(name))
						refuse(key, `The key ${String(name)} is written twice: keys must be unique, keep one.`)
					if (name === '__proto__') refuse(key, 'No key can be called __proto__: give it another name.')
					if (name === '<<') refuse(key, 'Merging with << is not read: write the keys out here.')
					seen.add(name)
				}
			}
			return undefined
		},
	})
	return problems
}

function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[], isKey = false): Place {
	if (isKey) {
		const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
		const key = isMap(parent)
			? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === path.at(-1))?.key
			: undefined
		if (isNode(key) && key.range) return placeAt(lines, key.range[0])
	}
	for (let length = path.length; length > 0; length--) {
		const node = document.getIn(path.slice(0, length), true)
		if (isNode(node) && node.range) return placeAt(lines, node.range[0])
	}
	return { line: 1, column: 1 }
}

function placeAt(lines: LineCounter, offset: number): Place {
	const { line, col } = lines.linePos(offset)
	return { line: Math.max(1, line), column: Math.max(1, col) }
}

function lineAndColumn(text: string, offset: number): Place {
	const before = text.slice(0, offset).split('\n')
	return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
