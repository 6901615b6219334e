import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failureInGerman, GERMAN_FAILURES } from '#app/verifier/failures-in-german.ts'

const VERIFIER = join(import.meta.dirname, '../../workflows/audit-export')
/** Codes of evidence and of openings come from where these are read. */
const LEDGER = ['webauthn-evidence.ts', 'leaf.ts'].map((name) => join(VERIFIER, '../ledger', name))

const sources = readdirSync(VERIFIER, { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.ts') && !name.startsWith('formats'))
	.map((name) => readFileSync(join(VERIFIER, name), 'utf8'))
const [evidence = '', leaf = ''] = LEDGER.map((path) => readFileSync(path, 'utf8'))

const all = (text: string, form: RegExp) => [...text.matchAll(form)].map(([, code]) => code ?? '')

/** Every code that the verifier can refuse with, as its source says them. */
const codes = new Set([
	...sources.flatMap((text) =>
		all(text, /(?:problem|BadZip)\(\s*'([A-Z][A-Z0-9_]+)'/g).concat(
			all(text, /refuse\(\s*[^,()]+(?:\([^()]*\))?,\s*'([A-Z][A-Z0-9_]+)'/g),
		),
	),
	...all(/type EvidenceProblem =([^\n]*(?:\n\t\|[^\n]*)*)/.exec(evidence)?.[1] ?? '', /'([A-Z_]+)'/g).map(
		(code) => `ASSERTION_${code}`,
	),
	...all(leaf, /return (?:[^\n]*\? null : )?'([A-Z_]+)'/g),
])

test('every failure of the verifier has its words in German', () => {
	expect(codes.size).toBeGreaterThan(75)
	expect([...codes].filter((code) => GERMAN_FAILURES[code] === undefined)).toEqual([])
})

test('a code that this page does not know is told as the verifier told it', () => {
	const failure = { where: 'zip', code: 'NEW_ONE', message: 'something new' }
	expect(failureInGerman(failure)).toBe('something new')
	expect(failureInGerman({ ...failure, code: 'CRC' })).toBe(GERMAN_FAILURES.CRC)
})
