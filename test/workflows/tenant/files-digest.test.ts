import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { filesDigest, filesSha256Of } from '#workflows/tenant/readiness/files-digest.ts'

test('one digest stands for files in whatever order they were given, and is another one for any other files', () => {
	const texts = ['a', 'b', 'c']
	const digestOf = (some: readonly string[]) =>
		filesDigest(filesSha256Of(some.map((text) => ({ bytes: Buffer.from(text) }))))
	const hex = (text: string) => createHash('sha256').update(text).digest('hex')
	// As `sha256sum FILES | cut -c1-64 | LC_ALL=C sort | sha256sum` makes it.
	const sha256 = hex(texts.map(hex).sort().join('\n') + '\n')
	expect(digestOf(texts)).toEqual({ count: 3, sha256 })
	expect(digestOf(['c', 'a', 'b'])).toEqual({ count: 3, sha256 })
	expect(digestOf(['a', 'b']).sha256).not.toBe(sha256)
	expect(digestOf(['a', 'b', 'c', 'c'])).not.toEqual({ count: 3, sha256 })
})
