import { concatBytes, utf8ToBytes } from '../../shared/bytes.ts'

/**
 * The one way in which a bundle is written as a zip file (APPNOTE 6.3.10): every file stored as it is, no extra field, no
 * comment, no attribute, one fixed time, no data descriptor, no zip64. So a file has one spelling, nothing can unpack to
 * more than it is, and every tool that reads zip files reads it. What a header says follows from name and content alone.
 */
export type ZipEntry = { path: string; size: number; crc32: number; offset: number }

export const LOCAL_SIGNATURE = 0x04034b50
export const CENTRAL_SIGNATURE = 0x02014b50
export const END_SIGNATURE = 0x06054b50
export const LOCAL_HEADER_BYTES = 30
export const END_BYTES = 22
/** The comment at the end: the SHA-256 of every byte before it, in hex. */
export const SEAL_BYTES = 64

/** 16 full bits of files and 32 of bytes are what zip has room for without its later additions. */
export const MAX_FILES = 65_534
export const MAX_ZIP_BYTES = 0xffff_fffe
export const MAX_PATH_BYTES = 200
/** The largest that we write is a tile of 256 entries of 65,535 bytes each; what opens those takes less. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024

const VERSION = 10
const METHOD_STORED = 0
/** 1 January 1980, 00:00: the zip format's zero. */
const DATE = 0x0021

/** Names: lower-case letters, digits, capitals of well-known files, dots inside of a name, no empty or dotted part. */
const PATH = /^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*)*$/
/** Whether a file of a bundle may be called so: nothing that leads out of a folder, and one spelling on every system. */
export const isZipPath = (path: string) => path.length <= MAX_PATH_BYTES && PATH.test(path)

/** What stands before a file's bytes. */
export function localHeader({ path, size, crc32 }: Omit<ZipEntry, 'offset'>): Uint8Array {
	const name = utf8ToBytes(path)
	const head = new Uint8Array(LOCAL_HEADER_BYTES)
	const view = new DataView(head.buffer)
	view.setUint32(0, LOCAL_SIGNATURE, true)
	writeFacts(view, 4, { path, size, crc32 }, name.length)
	return concatBytes(head, name)
}

/** The line of the directory that names a file. */
export function centralHeader({ path, size, crc32, offset }: ZipEntry): Uint8Array {
	const name = utf8ToBytes(path)
	const head = new Uint8Array(46)
	const view = new DataView(head.buffer)
	view.setUint32(0, CENTRAL_SIGNATURE, true)
	view.setUint16(4, VERSION, true)
	writeFacts(view, 6, { path, size, crc32 }, name.length)
	view.setUint32(42, offset, true)
	return concatBytes(head, name)
}

/** The end of the directory, up to where the seal begins. */
export function endRecord(files: number, directoryBytes: number, directoryOffset: number): Uint8Array {
	const end = new Uint8Array(END_BYTES)
	const view = new DataView(end.buffer)
	view.setUint32(0, END_SIGNATURE, true)
	view.setUint16(8, files, true)
	view.setUint16(10, files, true)
	view.setUint32(12, directoryBytes, true)
	view.setUint32(16, directoryOffset, true)
	view.setUint16(20, SEAL_BYTES, true)
	return end
}

/** The fields that a local and a central header have in common. */
function writeFacts(
	view: DataView,
	at: number,
	{ size, crc32 }: Omit<ZipEntry, 'offset'>,
	nameBytes: number,
): void {
	view.setUint16(at, VERSION, true)
	view.setUint16(at + 4, METHOD_STORED, true)
	view.setUint16(at + 8, DATE, true)
	view.setUint32(at + 10, crc32, true)
	view.setUint32(at + 14, size, true)
	view.setUint32(at + 18, size, true)
	view.setUint16(at + 22, nameBytes, true)
}

/** Slices of the table, so that eight bytes are taken in at once. */
const TABLES = tables()

/** CRC-32 as zip files use it (ISO-HDLC). */
export function crc32(bytes: Uint8Array): number {
	const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES
	let crc = 0xffff_ffff
	let i = 0
	for (const until = bytes.length - 8; i <= until; i += 8) {
		const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
		crc =
			t7[low & 0xff]! ^
			t6[(low >>> 8) & 0xff]! ^
			t5[(low >>> 16) & 0xff]! ^
			t4[low >>> 24]! ^
			t3[bytes[i + 4]!]! ^
			t2[bytes[i + 5]!]! ^
			t1[bytes[i + 6]!]! ^
			t0[bytes[i + 7]!]!
	}
	for (; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
	return (crc ^ 0xffff_ffff) >>> 0
}

type Eight<T> = readonly [T, T, T, T, T, T, T, T]

function tables(): Eight<Uint32Array> {
	const all = Array.from({ length: 8 }, () => new Uint32Array(256))
	for (let byte = 0; byte < 256; byte++) {
		let crc = byte
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1
		all[0]![byte] = crc
	}
	for (let slice = 1; slice < 8; slice++)
		for (let byte = 0; byte < 256; byte++) {
			const before = all[slice - 1]![byte]!
			all[slice]![byte] = all[0]![before & 0xff]! ^ (before >>> 8)
		}
	return all as unknown as Eight<Uint32Array>
}
