import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { serveTile } from '#app/services/ledger/tree.server.ts'
import { runCommand, runHere, type Ran } from '#test/app/run-command.ts'
import { urlOf } from '#test/database.ts'
import { createTestLog, type TestLog } from '#test/app/test-log.ts'
import { openCheckpoint, signHead, type TreeHead } from '#workflows/ledger/checkpoint.ts'
import { leafHashOf, rootOfLeaves } from '#workflows/ledger/merkle.ts'
import { verifyConsistency, verifyInclusion } from '#workflows/ledger/proofs.ts'
import { parseEntryBundle, parseTile, tilePath, tilesOf } from '#workflows/ledger/tiles.ts'
import { fromBase64, sameBytes } from '#workflows/shared/bytes.ts'

let made: TestLog
let folder: string
const newest = async () => (await made.checkpoint())?.note ?? ''
const size = async () => {
	const head = openCheckpoint(await newest(), made.deps.signer.vkey)
	if (head === null) throw new Error('The log has no checkpoint.')
	return head
}

/** Writes so many entries and gives each its index. */
async function write(count: number): Promise<void> {
	await made.write(count)
	await sequencePending(made.deps)
}

const environment = () => ({
	env: { DATABASE_URL: urlOf(made.connection), CHARTERKEEP_DATA_DIR: join(folder, 'nothing') },
})
const log = (...args: string[]): Promise<Ran> => runHere(charterkeep, ['log', ...args], environment())
const withKey = (...args: string[]) => log(...args, '--vkey', made.deps.signer.vkey)

function signed(head: TreeHead): Promise<string> {
	const key = made.deps.signer.find(made.deps.signer.vkey)
	return signHead(head, key === null ? [] : [key])
}

beforeAll(async () => {
	made = await createTestLog()
	folder = made.folder
	await write(770)
})
afterAll(async () => {
	await made?.stop()
})

test('the tool itself prints, complains and ends as its commands say', async () => {
	const tool = (...args: string[]) =>
		runCommand('charterkeep.ts', ['log', ...args, '--vkey', made.deps.signer.vkey], environment())
	const [good, refused, none] = await Promise.all([
		tool('verify'),
		tool('export'),
		runCommand('charterkeep.ts', [], environment()),
	])
	expect(good).toMatchObject({
		code: 0,
		stdout: expect.stringMatching(/\nverified\n$/) as string,
		stderr: '',
	})
	expect(refused).toMatchObject({
		code: 2,
		stdout: '',
		stderr: expect.stringContaining('log export DIR') as string,
	})
	expect(none).toMatchObject({
		code: 2,
		stdout: '',
		stderr: expect.stringMatching(/^Usage: npm run --silent charterkeep/) as string,
	})
})

describe('log export', () => {
	test('writes files from which anybody comes to the signed root, and goes on from where it was', async () => {
		const directory = join(folder, 'export')
		for (const count of [0, 90]) {
			await write(count)
			expect(await withKey('export', directory)).toMatchObject({ code: 0, stderr: '' })
			const file = (name: string) => readFileSync(join(directory, name))
			const head = openCheckpoint(file('checkpoint').toString(), made.deps.signer.vkey)
			expect(head?.size).toBe((await size()).size)
			const names = [...tilesOf(head?.size ?? 0)]
			expect(names.every((tile) => existsSync(join(directory, tilePath(tile))))).toBe(true)
			const leaves = names
				.filter(({ level }) => level === 'entries')
				.flatMap((tile) => parseEntryBundle(new Uint8Array(file(tilePath(tile)))) ?? [])
				.map(leafHashOf)
			const hashes = names
				.filter(({ level }) => level === 0)
				.flatMap((tile) => parseTile(new Uint8Array(file(tilePath(tile)))) ?? [])
			expect(hashes).toEqual(leaves)
			expect(sameBytes(rootOfLeaves(leaves), head?.root ?? new Uint8Array())).toBe(true)
			expect(file('policy').toString()).toBe(`log ${made.deps.signer.vkey}\nquorum none\n`)
			// Tiles of the second level are the roots of those below.
			const [second] = names.filter(({ level }) => level === 1)
			expect(second).toMatchObject({ index: 0, width: Math.floor((head?.size ?? 0) / 256) })
			for (const tile of names)
				expect(await serveTile(made.deps, tilePath(tile))).toEqual(new Uint8Array(file(tilePath(tile))))
		}
	})

	test('does not mix another log into what lies there', async () => {
		const directory = join(folder, 'other')
		expect((await withKey('export', directory)).code).toBe(0)
		const { origin, size: count } = await size()
		const forged = await signed({ origin, size: count - 1, root: new Uint8Array(32) })
		writeFileSync(join(directory, 'checkpoint'), forged)
		const ran = await withKey('export', directory)
		expect(ran.code).toBe(2)
		expect(ran.stderr).toMatch(/is no earlier export of this log/)
		expect(readFileSync(join(directory, 'checkpoint'), 'utf8')).toBe(forged)
	})

	test('says what is missing: the key, or where to', async () => {
		const noKey = await log('export', join(folder, 'x'))
		expect(noKey.code).toBe(2)
		expect(noKey.stderr).toMatch(/give the verifier key with --vkey/)
		expect((await withKey('export')).stderr).toMatch(/log export DIR/)
		expect((await log('export', 'x', '--vkey', 'nonsense')).stderr).toMatch(/This is no verifier key/)
	})
})

