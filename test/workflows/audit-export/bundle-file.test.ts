import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundleOf, chunksOf, codesOf, filesOf, packed, repack, verify } from '#test/factories/bundle.ts'
import { LogFixture, logSigner, tellRequest } from '#test/factories/told-log.ts'
import { nodePlatform } from '#app/verifier/node-platform.server.ts'
import { readCharterText } from '#app/verifier/read-charter-text.ts'
import { portable } from '#workflows/audit-export/platform.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'
import { crc32 } from '#workflows/audit-export/zip/format.ts'
import type { ZipFile } from '#workflows/audit-export/zip/write.ts'
import { entryBundle, parseEntryBundle, tileBytes } from '#workflows/ledger/tiles.ts'
import { leafHashOf } from '#workflows/ledger/merkle.ts'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'
import { canonicalJson, type Json } from '#workflows/shared/canonical-json.ts'

const VKEY = logSigner().vkey
const utf8 = new TextDecoder()
let log: LogFixture
let bundle: Uint8Array

beforeAll(async () => {
	log = new LogFixture()
	tellRequest(log, [log.person('operator'), log.person('approver'), log.person('chief')])
	bundle = await bundleOf(log)
	expect((await verify(bundle, { vkey: VKEY })).verdict).toBe('verified')
})

const copy = (change: (bytes: Uint8Array) => void): Uint8Array => {
	const bytes = bundle.slice()
	change(bytes)
	return bytes
}
/** Where a text stands in the bundle. */
const indexOf = (text: string) => Buffer.from(bundle).indexOf(text)
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const ENTRIES = /^log\/tile\/entries\//
const OPENINGS = /^openings\//

