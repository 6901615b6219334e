import { bytesToHex, sameBytes, utf8ToBytes } from '../../shared/bytes.ts'
import type { Platform } from '../platform.ts'
import { ByteSource } from './byte-source.ts'
import {
	centralHeader,
	CENTRAL_SIGNATURE,
	END_BYTES,
	endRecord,
	isZipPath,
	LOCAL_HEADER_BYTES,
	LOCAL_SIGNATURE,
	localHeader,
	MAX_FILE_BYTES,
	MAX_FILES,
	MAX_PATH_BYTES,
	SEAL_BYTES,
	type ZipEntry,
} from './format.ts'
import type { ZipFile } from './write.ts'

export type ZipProblem =
	| 'EMPTY'
	| 'NOT_A_BUNDLE'
	| 'TRUNCATED'
	| 'COMPRESSED'
	| 'ZIP_PROFILE'
	| 'PATH'
	| 'DUPLICATE_FILE'
	| 'TOO_LARGE'
	| 'CRC'
	| 'DIRECTORY'
	| 'AFTER_THE_END'
	| 'FILE_HASH'

/** The zip file is not one that we would have written. */
export class BadZip extends Error {
	override readonly name = 'BadZip'
	readonly problem: ZipProblem
	/** The file inside of the zip that it is about, or "zip". */
	readonly where: string

	constructor(problem: ZipProblem, where: string, message: string) {
		super(message)
		this.problem = problem
		this.where = where
	}
}

/**
 * The files of a zip file in our profile (`format.ts`), one after the other as they come, nothing held but the names.
 * Throws BadZip for every byte that is not as we write it, the seal over the whole included; the directory at the end
 * must say exactly what the files before it were.
 */
export async function* readZip(
	chunks: AsyncIterable<Uint8Array>,
	platform: Pick<Platform, 'crc32' | 'createSha256'>,
): AsyncGenerator<ZipFile> {
	const source = new ByteSource(chunks, platform.createSha256())
	const entries: ZipEntry[] = []
	const paths = new Set<string>()
	if ((await source.peek(1)) === null) throw new BadZip('EMPTY', 'zip', 'the file is empty')
	for (;;) {
		const start = await source.peek(4)
		if (start === null) throw truncated('zip')
		const signature = view(start).getUint32(0, true)
		if (signature === CENTRAL_SIGNATURE) break
		if (signature !== LOCAL_SIGNATURE)
			throw new BadZip(
				entries.length === 0 ? 'NOT_A_BUNDLE' : 'ZIP_PROFILE',
				entries.at(-1)?.path ?? 'zip',
				entries.length === 0
					? 'this is no zip file, or something was put before it'
					: 'there is something between this file and the next',
			)
		if (entries.length === MAX_FILES) throw new BadZip('TOO_LARGE', 'zip', 'there are too many files')
		const { entry, bytes } = await readFile(source, platform)
		if (paths.has(entry.path))
			throw new BadZip('DUPLICATE_FILE', entry.path, 'this file is there a second time')
		paths.add(entry.path)
		entries.push(entry)
		yield { path: entry.path, bytes }
	}
	await readDirectory(source, entries)
}

async function readFile(source: ByteSource, { crc32 }: Pick<Platform, 'crc32'>) {
	const offset = source.offset
	const head = await source.take(LOCAL_HEADER_BYTES)
	if (head === null) throw truncated('zip')
	const fields = view(head)
	const [flags, method] = [fields.getUint16(6, true), fields.getUint16(8, true)]
	const [crc, packed, size, nameBytes] = [
		fields.getUint32(14, true),
		fields.getUint32(18, true),
		fields.getUint32(22, true),
		fields.getUint16(26, true),
	]
	if (nameBytes > MAX_PATH_BYTES) throw new BadZip('PATH', 'zip', 'a file has too long a name')
	const name = await source.take(nameBytes)
	if (name === null) throw truncated('zip')
	const path = String.fromCharCode(...name)
	if (!isZipPath(path)) throw new BadZip('PATH', printable(path), 'a file of a bundle is not called so')
	if (method !== 0) throw new BadZip('COMPRESSED', path, 'a bundle holds its files as they are, not packed')
	if (size > MAX_FILE_BYTES || packed > MAX_FILE_BYTES)
		throw new BadZip('TOO_LARGE', path, 'it says that it is larger than a file of a bundle may be')
	const entry = { path, size, crc32: crc, offset }
	if (flags !== 0 || packed !== size || !sameBytes(localHeader(entry).subarray(0, head.length), head))
		throw new BadZip('ZIP_PROFILE', path, 'its header is not as a bundle is written')
	const bytes = await source.take(size)
	if (bytes === null) throw truncated(path)
	if (crc32(bytes) !== crc) throw new BadZip('CRC', path, 'its bytes do not have their checksum')
	return { entry, bytes }
}

async function readDirectory(source: ByteSource, entries: readonly ZipEntry[]): Promise<void> {
	const from = source.offset
	for (const entry of entries) {
		const expected = centralHeader(entry)
		const found = await source.take(expected.length)
		if (found === null) throw truncated('directory')
		if (!sameBytes(found, expected))
			throw new BadZip('DIRECTORY', entry.path, 'the directory does not say what this file is')
	}
	const expected = endRecord(entries.length, source.offset - from, from)
	const end = await source.take(END_BYTES)
	if (end === null) throw truncated('directory')
	if (!sameBytes(end, expected))
		throw new BadZip('DIRECTORY', 'directory', 'the directory does not end as it must')
	const digest = utf8ToBytes(bytesToHex(source.digest()))
	if ((await source.peek(SEAL_BYTES + 1)) !== null)
		throw new BadZip('AFTER_THE_END', 'zip', 'there is something after the end')
	const seal = await source.peek(SEAL_BYTES)
	if (seal === null) throw truncated('directory')
	if (!sameBytes(seal, digest))
		throw new BadZip('FILE_HASH', 'zip', 'the file does not have the hash that it ends with')
}

const truncated = (where: string) => new BadZip('TRUNCATED', where, 'the file was cut off here')
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const printable = (text: string) =>
	JSON.stringify(text)
		.slice(1, -1)
		.replaceAll(/[^ -~]/g, '?')
		.slice(0, 80)