describe('tiles that are served', () => {
	test.each(['tile/0/999', 'tile/0/../checkpoint', 'tile/9/000', 'tile/0/000.p/256', ''])(
		'%s is none of them',
		async (path) => {
			expect(await serveTile(made.deps, path)).toBeNull()
		},
	)

	test('a partial tile of an earlier size is still there', async () => {
		const bytes = await serveTile(made.deps, 'tile/0/000.p/5')
		expect(bytes).toHaveLength(5 * 32)
	})
})

test('log proof gives a proof that verifies, and refuses an entry that is not there', async () => {
	const { size: count, root } = await size()
	for (const index of [0, 255, 256, count - 1]) {
		const { code, stdout } = await log('proof', String(index))
		expect(code).toBe(0)
		const end = stdout.indexOf('\n\n')
		const [header, indexLine, ...path] = stdout.slice(0, end).split('\n')
		expect([header, indexLine]).toEqual(['c2sp.org/tlog-proof@v1', `index ${index}`])
		expect(openCheckpoint(stdout.slice(end + 2), made.deps.signer.vkey)).toMatchObject({ size: count })
		const tile = parseTile((await serveTile(made.deps, tilePath(leafTile(index, count)))) ?? new Uint8Array())
		const proof = path.map((hash) => fromBase64(hash) ?? new Uint8Array())
		expect(
			verifyInclusion({ index, size: count, root }, tile?.[index % 256] ?? new Uint8Array(), proof),
		).toBe(true)
	}
	const none = await log('proof', String(count))
	expect([none.code, none.stderr]).toEqual([2, expect.stringContaining(`there is no ${count}`)])
	expect((await log('proof', '-1')).code).toBe(2)
})

const leafTile = (index: number, count: number) => {
	const number = Math.floor(index / 256)
	return { level: 0, index: number, width: Math.min(256, count - number * 256) }
}

test('log consistency shows a witness that the log only grew', async () => {
	const before = await size()
	await write(40)
	const after = await size()
	const { code, stdout } = await log('consistency', String(before.size))
	expect(code).toBe(0)
	const end = stdout.indexOf('\n\n')
	const [old, ...path] = stdout.slice(0, end).split('\n')
	expect(old).toBe(`old ${before.size}`)
	const proof = path.map((hash) => fromBase64(hash) ?? new Uint8Array())
	expect(verifyConsistency(before, after, proof)).toBe(true)
	expect((await log('consistency', '0')).stdout.startsWith('old 0\n\n')).toBe(true)
	expect((await log('consistency', String(after.size + 1))).code).toBe(2)
})