describe('a file is refused by name when', () => {
	test.each<[string, () => Uint8Array, string]>([
		['it is empty', () => new Uint8Array(), 'EMPTY'],
		['it is no zip', () => utf8ToBytes('{"format":"charterkeep-bundle"}'), 'NOT_A_BUNDLE'],
		['something stands before it', () => joined(new Uint8Array([0]), bundle), 'NOT_A_BUNDLE'],
		['something stands after it', () => joined(bundle, new Uint8Array([0])), 'AFTER_THE_END'],
		['it was cut off in a file', () => bundle.slice(0, 1000), 'TRUNCATED'],
		['it was cut off in its directory', () => bundle.slice(0, -100), 'TRUNCATED'],
		['its last byte is missing', () => bundle.slice(0, -1), 'TRUNCATED'],
		['its seal is another', () => copy((bytes) => (bytes[bytes.length - 1]! ^= 1)), 'FILE_HASH'],
		['a byte of a file was changed', () => copy((bytes) => (bytes[indexOf('"asOf"')]! ^= 1)), 'CRC'],
		['a file says that it is packed', () => copy((bytes) => (bytes[8] = 8)), 'COMPRESSED'],
		['a file says that it is encrypted', () => copy((bytes) => (bytes[6] = 1)), 'ZIP_PROFILE'],
		['a file has a time', () => copy((bytes) => (bytes[10] = 1)), 'ZIP_PROFILE'],
		['a file brings an extra field', () => copy((bytes) => (bytes[28] = 4)), 'ZIP_PROFILE'],
		[
			'a file says that it is four gigabytes long',
			() => copy((bytes) => bytes.fill(0xff, 18, 26)),
			'TOO_LARGE',
		],
		[
			'the directory says something else than the file',
			() => copy((bytes) => (bytes[Buffer.from(bytes).lastIndexOf('log/policy')] = 0x4c)),
			'DIRECTORY',
		],
		['a name leads out of the folder', () => renamed('log/policy', '../og/poli'), 'PATH'],
		['a name is absolute', () => renamed('log/policy', '/log/polic'), 'PATH'],
		['a name has a backslash', () => renamed('log/policy', 'log\\policy'), 'PATH'],
		['a name has a control character', () => renamed('log/policy', 'log/poli\0y'), 'PATH'],
	])('%s', async (_, make, code) => {
		expect(await codesOf(make())).toEqual([code])
	})

	function renamed(from: string, to: string): Uint8Array {
		return copy((bytes) => bytes.set(utf8ToBytes(to), Buffer.from(bytes).indexOf(from)))
	}

	test.each<[string, (files: ZipFile[]) => ZipFile[], string]>([
		[
			'a file is there that belongs to nothing',
			(files) => [...files, { path: 'more.txt', bytes: new Uint8Array() }],
			'UNEXPECTED_FILE',
		],
		['a file is missing', (files) => files.filter(({ path }) => path !== 'log/policy'), 'UNEXPECTED_FILE'],
		[
			'a tile is missing',
			(files) => files.filter(({ path }) => !path.startsWith('log/tile/0/')),
			'UNEXPECTED_FILE',
		],
		[
			'the last file is missing',
			(files) => files.filter(({ path }) => path !== 'verify.html'),
			'UNEXPECTED_FILE',
		],
		['files changed places', ([first, second, ...rest]) => [second!, first!, ...rest], 'UNEXPECTED_FILE'],
		['a file is there twice', (files) => [...files, files[0]!], 'DUPLICATE_FILE'],
		[
			'the summary is another',
			(files) => changed(files, /summary/, (text) => `${text} `),
			'NOT_OF_THE_MANIFEST',
		],
		[
			'the verifier is another',
			(files) => changed(files, /verify/, (text) => `${text} `),
			'NOT_OF_THE_MANIFEST',
		],
		['the charter is another', (files) => changed(files, /^charters/, (text) => `${text} `), 'CHARTER_TEXT'],
		[
			'the manifest asks for something else',
			(files) => changed(files, /^manifest/, (text) => text.replace('"roles":[]', '"roles":["x"]')),
			'NOT_BUNDLED',
		],
		[
			'the manifest has white space',
			(files) => changed(files, /^manifest/, (text) => text.replace(',', ', ')),
			'MANIFEST',
		],
		[
			'the manifest has a key twice',
			(files) => changed(files, /^manifest/, (text) => text.replace('{', '{"asOf":1,')),
			'MANIFEST',
		],
		[
			'the manifest begins with a byte order mark',
			(files) => changed(files, /^manifest/, (text) => `\ufeff${text}`),
			'MANIFEST',
		],
		[
			'the manifest counts to 2^53',
			(files) => changed(files, /^manifest/, (text) => text.replace(/"asOf":\d+/, '"asOf":9007199254740993')),
			'MANIFEST',
		],
		[
			'the checkpoint counts to 2^53',
			(files) => changed(files, /checkpoint/, (text) => text.replace(/\n\d+\n/, '\n9007199254740992\n')),
			'CHECKPOINT',
		],
		[
			'the checkpoint’s root is spelled another way',
			(files) => changed(files, /checkpoint/, (text) => text.replace(/=\n\n/, '\n\n')),
			'CHECKPOINT',
		],
		[
			'the checkpoint is another’s',
			(files) => changed(files, /checkpoint/, () => fork().checkpoint().note),
			'ROOT',
		],
		['the policy names no key', (files) => changed(files, /policy/, () => 'quorum none\n'), 'POLICY'],
		[
			'openings begin with a byte order mark',
			(files) => changed(files, OPENINGS, (text) => `\ufeff${text}`),
			'BYTE_ORDER_MARK',
		],
		[
			'openings do not end in a newline',
			(files) => changed(files, OPENINGS, (text) => text.slice(0, -1)),
			'NO_FINAL_NEWLINE',
		],
		[
			'openings have a key twice',
			(files) => changed(files, OPENINGS, (text) => text.replace('{"index":', '{"index":1,"index":')),
			'OPENINGS_FORM',
		],
		[
			'openings are out of order',
			(files) => changed(files, OPENINGS, (text) => `${text.trimEnd().split('\n').reverse().join('\n')}\n`),
			'OPENINGS_FORM',
		],
		[
			'openings are of another tile',
			(files) =>
				lines(files, (line) => (line.index === log.entries.length - 1 ? { ...line, index: 9000 } : line)),
			'INDEX',
		],
		[
			'a salt is spelled loosely',
			(files) => lines(files, (line) => salted(line, (salt) => salt.replace(/.=$/, loose))),
			'SALT_MALFORMED',
		],
		[
			'a record was changed',
			(files) => changed(files, OPENINGS, (text) => text.replace('"country":"DE"', '"country":"FR"')),
			'COMMITMENT_DIFFERS',
		],
		['a record was moved to another entry', (files) => swapped(files), 'COMMITMENT_DIFFERS'],
		[
			'a proof is for another tree',
			(files) => lines(files, (line) => (line.proof ? { ...line, proof: [...line.proof].reverse() } : line)),
			'INCLUSION',
		],
		[
			'a proof is spelled loosely',
			(files) =>
				lines(files, (line) =>
					line.proof ? { ...line, proof: line.proof.map((hash) => hash.replace(/.=$/, loose)) } : line,
				),
			'INCLUSION',
		],
		['a proof is missing', (files) => lines(files, (line) => ({ ...line, proof: undefined })), 'INCLUSION'],
		[
			'an entry is no longer marked',
			(files) => lines(files, (line) => (line.index === 21 ? { ...line, selected: undefined } : line)),
			'LEFT_OUT',
		],
		[
			'an entry is marked besides',
			(files) => lines(files, (line) => (line.index === 1 ? { ...line, selected: true, proof: [] } : line)),
			'NOT_ASKED_FOR',
		],
	])('with every outer hash mended, %s', async (_, change, code) => {
		expect(await codesOf(await repack(bundle, change), { vkey: VKEY })).toContain(code)
	})

	test.each<[string, (entries: Uint8Array[]) => Uint8Array[], string]>([
		['an entry is dropped', (entries) => entries.filter((_, i) => i !== 9), 'ENTRY_BUNDLE'],
		['an entry is doubled', (entries) => [...entries.slice(0, 9), ...entries.slice(8)], 'ENTRY_BUNDLE'],
		[
			'an entry takes the place of another',
			(entries) => entries.map((entry, i) => (i === 9 ? entries[8]! : entry)),
			'DUPLICATE',
		],
		[
			'two entries are swapped',
			(entries) => [...entries.slice(0, 8), entries[9]!, entries[8]!, ...entries.slice(10)],
			'ROOT',
		],
		[
			'an entry is changed',
			(entries) =>
				entries.map((entry, i) => (i === 9 ? utf8ToBytes(utf8.decode(entry).replace('T12', 'T13')) : entry)),
			'ROOT',
		],
		[
			'an entry has white space',
			(entries) =>
				entries.map((entry, i) => (i === 9 ? utf8ToBytes(utf8.decode(entry).replace(',', ', ')) : entry)),
			'LEAF',
		],
		[
			'an entry is of a kind that nobody knows',
			(entries) =>
				entries.map((entry, i) =>
					i === 9 ? utf8ToBytes(utf8.decode(entry).replace('"kind":"', '"kind":"x')) : entry,
				),
			'LEAF',
		],
	])('with every outer hash and tile mended, %s', async (_, change, code) => {
		const forged = await repack(bundle, (files) => retiled(files, change))
		expect(await codesOf(forged, { vkey: VKEY })).toContain(code)
	})
})

