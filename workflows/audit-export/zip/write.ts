import { bytesToHex, utf8ToBytes } from '../../shared/bytes.ts'
import type { Platform } from '../platform.ts'
import {
	centralHeader,
	endRecord,
	isZipPath,
	localHeader,
	MAX_FILE_BYTES,
	MAX_FILES,
	MAX_ZIP_BYTES,
	type ZipEntry,
} from './format.ts'

export type ZipFile = { path: string; bytes: Uint8Array }

/** There is more than one zip file of our profile holds: about five million entries, or four gigabytes. */
export class ZipTooLarge extends Error {
	override readonly name = 'ZipTooLarge'
}

/** The bytes of a zip file in our profile (`format.ts`), file by file, nothing held but the names. */
export async function* zipOf(
	files: AsyncIterable<ZipFile>,
	{ crc32, createSha256 }: Pick<Platform, 'crc32' | 'createSha256'>,
): AsyncGenerator<Uint8Array> {
	const digest = createSha256()
	const entries: ZipEntry[] = []
	let offset = 0
	const pass = (bytes: Uint8Array) => {
		digest.update(bytes)
		offset += bytes.length
		if (offset > MAX_ZIP_BYTES) throw new ZipTooLarge('A bundle holds four gigabytes at most.')
		return bytes
	}
	for await (const { path, bytes } of files) {
		if (!isZipPath(path)) throw new TypeError(`A file of a bundle cannot be called "${path}".`)
		if (bytes.length > MAX_FILE_BYTES) throw new ZipTooLarge(`${path} is larger than a bundle's file may be.`)
		if (entries.length === MAX_FILES) throw new ZipTooLarge(`A bundle has ${MAX_FILES} files at most.`)
		const entry = { path, size: bytes.length, crc32: crc32(bytes), offset }
		entries.push(entry)
		yield pass(localHeader(entry))
		if (bytes.length > 0) yield pass(bytes)
	}
	const directoryOffset = offset
	for (const entry of entries) yield pass(centralHeader(entry))
	yield pass(endRecord(entries.length, offset - directoryOffset, directoryOffset))
	yield utf8ToBytes(bytesToHex(digest.digest()))
}