describe('log verify', () => {
	test('goes through all of it, and finds a checkpoint that was kept elsewhere in it', async () => {
		const kept = join(folder, 'kept')
		writeFileSync(kept, await newest())
		await write(3)
		const { size: count } = await size()
		const ran = await withKey('verify', '--since', kept, '--json')
		expect(ran.code).toBe(0)
		expect(JSON.parse(ran.stdout)).toMatchObject({
			entries: count,
			nodes: Math.floor(count / 256),
			pending: 0,
			problems: [],
		})
		expect((await withKey('verify')).stdout).toMatch(/\nverified\n$/)
	})

	test('names a fork, a key that is another one, and a checkpoint beyond the log', async () => {
		const { origin, size: count } = await size()
		const since = async (body: string) => {
			const file = join(folder, 'since')
			writeFileSync(file, body)
			return withKey('verify', '--since', file)
		}
		const forked = await since(await signed({ origin, size: count - 5, root: new Uint8Array(32) }))
		expect([forked.code, forked.stdout]).toEqual([1, expect.stringContaining('this one was forked')])
		const beyond = await since(await signed({ origin, size: count + 5, root: new Uint8Array(32) }))
		expect([beyond.code, beyond.stdout]).toEqual([1, expect.stringContaining(`and the log has ${count}`)])
		expect((await since('nonsense')).stdout).toMatch(/is not signed by this key/)
	})

	test.each<[string, string, RegExp]>([
		[
			'an entry that was changed',
			`update ledger_entries set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) where index = 300`,
			/Entry 300 does not have the hash/,
		],
		[
			'an entry that was changed with its hash',
			`update ledger_entries set leaf = '\\x41', leaf_hash = sha256('\\x0041') where index = 301`,
			/signed over another root/,
		],
		['an entry that is gone', `delete from ledger_entries where index = 302`, /Entry 302 is missing/],
		[
			'a subtree that was changed',
			`update ledger_nodes set hash = sha256('x') where level = 1 and index = 1`,
			/The root of subtree 1 at level 1 is not/,
		],
	])('names %s', async (_, damage, said) => {
		const { db } = made.owner
		const tables = ['ledger_entries', 'ledger_nodes']
		await made.owner.withTx(async (tx) => {
			for (const table of tables) {
				await tx.execute(sql.raw(`create table kept_${table} as table ${table}`))
				await tx.execute(sql.raw(`alter table ${table} disable trigger append_only_rows`))
			}
			await tx.execute(sql.raw(damage))
		})
		try {
			const ran = await withKey('verify')
			expect(ran.stdout).toMatch(said)
			expect(ran.code).toBe(1)
		} finally {
			await made.owner.withTx(async (tx) => {
				for (const table of tables) {
					await tx.execute(sql.raw(`delete from ${table}`))
					await tx.execute(sql.raw(`insert into ${table} select * from kept_${table}`))
					await tx.execute(sql.raw(`drop table kept_${table}`))
					await tx.execute(sql.raw(`alter table ${table} enable always trigger append_only_rows`))
				}
			})
		}
		expect((await withKey('verify')).code).toBe(0)
		// With the triggers on, the database refuses all of it.
		await expect(db.execute(sql.raw(damage))).rejects.toThrow()
	})

	test('the sequencer does not sign over a tree that was damaged', async () => {
		await made.owner.withTx(async (tx) => {
			await tx.execute(sql.raw(`alter table ledger_nodes disable trigger append_only_rows`))
			await tx.execute(sql.raw(`create table kept_nodes as table ledger_nodes`))
			await tx.execute(sql.raw(`update ledger_nodes set hash = sha256('x') where level = 1 and index = 0`))
		})
		const before = await size()
		await expect(write(1)).rejects.toThrow('The stored subtrees do not come to the root of the log.')
		expect((await size()).size).toBe(before.size)
		await made.owner.withTx(async (tx) => {
			await tx.execute(sql.raw(`delete from ledger_nodes`))
			await tx.execute(sql.raw(`insert into ledger_nodes select * from kept_nodes`))
			await tx.execute(sql.raw(`drop table kept_nodes`))
			await tx.execute(sql.raw(`alter table ledger_nodes enable always trigger append_only_rows`))
		})
		await sequencePending(made.deps)
		expect((await size()).size).toBe(before.size + 1)
	})
})

test('a log that was written before subtrees were stored gets them with its next entry', async () => {
	await made.owner.withTx(async (tx) => {
		await tx.execute(sql.raw(`alter table ledger_nodes disable trigger append_only_rows`))
		await tx.execute(sql.raw(`delete from ledger_nodes`))
		await tx.execute(sql.raw(`alter table ledger_nodes enable always trigger append_only_rows`))
	})
	await write(1)
	const ran = await withKey('verify', '--json')
	expect(JSON.parse(ran.stdout)).toMatchObject({ problems: [], nodes: Math.floor((await size()).size / 256) })
})