/** The same value with bits set that say nothing. */
const loose = (end: string) => `${String.fromCharCode((end[0] ?? 'A').charCodeAt(0) + 1)}=`

function changed(files: ZipFile[], which: RegExp, change: (text: string) => string): ZipFile[] {
	return files.map(({ path, bytes }) => {
		if (!which.test(path)) return { path, bytes }
		const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
		expect(change(text)).not.toBe(text)
		return { path, bytes: utf8ToBytes(change(text)) }
	})
}

type Line = {
	index: number
	openings?: Record<string, { salt: string; record: Json }>
	proof?: string[]
	selected?: true
}

function lines(files: ZipFile[], change: (line: Line, i: number) => object): ZipFile[] {
	return changed(
		files,
		OPENINGS,
		(text) =>
			`${text
				.trimEnd()
				.split('\n')
				.map((line, i) =>
					canonicalJson(JSON.parse(JSON.stringify(change(JSON.parse(line) as Line, i))) as Json),
				)
				.join('\n')}\n`,
	)
}

const salted = (line: Line, change: (salt: string) => string): Line => ({
	...line,
	...(line.openings
		? {
				openings: Object.fromEntries(
					Object.entries(line.openings).map(([group, { salt, record }]) => [
						group,
						{ salt: change(salt), record },
					]),
				),
			}
		: {}),
})

/** The openings of two citizenships, each under the other's entry. */
function swapped(files: ZipFile[]): ZipFile[] {
	const found: Line['openings'][] = []
	lines(files, (line) => {
		if (line.openings?.fact && 'country' in (line.openings.fact.record as object)) found.push(line.openings)
		return { ...line, index: line.index + 1 }
	})
	return lines(files, (line) =>
		canonicalJson(line.openings ?? null) === canonicalJson(found[0] ?? null)
			? { ...line, openings: found[1] }
			: line,
	)
}

function retiled(files: ZipFile[], change: (entries: Uint8Array[]) => Uint8Array[]): ZipFile[] {
	const held = files.find(({ path }) => ENTRIES.test(path))
	const entries = change(parseEntryBundle(held?.bytes ?? new Uint8Array()) ?? [])
	return files.map(({ path, bytes }) =>
		ENTRIES.test(path)
			? { path, bytes: entryBundle(entries) }
			: path.startsWith('log/tile/0/')
				? { path, bytes: tileBytes(entries.map((entry) => leafHashOf(entry))) }
				: { path, bytes },
	)
}

