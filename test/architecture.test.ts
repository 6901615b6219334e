import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const CHECKOUT = join(import.meta.dirname, '..')
const files = (directory: string) =>
	readdirSync(join(CHECKOUT, directory), { recursive: true, encoding: 'utf8' })
		.map((name) => join(directory, name))
		.filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
const text = (file: string) => readFileSync(join(CHECKOUT, file), 'utf8')
const importsOf = (file: string) =>
	ts.preProcessFile(text(file)).importedFiles.map(({ fileName }) => fileName)

/** What each layer may import, besides itself. Anything else is an outward or an I/O dependency. */
const LAYERS: Readonly<Record<string, RegExp>> = {
	workflows: /^(\.{1,2}\/|#workflows\/|xstate$|zod$|canonicalize$|@noble\/)/,
	db: /^(\.{1,2}\/|#db\/|#workflows\/|drizzle-orm|pg$|postgres$|xstate$|zod$|node:)/,
}

describe.each(Object.entries(LAYERS))('%s depends only inward', (layer, allowed) => {
	test.each(files(layer))('%s', (file) => {
		expect(importsOf(file).filter((name) => !allowed.test(name))).toEqual([])
	})
})

test.each(files('workflows'))('%s reads no clock and no chance', (file) => {
	expect(text(file)).not.toMatch(/\bDate\.now\(|new Date\(\)|Math\.random|process\.|crypto\.(get|random)/)
})

test.each(files('app/routes'))('%s guards every loader and action', (file) => {
	const bodies = text(file)
		.split(/^export (?=async function (?:loader|action)\b)/m)
		.slice(1)
	for (const body of bodies)
		expect(body.split(/^}/m)[0]).toMatch(/await require(Actor|Permission|Provisioner|Program|Nobody)\(/)
	expect(text(file)).not.toMatch(/export const (loader|action)\b/)
})

test('every page has a title of its own', () => {
	const pages = files('app/routes').filter(
		(file) => /^export default/m.test(text(file)) && !text(file).includes('<Outlet'),
	)
	const keys = pages.map((file) => {
		expect(text(file), file).toMatch(/^export const meta\b/m)
		return /= titled(?:<typeof loader>)?\(\s*'(titles\.\w+)'/.exec(text(file))?.[1] ?? file
	})
	expect(keys.filter((key) => !key.startsWith('titles.'))).toEqual([])
	expect(keys.length).toBeGreaterThan(40)
	expect(new Set(keys).size).toBe(keys.length)
})

test('pages open to people who are not signed in are these and no others', () => {
	const open = files('app/routes').filter((file) => text(file).includes('requireNobody('))
	expect(open.map((file) => file.slice('app/routes/'.length)).sort()).toEqual([
		'$.tsx',
		// Says what the API is, and nothing of anybody.
		'api.v1.openapi[.]json.ts',
		'ceremony.enrol.ts',
		'ceremony.sign-in.ts',
		'enrol.$token.tsx',
		// Each delivery is signed with a key of its feed.
		'feeds.badges.$feedId.ts',
		// Each notification is known by the secret of its subscription.
		'graph.notifications.ts',
		'log.checkpoint.ts',
		'log.tile.$.ts',
		'preferences.ts',
		// Whoever holds the link needs no account; each opening is an entry, and the link ends by itself.
		'shared.$token.tsx',
		'shared.$token_.file.ts',
		'sign-in.tsx',
		'verify[.]html.ts',
	])
})