function fork(): LogFixture {
	const other = new LogFixture()
	while (other.entries.length < log.entries.length)
		other.add('amendment.withdrawn', { open: { amendmentId: other.newId() } })
	return other
}

test('a bundle is refused after any of 10,000 random changes', { timeout: 600_000 }, async () => {
	const at = fc.nat({ max: bundle.length - 1 })
	const span = fc.tuple(at, fc.integer({ min: 1, max: 200 }))
	const change = fc.oneof(
		fc.tuple(at, fc.integer({ min: 0, max: 7 })).map(([i, bit]) => copy((bytes) => (bytes[i]! ^= 1 << bit))),
		fc
			.tuple(at, fc.integer({ min: 1, max: 255 }))
			.map(([i, by]) => copy((bytes) => (bytes[i] = (bytes[i]! + by) & 255))),
		span.map(([i, length]) => joined(bundle.subarray(0, i), bundle.subarray(i + length))),
		fc
			.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 100 }))
			.map(([i, more]) => joined(bundle.subarray(0, i), more, bundle.subarray(i))),
		fc.tuple(span, span).map(([[a, length], [b]]) => {
			const [from, to] = [Math.min(a, b), Math.max(a, b)]
			return joined(
				bundle.subarray(0, from),
				bundle.subarray(to, to + length),
				bundle.subarray(from + length, Math.max(from + length, to)),
				bundle.subarray(from, from + length),
				bundle.subarray(Math.max(from + length, to + length)),
			)
		}),
	)
	const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))
	console.log(`10,000 random changes of a bundle: seed ${seed} (FC_SEED=${seed} repeats them)`)
	let same = 0
	// Signatures are not looked at: what holds the bundle together must be enough by itself.
	const platform = { ...nodePlatform, verifyAssertion: () => true }
	await fc.assert(
		fc.asyncProperty(change, async (bytes) => {
			if (Buffer.from(bytes).equals(bundle)) {
				same += 1
				return
			}
			expect((await verifyBundle(chunksOf(bytes), platform, { vkey: VKEY })).verdict).toBe('refused')
		}),
		{ numRuns: 10_000, seed, endOnFailure: true },
	)
	expect(same).toBeLessThan(1000)
})

test(
	'a bundle is refused after any change of a file inside of it, with every outer hash mended',
	{ timeout: 300_000 },
	async () => {
		const files = (await filesOf(bundle)).filter(({ path }) => path !== 'SHA256SUMS')
		const change = fc.tuple(fc.nat({ max: files.length - 1 }), fc.nat(), fc.integer({ min: 0, max: 7 }))
		const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))
		console.log(`1,000 mended changes of a bundle: seed ${seed} (FC_SEED=${seed} repeats them)`)
		await fc.assert(
			fc.asyncProperty(change, async ([which, at, bit]) => {
				const bytes = files[which]!.bytes.slice()
				const i = at % bytes.length
				bytes[i]! ^= 1 << bit
				const forged = await repack(bundle, (all) =>
					all.map((file, k) => (k === which ? { ...file, bytes } : file)),
				)
				const { verdict, failures } = await verify(forged, { vkey: VKEY })
				// The policy proves nothing, and what it says is only used where nobody knows better: it may change in vain.
				if (files[which]!.path === 'log/policy' && failures.length === 0) return
				expect(verdict).toBe('refused')
			}),
			{ numRuns: 1000, seed, endOnFailure: true },
		)
	},
)

test('the portable cryptography comes to the same as that of the platform', async () => {
	const report = await verifyBundle(
		chunksOf(bundle, 1000),
		{ ...portable, readCharter: readCharterText },
		{ vkey: VKEY },
	)
	expect(report).toEqual(await verify(bundle, { vkey: VKEY }))
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => crc32(bytes) === nodePlatform.crc32(bytes)),
	)
})

test('a zip file of our profile is read back as it was written', async () => {
	const path = fc.stringMatching(/^[a-z]{1,8}(\/[a-z0-9]{1,8}){0,3}$/)
	await fc.assert(
		fc.asyncProperty(
			fc.uniqueArray(fc.record({ path, bytes: fc.uint8Array({ maxLength: 500 }) }), {
				selector: (file) => file.path,
			}),
			async (files) => {
				if (files.length === 0) return
				expect(await filesOf(await packed(files))).toEqual(files)
			},
		),
	)
})
